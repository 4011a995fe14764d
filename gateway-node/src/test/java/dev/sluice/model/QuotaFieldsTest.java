package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.proxy.Refusal;
import dev.sluice.quota.Admission;
import dev.sluice.quota.ToNode;
import dev.sluice.quota.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaFieldsTest {
  private static Refusal refusal(long limit, long free, long tryIn, long need) {
    ToNode.Room room = new ToNode.Room("tokens-per-minute", Unit.TOKENS, limit, free, 60_000);
    return QuotaFields.refusal(
        "demo", new Admission.Refused(room, tryIn), new CallBounds(10, need - 10, 0));
  }

  @Test
  void aRefusalSaysHowMuchIsMissingOfWhatAndWhenToTryAgain() {
    Refusal refusal = refusal(2_000, 35, 12_300, 120);
    assertThat(refusal.message())
        .isEqualTo(
            "this request may use 120 tokens (input up to 10, output up to 110); of the 2000 of"
                + " \"tokens-per-minute\" of tenant \"demo\" 35 are free: try again in 13 s");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(13);
    assertThat(refusal.code()).isEqualTo("rate_limit_exceeded");
  }

  @Test
  void whatIsOnlyLentOutIsWorthAnotherTrySoon() {
    assertThat(refusal(2_000, 35, 0, 120).retryAfterSeconds()).isEqualTo(1);
  }

  @Test
  void aBalanceThatIsSpentIsNotWorthAnotherTry() {
    Refusal refusal = refusal(2_000, 0, ToNode.NEVER, 120);
    assertThat(refusal.code()).isEqualTo("insufficient_quota");
    assertThat(refusal.retryAfterSeconds()).isNull();
  }

  @Test
  void aRequestThatCanNeverFitIsToldWhatToDo() {
    assertThat(refusal(100, 100, ToNode.NEVER, 120).message())
        .endsWith("it can never fit, ask for fewer output tokens (max_tokens) or send less");
  }

  @Test
  void aRefusalSpeaksOfTheUnitThatIsShort() {
    CallBounds bounds = new CallBounds(10, 20, 1_250_000);
    ToNode.Room cost = new ToNode.Room("keys/k/cost-per-day", Unit.COST, 5_000_000_000L, 1_000, 9);
    assertThat(
            QuotaFields.refusal("demo", new Admission.Refused(cost, 9), bounds).message())
        .isEqualTo("this request may cost $0.00125; of the $5 of \"keys/k/cost-per-day\" of tenant"
            + " \"demo\" $0.000001 are free: try again in 1 s");
    ToNode.Room flight = new ToNode.Room("in-flight", Unit.IN_FLIGHT_REQUESTS, 4, 0, ToNode.NEVER);
    assertThat(QuotaFields.refusal("demo", new Admission.Refused(flight, 0), bounds)
            .message())
        .isEqualTo("this is one request; of the 4 of \"in-flight\" of tenant \"demo\" 0 are free,"
            + " the rest is held by requests that are running: try again shortly");
  }

  @ParameterizedTest
  @CsvSource({
    "12,12ms",
    "1000,1s",
    "1500,1.5s",
    "59999,59.9s",
    "60000,1m0s",
    "360000,6m0s",
    "3661000,61m1s"
  })
  void spansAreWrittenAsOpenAiDoes(long millis, String text) {
    assertThat(QuotaFields.span(millis)).isEqualTo(text);
  }
}
