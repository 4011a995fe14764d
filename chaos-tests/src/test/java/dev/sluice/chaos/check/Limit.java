package dev.sluice.chaos.check;

import dev.sluice.chaos.history.Held;
import dev.sluice.chaos.history.Served;
import java.util.Locale;

/**
 * A limit as a tenant's manifest declares it.
 *
 * @param place {@code ""} for the tenant as a whole, else {@code teams/T}, {@code keys/K} or {@code teams/T/keys/K}
 * @param amount in the unit; of cost in nano-dollars
 */
public record Limit(String tenant, String place, Unit unit, long amount, Window window) {
  /** What a million tokens of input cost, in dollars; as in the manifest of the provider. */
  public static final int DOLLARS_OF_INPUT = 1;

  /** Likewise of output. */
  public static final int DOLLARS_OF_OUTPUT = 3;

  private static final long NANOS_A_DOLLAR_A_MILLION = 1_000;

  public enum Unit {
    TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    REQUESTS,
    COST;

    /** Of what a provider did. */
    long of(Served one) {
      return of(one.input(), one.output());
    }

    /** Of what was put aside for it. */
    long of(Held held) {
      return this == COST ? held.nanos() : of(held.input(), held.output());
    }

    private long of(long input, long output) {
      return switch (this) {
        case TOKENS -> input + output;
        case INPUT_TOKENS -> input;
        case OUTPUT_TOKENS -> output;
        case REQUESTS -> 1;
        case COST ->
          NANOS_A_DOLLAR_A_MILLION * (input * DOLLARS_OF_INPUT + output * DOLLARS_OF_OUTPUT);
      };
    }
  }

  public enum Window {
    SECOND(1_000),
    MINUTE(60_000),
    HOUR(3_600_000),
    DAY(86_400_000),
    NONE(0);

    private final long millis;

    Window(long millis) {
      this.millis = millis;
    }

    long millis() {
      return millis;
    }

    boolean sliding() {
      return this != DAY && this != NONE;
    }

    /** Start of the day in UTC; 0 for others. */
    long startOf(long atMillis) {
      return this == DAY ? atMillis - Math.floorMod(atMillis, millis) : 0;
    }
  }

  /** As a 429 and the admin API name it. */
  public String name() {
    String own = word(unit) + (window == Window.NONE ? "-balance" : "-per-" + word(window));
    return place.isEmpty() ? own : place + "/" + own;
  }

  private static String word(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** In YAML's flow style. */
  public String manifest() {
    return "{unit: " + word(unit) + ", amount: " + amount + ", window: " + word(window) + "}";
  }

  boolean counts(Held held) {
    return held.tenant().equals(tenant)
        && (place.isEmpty() || held.path().equals(place) || held.path().startsWith(place + "/"));
  }

  @Override
  public String toString() {
    return tenant + "/" + name();
  }
}
