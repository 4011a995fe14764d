package dev.sluice.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers that speak like OpenAI answer instead of an answer. */
class ErrorsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      400 | {'error':{'message':'m','type':'invalid_request_error','param':'x','code':null}}           | INVALID_REQUEST  | m
      400 | {'error':{'message':'m','code':'context_length_exceeded'}}                                 | CONTEXT_TOO_LONG | m
      400 | {'object':'error','message':'This model\\u0027s maximum context length is 10','code':400}  | CONTEXT_TOO_LONG | This model's maximum context length is 10
      400 | {'error':{'message':'m','code':'content_filter','innererror':{'code':'ResponsibleAIPolicyViolation'}}} | FILTERED | m
      400 | {'error':'Incorrect API key provided'}                                                     | CREDENTIAL       | Incorrect API key provided
      401 | {'error':{'message':'m','code':'invalid_api_key'}}                                         | CREDENTIAL       | m
      401 | {'statusCode':401,'message':'gone'}                                                        | CREDENTIAL       | gone
      402 | {'error':{'message':'m','type':'unknown_error','code':'invalid_request_error'}}            | OUT_OF_BUDGET    | m
      404 | {'error':{'message':'m','code':'model_not_found'}}                                         | NOT_FOUND        | m
      404 | {'error':{'code':'DeploymentNotFound','message':'m'}}                                      | NOT_FOUND        | m
      422 | {'detail':[{'loc':['body','messages'],'msg':'field required'}]}                            | INVALID_REQUEST  | ["body","messages"] field required
      429 | {'error':{'message':'m','type':'tokens','code':'rate_limit_exceeded'}}                     | RATE_LIMITED     | m
      429 | {'error':{'message':'m','type':'insufficient_quota','code':'insufficient_quota'}}          | OUT_OF_BUDGET    | m
      429 | [{'error':{'code':429,'message':'m','status':'RESOURCE_EXHAUSTED'}}]                       | RATE_LIMITED     | m
      500 | {'error':{'message':'m','type':'server_error'}}                                            | FAILED           | m
      503 | {'error':{'message':'m'}}                                                                  | OVERLOADED       | m
      500 | {'error':{'message':'m','type':'overloaded_error'}}                                        | OVERLOADED       | m
      502 | <html>Bad</html>                                                                           | FAILED           | the provider answered 502
      504 | upstream timed out                                                                         | TIMEOUT          | upstream timed out
      500 | {}                                                                                         | FAILED           | the provider answered 500
      """)
  void theKindIsTakenFromStatusAndWords(int status, String body, Kind kind, String message) {
    assertThat(Errors.read(status, Spoken.json(body)))
        .isEqualTo(new ProviderError(status, kind, message));
  }

  @Test
  void noKeyIsInAMessage() {
    ProviderError error = Errors.read(
        401,
        Spoken.json("{'error':{'message':'Incorrect API key provided: sk-proj-abc123. See'}}"));
    assertThat(error.message()).isEqualTo("Incorrect API key provided: [masked]. See");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_REQUEST,invalid_request_error,invalid_request",
    "CONTEXT_TOO_LONG,invalid_request_error,context_length_exceeded",
    "RATE_LIMITED,requests,rate_limit_exceeded",
    "OUT_OF_BUDGET,insufficient_quota,insufficient_quota",
    "OVERLOADED,server_error,server_is_overloaded"
  })
  void callersReadThemInOpenAisWords(Kind kind, String type, String code) {
    assertThat(Errors.json(new ProviderError(400, kind, "m")).toString())
        .isEqualTo("{\"error\":{\"message\":\"m\",\"type\":\"" + type
            + "\",\"param\":null,\"code\":\"" + code + "\"}}");
  }
}
