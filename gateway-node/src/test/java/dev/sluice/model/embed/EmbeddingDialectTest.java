package dev.sluice.model.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingDialectTest {
  private static final Terms TERMS = new Terms("target", 0, "");
  private static final Map<String, EmbeddingDialect> DIALECTS = Map.of(
      "openai",
      new OpenAiEmbeddings(),
      "gemini",
      new GeminiEmbeddings(),
      "ollama",
      new OllamaEmbeddings());

  private record Sample(String path, String request, String answer) {}

  /** One request and its answer, as each dialect says it: two texts, two dimensions, five tokens. */
  private static final Map<String, Sample> CALLS = Map.of(
      "openai",
      new Sample(
          "/v1/embeddings",
          "{'model':'m','input':['a','b'],'dimensions':2}",
          "{'object':'list','data':[{'object':'embedding','index':0,'embedding':[0.5,-1.25]},{'object':'embedding','index':1,'embedding':[1,2]}],"
              + "'model':'m','usage':{'prompt_tokens':5,'total_tokens':5}}"),
      "gemini",
      new Sample(
          "/v1beta/models/m:batchEmbedContents",
          "{'requests':[{'model':'models/m','content':{'parts':[{'text':'a'}]},'outputDimensionality':2},"
              + "{'model':'models/m','content':{'parts':[{'text':'b'}]},'outputDimensionality':2}]}",
          "{'embeddings':[{'values':[0.5,-1.25]},{'values':[1,2]}],'usageMetadata':{'promptTokenCount':5,'totalTokenCount':5}}"),
      "ollama",
      new Sample(
          "/api/embed",
          "{'model':'m','input':['a','b'],'dimensions':2}",
          "{'model':'m','embeddings':[[0.5,-1.25],[1,2]],'prompt_eval_count':5}"));

  private static final Map<String, String> ASKED = Map.of(
      "openai",
          "/embeddings {'model':'target','input':['a','b'],'dimensions':2,'encoding_format':'float'}",
      "gemini",
          "/models/target:batchEmbedContents "
              + CALLS.get("gemini").request().replace("models/m", "models/target"),
      "ollama", "/api/embed {'model':'target','input':['a','b'],'dimensions':2}");

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8).replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource({
    "openai, openai",
    "openai, gemini",
    "openai, ollama",
    "gemini, openai",
    "gemini, gemini",
    "gemini, ollama",
    "ollama, openai",
    "ollama, gemini",
    "ollama, ollama"
  })
  void eachIsSaidInEach(String in, String out) throws UnsayableException {
    EmbeddingDialect caller = DIALECTS.get(in);
    EmbeddingDialect provider = DIALECTS.get(out);
    Embedding asked = caller.read(CALLS.get(in).path(), bytes(CALLS.get(in).request()));
    Outgoing outgoing = provider.ask(asked, TERMS, new Losses(false));
    assertThat(outgoing.path() + " " + text(outgoing.body())).isEqualTo(ASKED.get(out));
    Vectors vectors = provider.vectors(asked, bytes(CALLS.get(out).answer()));
    assertThat(text(caller.answer(asked, vectors))).isEqualTo(CALLS.get(in).answer());
  }

  /** OpenAI's Python library asks for base64 unless it is told otherwise. */
  @Test
  void vectorsComeInBase64WhereTheCallerAsksForIt() throws UnsayableException {
    EmbeddingDialect openai = new OpenAiEmbeddings();
    Embedding asked =
        openai.read("", bytes("{'model':'m','input':'a','encoding_format':'base64'}"));
    Vectors vectors = new OllamaEmbeddings().vectors(asked, bytes("{'embeddings':[[0.5,-1.25]]}"));
    byte[] answer = openai.answer(asked, vectors);
    assertThat(text(answer)).contains("'embedding':'AAAAPwAAoL8='");
    assertThat(text(openai.answer(
            openai.read("", bytes("{'model':'m','input':'a'}")), openai.vectors(asked, answer))))
        .contains("'embedding':[0.5,-1.25]");
  }

  @Test
  void oneTextByItselfIsAnsweredByItself() throws UnsayableException {
    EmbeddingDialect gemini = new GeminiEmbeddings();
    Embedding asked = gemini.read(
        "/v1beta/models/m:embedContent?key=k",
        bytes("{'content':{'parts':{'text':'a'}},'taskType':'CLUSTERING'}"));
    assertThat(asked.model()).isEqualTo("m");
    assertThat(text(
            gemini.answer(asked, gemini.vectors(asked, bytes("{'embedding':{'values':[1]}}")))))
        .isEqualTo("{'embedding':{'values':[1]}}");
    Losses losses = new Losses(true);
    new OllamaEmbeddings().ask(asked, TERMS, losses);
    assertThat(losses.dropped()).containsExactly("taskType");
    EmbeddingDialect ollama = new OllamaEmbeddings();
    Embedding older = ollama.read("/api/embeddings", bytes("{'model':'m','prompt':'a'}"));
    assertThat(text(ollama.answer(older, ollama.vectors(older, bytes("{'embeddings':[[1]]}")))))
        .isEqualTo("{'embedding':[1]}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      openai | x | {'input':[1,2,3]}                                                   | input
      openai | x | {'input':[]}                                                        | input
      openai | x | {'model':'m'}                                                       | input
      openai | x | {'input':'a','encoding_format':'int8'}                              | encoding_format
      gemini | /v1beta/models/m:generateContent | {}                                   | model
      gemini | /v1beta/models/m:embedContent | {'content':{'parts':[{'inlineData':{}}]}} | content.parts[0]
      gemini | /v1beta/models/m:embedContent | {}                                      | content
      gemini | /v1beta/models/m:batchEmbedContents | {}                                | requests
      gemini | /v1beta/models/m:batchEmbedContents | {'requests':[{'content':{'parts':[{'text':'a'}]},'taskType':'A'},{'content':{'parts':[{'text':'b'}]}}]} | requests[1]
      ollama | /api/embed | {'model':'m'}                                              | input
      """)
  void namesTheFieldThatIsWrong(String dialect, String path, String body, String field) {
    UnsayableException thrown = catchThrowableOfType(
        UnsayableException.class, () -> DIALECTS.get(dialect).read(path, bytes(body)));
    assertThat(thrown.field()).isEqualTo(field);
  }

  @Test
  void anAnswerWithoutAVectorForEachTextIsNone() throws UnsayableException {
    EmbeddingDialect ollama = new OllamaEmbeddings();
    Embedding asked = ollama.read("", bytes("{'model':'m','input':['a','b']}"));
    for (String answer : new String[] {
      "{}",
      "[]",
      "x",
      "{'embeddings':[[1]]}",
      "{'embeddings':[[1],['x']]}",
      "{'embeddings':[[1],7]}"
    }) {
      assertThatThrownBy(() -> ollama.vectors(asked, bytes(answer)))
          .isInstanceOf(UnsayableException.class);
    }
  }
}
