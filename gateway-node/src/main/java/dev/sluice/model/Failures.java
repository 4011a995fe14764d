package dev.sluice.model;

import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.route.Ending;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The attempts of one call that came to no answer, and what its caller is told of them. */
final class Failures {
  static final Refusal NOT_IN_TIME = new Refusal.Unavailable(
      504, "the model's provider did not answer in time", "provider_timeout");
  static final Refusal NO_USABLE_ANSWER = new Refusal.Unavailable(
      502, "the model's provider gave no usable answer", "provider_unreachable");
  static final Refusal NOT_ACCEPTED = new Refusal.Unavailable(
      502, "the provider does not accept the gateway's credential", "provider_credential");

  /** Of one target's own words, beside others. */
  private static final int MOST_CHARACTERS = 300;

  /** @param told in the provider's words, or in ours; holds no credential */
  private record Failure(String target, Ending ending, ProviderError told) {}

  private final Dialect dialect;
  private final List<Failure> all = new ArrayList<>();

  /** @param dialect of the caller */
  Failures(Dialect dialect) {
    this.dialect = dialect;
  }

  void add(String target, Ending ending, ProviderError told) {
    all.add(new Failure(target, ending, told));
  }

  boolean any() {
    return !all.isEmpty();
  }

  /** {@code target=status, target=word}. */
  String summary() {
    return all.isEmpty()
        ? ""
        : String.join(
            ", ", all.stream().map(one -> one.target() + "=" + word(one)).toList());
  }

  private static String word(Failure one) {
    return switch (one.ending()) {
      case UNREACHABLE, CONNECT_SLOW, CLOSED, SLOW, CUT, MALFORMED ->
        one.ending().name().toLowerCase(Locale.ROOT).replace('_', '-');
      default -> Integer.toString(one.told().status());
    };
  }

  /** What the caller is told when nobody answers: of one failure that, of several each. */
  Refusal refusal() {
    Failure last = all.get(all.size() - 1);
    if (all.size() == 1 || last.ending() == Ending.CALLERS_FAULT) {
      return alone(last);
    }
    List<String> each = all.stream()
        .map(one -> one.target() + ": " + word(one) + " " + shortened(one.told().message()))
        .toList();
    return new Refusal.ByProvider(
        status(),
        "no target of this model has answered: " + String.join("; ", each),
        "all_targets_failed",
        soonest());
  }

  private Refusal alone(Failure one) {
    return switch (one.ending()) {
      case SLOW, CONNECT_SLOW -> NOT_IN_TIME;
      case UNREACHABLE, CLOSED, CUT, MALFORMED -> NO_USABLE_ANSWER;
      case REJECTED, FORBIDDEN -> NOT_ACCEPTED;
      default -> ProviderErrors.refusal(one.told(), dialect);
    };
  }

  private static String shortened(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }

  private int status() {
    if (all.stream().allMatch(one -> one.ending() == Ending.LIMITED)) {
      return 429;
    }
    if (all.stream().allMatch(one -> one.ending() == Ending.SLOW)) {
      return 504;
    }
    boolean busy = all.stream()
        .anyMatch(one -> one.ending() == Ending.LIMITED || one.ending() == Ending.OVERLOADED);
    return busy ? 503 : 502;
  }

  /** When the first of those that said so may be asked again. */
  private @Nullable Duration soonest() {
    return all.stream()
        .map(one -> one.told().retryAfter())
        .filter(Objects::nonNull)
        .min(Duration::compareTo)
        .orElse(null);
  }
}
