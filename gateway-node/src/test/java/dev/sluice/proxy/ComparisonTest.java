package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.sluice.proxy.Comparison.Difference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Set<String> HEADERS =
      Set.of("Location", "Content-Type", "Content-Encoding", "Set-Cookie", "X-Token");

  private static Answered answer(int status, String body, String... fields) {
    return answer(status, ByteString.fromString(body), true, fields);
  }

  private static Answered answer(int status, ByteString body, boolean whole, String... fields) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < fields.length; i += 2) {
      all.put(fields[i], List.of(fields[i + 1]));
    }
    return new Answered(status, false, all, body, whole);
  }

  private static List<Difference> compare(Answered ours, Answered theirs) {
    return Comparison.of(ours, theirs, HEADERS);
  }

  @Test
  void equalAnswersDoNotDiffer() {
    Answered one = answer(200, "body", "Content-Type", "text/plain");
    assertThat(compare(one, answer(200, "body", "content-type", "text/plain"))).isEmpty();
  }

  @Test
  void anotherStatusIsToldAlone() {
    assertThat(compare(answer(200, "a"), answer(404, "b", "Content-Type", "text/html")))
        .containsExactly(new Difference("status", "200", "404"));
  }

  @Test
  void aLocationIsComparedWithItsQueryAndShownWithoutIt() {
    List<Difference> found = compare(
        answer(302, "", "Location", "https://a/login?token=secret1"),
        answer(302, "", "Location", "https://a/login?token=secret2"));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).what()).isEqualTo("header Location");
    assertThat(found.toString()).contains("https://a/login?").doesNotContain("secret");
  }

  @Test
  void ofCookiesOnlyTheNamesCountAndAreShown() {
    Answered session = answer(200, "", "Set-Cookie", "session=secret1; Path=/");
    assertThat(compare(session, answer(200, "", "Set-Cookie", "session=secret2; Path=/")))
        .isEmpty();
    assertThat(compare(session, answer(200, "", "Set-Cookie", "other=secret3")))
        .containsExactly(new Difference("header Set-Cookie", "session", "other"));
  }

  @Test
  void valuesOfUnknownFieldsAreShownAsDigests() {
    List<Difference> found = compare(
        answer(200, "", "X-Token", "secret1"), answer(200, "", "Content-Type", "text/plain"));
    assertThat(found).hasSize(2);
    assertThat(found.toString()).contains("SHA-256").contains("none").doesNotContain("secret");
  }

  @Test
  void bodiesAreShownAsLengthAndDigest() {
    List<Difference> found = compare(answer(200, "secret1"), answer(200, "secret22"));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).what()).isEqualTo("body");
    assertThat(found.toString()).contains("7 bytes").contains("8 bytes").doesNotContain("secret");
  }

  @Test
  void ofBodiesThatAreNotWholeOnlyWhatHasComeIsCompared() {
    Answered start = answer(200, ByteString.fromString("abc"), false);
    assertThat(compare(start, answer(200, "abcdef"))).isEmpty();
    assertThat(compare(answer(200, "abcdef"), start)).isEmpty();
    assertThat(compare(start, answer(200, "ab"))).hasSize(1);
    assertThat(compare(start, answer(200, "abXdef"))).hasSize(1);
  }

  @Test
  void whatIsCompressedInAnotherWayIsTheSame() throws IOException {
    Answered fast = answer(200, gzip("text", false), true, "Content-Encoding", "gzip");
    Answered flushed = answer(200, gzip("text", true), true, "Content-Encoding", "gzip");
    assertThat(fast.body()).isNotEqualTo(flushed.body());
    assertThat(compare(fast, flushed)).isEmpty();
    assertThat(compare(fast, answer(200, "text")))
        .containsExactly(new Difference("header Content-Encoding", "gzip", "none"));
    Answered other = answer(200, gzip("Text", true), true, "Content-Encoding", "gzip");
    assertThat(compare(fast, other)).hasSize(1);
  }

  @Test
  void aBodyThatCannotBeDecodedIsNotCompared() {
    assertThat(compare(
            answer(200, "1", "Content-Encoding", "br"), answer(200, "2", "Content-Encoding", "br")))
        .isEmpty();
  }

  @Test
  void whatTheGatewaySaysInItsOwnWordsIsNotComparedByTheWord() {
    Answered ours = new Answered(404, true, Map.of(), ByteString.fromString("no route"), true);
    assertThat(compare(ours, answer(404, "<html>", "Content-Type", "text/html")))
        .isEmpty();
  }

  private static ByteString gzip(String text, boolean flushed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out, 512, true)) {
      gzip.write(text.charAt(0));
      if (flushed) {
        gzip.flush();
      }
      gzip.write(text.substring(1).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    return ByteString.fromArray(out.toByteArray());
  }
}
