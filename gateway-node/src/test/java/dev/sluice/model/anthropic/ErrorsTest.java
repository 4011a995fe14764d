package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {
  private static ProviderError error(int status, String body) {
    return new MessagesProvider(Platform.ANTHROPIC)
        .error(status, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|invalid_request_error|max_tokens: must be greater than 0|INVALID_REQUEST",
        "400|invalid_request_error|prompt is too long: 210000 tokens > 200000 maximum|CONTEXT_TOO_LONG",
        "400|invalid_request_error|input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000|CONTEXT_TOO_LONG",
        "400|invalid_request_error|Your credit balance is too low to access the Anthropic API|OUT_OF_BUDGET",
        "400|invalid_request_error|Output blocked by content filtering policy|FILTERED",
        "401|authentication_error|invalid x-api-key|CREDENTIAL",
        "402|billing_error|pay|OUT_OF_BUDGET",
        "403|permission_error|no|CREDENTIAL",
        "404|not_found_error|model: claude-9|NOT_FOUND",
        "409|conflict_error|no|INVALID_REQUEST",
        "413|request_too_large|Request exceeds the maximum size|INVALID_REQUEST",
        "429|rate_limit_error|slow down|RATE_LIMITED",
        "500|api_error|Internal server error|FAILED",
        "504|timeout_error|late|TIMEOUT",
        "529|overloaded_error|Overloaded|OVERLOADED",
        "503|something_new|busy|OVERLOADED",
        "418|something_new|tea|INVALID_REQUEST",
      })
  void readsWhatCallersCanDo(int status, String type, String message, Kind kind) {
    assertThat(error(
            status,
            "{'type':'error','error':{'type':'" + type + "','message':'" + message
                + "'},'request_id':'r'}"))
        .isEqualTo(new ProviderError(status, kind, message));
  }

  @Test
  void aSpendLimitIsABudget() {
    assertThat(error(
                429,
                "{'type':'error','error':{'type':'rate_limit_error','message':'m',"
                    + "'details':{'error_code':'enforced_spend_limit_reached'}}}")
            .kind())
        .isEqualTo(Kind.OUT_OF_BUDGET);
  }

  @Test
  void readsErrorsInGooglesWords() {
    assertThat(error(
            429,
            "[{'error':{'code':429,'message':'Quota exceeded','status':'RESOURCE_EXHAUSTED'}}]"))
        .isEqualTo(new ProviderError(429, Kind.RATE_LIMITED, "Quota exceeded"));
    assertThat(error(403, "{'error':{'code':403,'message':'denied','status':'PERMISSION_DENIED'}}")
            .kind())
        .isEqualTo(Kind.CREDENTIAL);
  }

  @ParameterizedTest
  @CsvSource({"502, <html>", "502, ''", "502, '{}'", "502, '7'"})
  void anAnswerWithoutWordsHasItsStatus(int status, String body) {
    assertThat(error(status, body))
        .isEqualTo(new ProviderError(502, Kind.FAILED, "the provider answered 502"));
  }

  @Test
  void keysAreNotTold() {
    assertThat(error(
                401,
                "{'error':{'type':'authentication_error','message':'bad key sk-ant-api03-abcdefghijk'}}")
            .message())
        .doesNotContain("abcdefghijk");
  }
}
