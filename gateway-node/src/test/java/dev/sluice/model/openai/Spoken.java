package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.Assertions;

/** What the tests of this dialect say and hear. */
final class Spoken {
  static final AnswerTerms TERMS = new AnswerTerms("a1", "m", 1_700_000_000L, true);
  static final AnswerTerms NO_USAGE = new AnswerTerms("a1", "m", 1_700_000_000L, false);

  private Spoken() {}

  /** Single quotes stand for double ones. */
  static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  static Question good(QuestionRead read) {
    if (read instanceof QuestionRead.Bad bad) {
      return Assertions.fail(bad.field() + ": " + bad.message());
    }
    return ((QuestionRead.Good) read).question();
  }

  static QuestionRead.Bad bad(QuestionRead read) {
    Assertions.assertThat(read).isInstanceOf(QuestionRead.Bad.class);
    return (QuestionRead.Bad) read;
  }

  static Conversation chat(String json) throws UnsayableException {
    return good(ChatQuestion.read(json(json))).conversation();
  }

  static String written(AnswerWriter writer, AnswerEvent... events) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (AnswerEvent event : events) {
      writer.write(event, out);
    }
    writer.end(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  static List<AnswerEvent> heard(AnswerReader reader, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<AnswerEvent> events = new ArrayList<>();
    reader.read(bytes, 0, bytes.length, events::add);
    reader.end(events::add);
    return events;
  }

  /** What is heard of pieces of up to 40 bytes. */
  static List<AnswerEvent> heard(AnswerReader reader, byte[] bytes, Random random) {
    List<AnswerEvent> events = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(40));
      reader.read(bytes, at, at + size, events::add);
      at += size;
    }
    reader.end(events::add);
    return events;
  }

  static String passed(AnswerTap tap, byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(40));
      out.writeBytes(tap.pass(bytes, at, at + size));
      at += size;
    }
    out.writeBytes(tap.rest());
    return out.toString(StandardCharsets.UTF_8);
  }

  static String pretty(String json) throws Exception {
    return Json.MAPPER.readTree(json).toPrettyString();
  }
}
