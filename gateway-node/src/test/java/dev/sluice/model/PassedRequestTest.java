package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassedRequestTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      /v1/files                                      |
      /v1/files?purpose=batch&limit=2                | ?purpose=batch&limit=2
      /v1/files?key=AIza1&a=b                        | ?a=b
      /v1/files?%6Bey=AIza1                          |
      /v1/files?KEY=1&api_key=2&access_token=3&a     | ?a
      /v1/files?a=key=b&keys=c                       | ?a=key=b&keys=c
      /v1/files?%zz=1                                | ?%zz=1
      """)
  void takesWhatMayBeAKeyOffTheQuery(String target, String query) {
    assertThat(PassedRequest.query(target)).isEqualTo(query == null ? "" : query);
  }

  @Test
  void findsEachModelThatIsNamedHoweverItIsSpelled() {
    assertThat(PassedRequest.models("/v1/realtime?model=a%2Db&x=1&mod%65l=c"))
        .isEqualTo(List.of("a-b", "c"));
    assertThat(PassedRequest.models("/v1/realtime?models=a")).isEmpty();
    assertThat(PassedRequest.models("/v1/realtime?model")).isEqualTo(List.of(""));
    assertThat(PassedRequest.models("/v1/files")).isEmpty();
  }

  @Test
  void findsTheKeyThatABrowserSends() {
    assertThat(PassedRequest.key("realtime, openai-insecure-api-key.sk-1, openai-beta.realtime-v1"))
        .isEqualTo("sk-1");
    assertThat(PassedRequest.key("realtime")).isEmpty();
  }
}
