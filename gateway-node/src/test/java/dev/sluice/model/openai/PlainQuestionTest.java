package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.bad;
import static dev.sluice.model.openai.Spoken.good;
import static dev.sluice.model.openai.Spoken.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are no conversations. */
class PlainQuestionTest {
  private static Question read(PlainCall call, String fields) {
    return good(call.read("", "application/json", json("{'model':'m'," + fields + "}")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      EMBEDDINGS  | 'input':'abcde'                                          | 5
      EMBEDDINGS  | 'input':['abc','de']                                     | 5
      EMBEDDINGS  | 'input':[1,2,3]                                          | 3
      EMBEDDINGS  | 'input':[[1,2,3],[4]]                                    | 4
      MODERATIONS | 'input':[{'type':'text','text':'abc'}]                   | 3
      RERANK      | 'query':'ab','documents':['c','de']                      | 7
      RERANK      | 'query':'ab','documents':[{'text':'c'}]                  | 3
      SPEECH      | 'input':'abc','instructions':'de','voice':'x'            | 5
      IMAGES      | 'prompt':'abc'                                           | 3
      """)
  void theInputIsBoundedByItsBytesOrTokens(PlainCall call, String fields, long tokens) {
    Envelope envelope = read(call, fields).envelope();
    assertThat(envelope.inputBound()).isGreaterThanOrEqualTo(tokens + 32).isLessThan(200);
    assertThat(envelope.unbounded()).isNull();
    assertThat(envelope.outputCap())
        .isEqualTo(call == PlainCall.SPEECH || call == PlainCall.IMAGES ? null : 0L);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      EMBEDDINGS  | 'input':['a',{'image':'https://x'}]                               | input[1]
      EMBEDDINGS  | 'messages':[]                                                     | messages
      MODERATIONS | 'input':[{'type':'image_url','image_url':{'url':'https://x'}}]    | input[0]
      RERANK      | 'query':{'content':[]},'documents':['a']                          | query
      RERANK      | 'query':'q','documents':['a',{'image':'https://x'}]               | documents[1]
      IMAGES      | 'prompt':'a','image':'x'                                          | image
      """)
  void whatItsBytesDoNotBoundIsNamed(PlainCall call, String fields, String named) {
    assertThat(read(call, fields).envelope().unbounded()).isEqualTo(named);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      EMBEDDINGS  | 'input':[{'image':'x'},{'image':'y'},{'image':'z'}]               | 3
      EMBEDDINGS  | 'input':[]                                                        | 1
      EMBEDDINGS  | 'messages':[]                                                     | 1
      RERANK      | 'query':{},'documents':['a','b']                                  | 2
      IMAGES      | 'prompt':'a','image':'x'                                          | 1
      """)
  void eachInputMayFillTheContextOfItsOwn(PlainCall call, String fields, long contexts) {
    assertThat(read(call, fields).envelope().contexts()).isEqualTo(contexts);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      EMBEDDINGS  | {'input':'a'}                       | model
      EMBEDDINGS  | {'model':'m'}                       | input
      EMBEDDINGS  | {'model':'m','input':[true]}        | input[0]
      EMBEDDINGS  | {'model':'m','input':[[1.5]]}       | input[0][0]
      RERANK      | {'model':'m','query':'q'}           | documents
      RERANK      | {'model':'m','documents':['a']}     | query
      IMAGES      | {'prompt':'a'}                      | model
      IMAGES      | {'model':'m','prompt':'a','n':0}    | n
      SPEECH      | [1]                                 | body
      """)
  void namesTheFieldThatCanNotBeTaken(PlainCall call, String json, String field) {
    assertThat(bad(call.read("", "", json(json))).field()).isEqualTo(field);
  }

  @Test
  void picturesAreCountedAndThoseShownBeforeThemToo() {
    Envelope envelope = read(
            PlainCall.IMAGES, "'prompt':'a','n':3,'partial_images':2,'stream':true")
        .envelope();
    assertThat(envelope.choices()).isEqualTo(3);
    assertThat(envelope.predictedTokens()).isEqualTo(200);
    assertThat(envelope.stream()).isTrue();
  }

  @Test
  void onlyTheModelIsSet() {
    Terms terms = new Terms("n", 5, "max_tokens");
    assertThat(new String(
            read(PlainCall.EMBEDDINGS, "'input': 'a'").bodyFor(terms), StandardCharsets.UTF_8))
        .isEqualTo("{\"model\":\"n\",\"input\": \"a\"}");
    Question unnamed = good(PlainCall.MODERATIONS.read("", "", json("{'input':'a'}")));
    assertThat(unnamed.envelope().model()).isEqualTo("omni-moderation-latest");
    assertThat(new String(unnamed.bodyFor(terms), StandardCharsets.UTF_8))
        .isEqualTo("{\"model\":\"n\",\"input\":\"a\"}");
  }

  @Test
  void itIsNoConversation() {
    UnsayableException unsayable = catchThrowableOfType(
        UnsayableException.class,
        () -> read(PlainCall.EMBEDDINGS, "'input':'a'").conversation());
    assertThat(unsayable.field()).isEqualTo("model");
  }

  @Test
  void usageOfPicturesThatComeOneByOneAddsUp() {
    AnswerTap tap = PlainCall.IMAGES.tap(read(PlainCall.IMAGES, "'prompt':'a'"), true);
    String event =
        "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"AAAA\","
            + "\"usage\":{\"input_tokens\":5,\"output_tokens\":100,\"total_tokens\":105}}\n\n";
    String text =
        "event: image_generation.partial_image\ndata: {\"usage\":{\"input_tokens\":1}}\n\n" + event
            + event;
    assertThat(Spoken.passed(tap, text.getBytes(StandardCharsets.UTF_8), new Random(1)))
        .isEqualTo(text);
    assertThat(tap.usage()).isEqualTo(TokenUsage.of(10, 200));
    assertThat(tap.whole()).isTrue();
  }
}
