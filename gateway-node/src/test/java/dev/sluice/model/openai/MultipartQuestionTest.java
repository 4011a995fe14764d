package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.bad;
import static dev.sluice.model.openai.Spoken.good;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms with files. */
@SuppressWarnings("StringConcatToTextBlock") // line ends matter
class MultipartQuestionTest {
  private static final String TYPE = "multipart/form-data; boundary=XyZ";

  private static String field(String name, String value) {
    return "--XyZ\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
        + "\r\n";
  }

  private static final String FILE =
      "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
          + "Content-Type: audio/wav\r\n\r\n\0\1\r\n--Xy\r\n\r\nmodel\r\n";
  private static final String END = "--XyZ--\r\n";

  private static QuestionRead read(String type, String form) {
    return FormCall.TRANSCRIPTIONS.read("", type, form.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String body(Question question, String model) {
    return new String(
        question.bodyFor(new Terms(model, 5, "max_tokens")), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theModelIsReplacedAndAllElseStays() {
    String form =
        FILE + field("model", "whisper-1") + field("prompt", "abc") + field("stream", "true") + END;
    Question question = good(read(TYPE, form));
    assertThat(question.envelope().model()).isEqualTo("whisper-1");
    assertThat(question.envelope().stream()).isTrue();
    assertThat(question.envelope().unbounded()).isEqualTo("file");
    assertThat(question.envelope().inputBound()).isGreaterThanOrEqualTo(35);
    assertThat(question.contentType()).isEqualTo(TYPE);
    assertThat(body(question, "whisper-1")).isEqualTo(form);
    assertThat(body(question, "large-v3")).isEqualTo(form.replace("whisper-1", "large-v3"));
  }

  @Test
  void asManyPicturesAreHeldForAsAreAskedFor() {
    String form =
        field("n", "3") + field("model", "gpt-image-1") + field("partial_images", "2") + END;
    QuestionRead read =
        FormCall.IMAGE_EDITS.read("", TYPE, form.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(good(read).envelope().choices()).isEqualTo(3);
    assertThat(good(read).envelope().predictedTokens()).isEqualTo(200);
    assertThat(good(read).envelope().unbounded()).isEqualTo("image");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=XyZ",
        "multipart/form-data;boundary=\"XyZ\"",
        "Multipart/Form-Data; charset=utf-8; boundary=XyZ"
      })
  void theBoundaryIsFoundInTheContentType(String type) {
    assertThat(good(read(type, field("model", "m") + END)).envelope().model()).isEqualTo("m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=Xy Z",
        "multipart/form-data; boundary=XyZ; boundary=AbC",
        "multipart/mixed; boundary=XyZ"
      })
  void aFormNeedsOneBoundary(String type) {
    assertThat(bad(read(type, field("model", "m") + END)).field()).isEqualTo("body");
  }

  private static final String MODEL = field("model", "m");

  /** What could be read as one thing here and as another by the provider would be a way past the quota. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      preamble\\r\\nMODEL--XyZ--          | does not begin
      MODEL                               | does not end
      MODEL--XyZ--\\r\\nmore              | follows its end
      MODEL--XyZmore\\r\\n--XyZ--         | not followed by a new line
      --XyZ\\nContent-Disposition: form-data; name="model"\\n\\nm\\n--XyZ--              | not followed by a new line
      --XyZ\\r\\nContent-Disposition: form-data; name="model"\\n\\r\\n\\r\\nm\\r\\n--XyZ-- | does not end
      --XyZ\\r\\nContent-Disposition: form-data; name="a"; name="model"\\r\\n\\r\\nm\\r\\n--XyZ-- | name
      --XyZ\\r\\nContent-Disposition: form-data; name="a"; name*=utf-8''model\\r\\n\\r\\nm\\r\\n--XyZ-- | name
      --XyZ\\r\\nContent-Disposition: form-data; name="mod\\\\el"\\r\\n\\r\\nm\\r\\n--XyZ-- | name
      --XyZ\\r\\nContent-Disposition: attachment; name="model"\\r\\n\\r\\nm\\r\\n--XyZ-- | Content-Disposition
      --XyZ\\r\\nContent-Disposition: form-data; name="model"\\r\\nContent-Disposition: form-data; name="n"\\r\\n\\r\\nm\\r\\n--XyZ-- | two names
      --XyZ\\r\\n Content-Disposition: form-data; name="model"\\r\\n\\r\\nm\\r\\n--XyZ-- | header
      --XyZ\\r\\n\\r\\nm\\r\\n--XyZ-- | no name
      --XyZ\\r\\nContent-Disposition: form-data; name="model"\\r\\n--XyZ--\\r\\n | header
      """)
  void whatCouldBeReadInTwoWaysIsRefused(String form, String why) {
    String raw = form.replace("\\r", "\r").replace("\\n", "\n").replace("\\\\", "\\");
    QuestionRead.Bad bad = bad(read(TYPE, raw.replace("MODEL", MODEL)));
    assertThat(bad.field()).isEqualTo("body");
    assertThat(bad.message()).contains(why);
  }

  @Test
  void fieldsThatDecideStandOnceAndPlainly() {
    assertThat(bad(read(TYPE, FILE + END)).field()).isEqualTo("model");
    assertThat(bad(read(TYPE, field("model", "a") + field("model", "b") + END)).field())
        .isEqualTo("model");
    assertThat(bad(read(TYPE, field("stream", "maybe") + MODEL + END)).field()).isEqualTo("stream");
    assertThat(bad(read(TYPE, field("n", "1e3") + MODEL + END)).field()).isEqualTo("n");
    assertThat(bad(read(TYPE, field("n", "999999999") + MODEL + END)).field()).isEqualTo("n");
    String file = MODEL.replace("name=\"model\"", "name=\"model\"; filename=\"a\"");
    assertThat(bad(read(TYPE, file + END)).field()).isEqualTo("model");
    String encoded = MODEL.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    assertThat(bad(read(TYPE, encoded + END)).field()).isEqualTo("model");
    assertThat(
            good(read(TYPE, field("prompt", "") + MODEL + "--XyZ--")).envelope().model())
        .isEqualTo("m");
  }

  @Test
  void formsAreBounded() {
    assertThat(bad(read(TYPE, MODEL + field("a", "b").repeat(300) + END)).message())
        .contains("parts");
    String head =
        "--XyZ\r\nContent-Disposition: form-data; name=\"" + "x".repeat(10_000) + "\"\r\n\r\n\r\n";
    assertThat(bad(read(TYPE, head + END)).message()).contains("head of a part");
    String quoted =
        "--XyZ\r\nContent-Disposition: form-data; name=\"" + "\\x".repeat(4_000) + "\"\r\n\r\n\r\n";
    assertThat(bad(read(TYPE, quoted + END)).field()).isEqualTo("body");
  }

  @Test
  void anyBytesAreReadOrRefused() {
    byte[] good = (FILE + MODEL + END).getBytes(StandardCharsets.ISO_8859_1);
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = good.clone();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(FormCall.TRANSCRIPTIONS.read("", TYPE, bytes))
          .as("seed %d", seed)
          .isNotNull();
    }
  }
}
