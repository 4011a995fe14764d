package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.route.Ending;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final ProviderError LIMITED =
      new ProviderError(429, ProviderError.Kind.RATE_LIMITED, "slow down", Duration.ofSeconds(9));
  private static final ProviderError BROKEN =
      new ProviderError(500, ProviderError.Kind.FAILED, "oops");

  private final Failures failures = new Failures(Dialect.OPENAI);

  @Test
  void tellOneAsItIs() {
    failures.add("d/p/m", Ending.LIMITED, LIMITED);
    assertThat(failures.refusal().status()).isEqualTo(429);
    assertThat(failures.refusal().message()).isEqualTo("slow down");
    assertThat(failures.refusal().retryAfterSeconds()).isEqualTo(9);
  }

  @Test
  void tellEachOfSeveral() {
    failures.add("d/p/m", Ending.LIMITED, LIMITED);
    failures.add("d/q/m", Ending.FAILED, BROKEN);
    Refusal refusal = failures.refusal();
    assertThat(refusal.message())
        .isEqualTo("no target of this model has answered: d/p/m: 429 slow down; d/q/m: 500 oops");
    assertThat(refusal.status()).isEqualTo(503);
    assertThat(refusal.retryAfterSeconds()).as("of the first that may be asked").isEqualTo(9);
    assertThat(failures.summary()).isEqualTo("d/p/m=429, d/q/m=500");
  }

  @Test
  void tellWhatTheCallerDidWrongAlone() {
    failures.add("d/p/m", Ending.FAILED, BROKEN);
    failures.add(
        "d/q/m",
        Ending.CALLERS_FAULT,
        new ProviderError(400, ProviderError.Kind.INVALID_REQUEST, "no such field"));
    assertThat(failures.refusal().status()).isEqualTo(400);
    assertThat(failures.refusal().message()).isEqualTo("no such field");
  }

  @Test
  void haveTheStatusOfAllWhereAllAreAlike() {
    failures.add("d/p/m", Ending.LIMITED, LIMITED);
    failures.add("d/q/m", Ending.LIMITED, LIMITED);
    assertThat(failures.refusal().status()).isEqualTo(429);
  }
}
