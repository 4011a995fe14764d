package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.model.anthropic.CountTokens;
import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.anthropic.Platform;
import dev.sluice.model.bedrock.ConverseProvider;
import dev.sluice.model.bedrock.Frames;
import dev.sluice.model.bedrock.FramesAsEvents;
import dev.sluice.model.bedrock.InvokeProvider;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.gemini.GeminiProvider;
import dev.sluice.model.gemini.GenerateContent;
import dev.sluice.model.ollama.OllamaCall;
import dev.sluice.model.ollama.OllamaEmbed;
import dev.sluice.model.ollama.OllamaProvider;
import dev.sluice.model.openai.ChatCompletions;
import dev.sluice.model.openai.ChatProvider;
import dev.sluice.model.openai.Completions;
import dev.sluice.model.openai.FormCall;
import dev.sluice.model.openai.PlainCall;
import dev.sluice.model.openai.Responses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every parser of bytes that come from outside, in one list: whatever comes, nothing is thrown, and any split makes the same of it.
 * The dialects' own tests say what they make of it. More rounds with {@code -Dfuzz=N}.
 */
class EveryParserTest {
  private static final ClassFileImporter CLASSES =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
  private static final int ROUNDS = Math.max(1, Pieces.rounds() / 10);
  private static final int SPLITS = 40;
  private static final String GOOD =
      "{\"model\":\"m\",\"max_tokens\":5,\"stream\":true,\"input\":\"a\",\"prompt\":\"p\",\"query\":\"q\",\"documents\":[\"d\"],"
          + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}],\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],"
          + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]}";
  /** For dialects without parts. */
  private static final String PLAIN =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static final String FORM = "multipart/form-data; boundary=b";
  private static final String GEMINI_PATH = "/v1beta/models/m:generateContent";
  private static final List<byte[]> ANSWERS = answers();

  static List<ProviderDialect> providers() {
    return List.of(
        new ChatProvider(),
        new MessagesProvider(Platform.ANTHROPIC),
        new GeminiProvider(),
        new OllamaProvider(),
        new ConverseProvider(),
        new InvokeProvider());
  }

  static List<CallerDialect> callers() {
    return Stream.<Stream<? extends CallerDialect>>of(
            Stream.of(
                new ChatCompletions(),
                new Completions(),
                new Responses(),
                new Messages(),
                new CountTokens(),
                new GenerateContent(),
                OllamaCall.chat(() -> 0),
                OllamaCall.generate(() -> 0)),
            Stream.of(PlainCall.values()),
            Stream.of(FormCall.values()),
            Stream.of(OllamaEmbed.values()))
        .flatMap(all -> all)
        .map(CallerDialect.class::cast)
        .toList();
  }

  /** An answer of each dialect, streamed and whole: as the providers of DialectsIT give them, and Bedrock's frames. */
  private static List<byte[]> answers() {
    List<byte[]> all = new ArrayList<>();
    try (InputStream file =
        Objects.requireNonNull(EveryParserTest.class.getResourceAsStream("answers.json"))) {
      for (JsonNode one : Json.MAPPER.readTree(file)) {
        String stream = one.path("stream").textValue();
        all.add(stream.getBytes(StandardCharsets.UTF_8));
        all.add(one.path("document").textValue().getBytes(StandardCharsets.UTF_8));
        if (one.path("dialect").textValue().equals("anthropic")) {
          all.add(new Frames().chunks(stream).bytes());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    all.add(new Frames()
        .event("messageStart", "{'role':'assistant'}")
        .event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'far'}}")
        .event("messageStop", "{'stopReason':'end_turn'}")
        .event("metadata", "{'usage':{'inputTokens':7,'outputTokens':2,'totalTokens':9}}")
        .bytes());
    return List.copyOf(all);
  }

  /** Each answer as it is, then changed, then nothing but noise; always the same ones. */
  private static List<byte[]> inputs() {
    List<byte[]> all = new ArrayList<>(ANSWERS);
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      all.add(Pieces.mangled(ANSWERS.get(seed % ANSWERS.size()), random));
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      all.add(noise);
    }
    return all;
  }

  private interface Piece {
    void take(byte[] bytes, int from, int to);
  }

  private static void pieces(byte[] bytes, Random random, Piece piece) {
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(SPLITS));
      piece.take(bytes, at, to);
      at = to;
    }
  }

  /** What is heard; ids of calls that the reader had to invent are all the same here. */
  private static String heard(Supplier<AnswerReader> readers, byte[] bytes, Random random) {
    AnswerReader reader = readers.get();
    List<AnswerEvent> events = new ArrayList<>();
    pieces(bytes, random, (all, from, to) -> reader.read(all, from, to, events::add));
    boolean whole = reader.end(events::add);
    return (events + " " + whole).replaceAll("[0-9a-f]{32}", "invented");
  }

  private static String tapped(AnswerTap tap, byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces(bytes, random, (all, from, to) -> out.writeBytes(tap.pass(all, from, to)));
    out.writeBytes(tap.rest());
    return out.toString(StandardCharsets.ISO_8859_1) + tap.usage() + tap.whole();
  }

  private static Set<String> implementations(Class<?> type) {
    return CLASSES.importPackages("dev.sluice.model").stream()
        .filter(one -> one.isAssignableTo(type) && !one.isInterface())
        .filter(one -> !one.getModifiers().contains(JavaModifier.ABSTRACT))
        .filter(one -> !one.isAnonymousClass())
        .map(JavaClass::getSimpleName)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(List<?> all) {
    return all.stream().map(one -> one.getClass().getSimpleName()).collect(Collectors.toSet());
  }

  @Test
  void noneIsForgotten() {
    assertThat(names(providers())).isEqualTo(implementations(ProviderDialect.class));
    assertThat(names(callers())).isEqualTo(implementations(CallerDialect.class));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anyAnswerIsReadWithoutAnExceptionAndTheSameInAnySplit(ProviderDialect provider) {
    for (byte[] bytes : inputs()) {
      for (Supplier<AnswerReader> readers :
          List.<Supplier<AnswerReader>>of(provider::stream, provider::document)) {
        assertThat(heard(readers, bytes, new Random(1)))
            .as(() -> Arrays.toString(bytes))
            .isEqualTo(heard(readers, bytes, new Random(2)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anyErrorIsReadWithoutAnException(ProviderDialect provider) {
    int status = 400;
    for (byte[] body : inputs()) {
      assertThat(provider.error(status, body).message()).isNotEmpty();
      status = 400 + (status + 1) % 200;
    }
  }

  /** A question of any kind that the dialect takes. */
  private static Question question(CallerDialect caller) {
    String json = "application/json";
    return Stream.of(
            caller.read(GEMINI_PATH, json, GOOD.getBytes(StandardCharsets.UTF_8)),
            caller.read(GEMINI_PATH, json, PLAIN.getBytes(StandardCharsets.UTF_8)),
            caller.read(GEMINI_PATH, FORM, form("file")),
            caller.read(GEMINI_PATH, FORM, form("image")))
        .filter(QuestionRead.Good.class::isInstance)
        .map(read -> ((QuestionRead.Good) read).question())
        .findFirst()
        .orElseThrow();
  }

  private static byte[] form(String field) {
    String name = "Content-Disposition: form-data; name=";
    return ("--b\r\n" + name + "\"model\"\r\n\r\nm\r\n--b\r\n" + name + "\"" + field
            + "\"; filename=\"i.png\"\r\n\r\ni\r\n--b--\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("callers")
  void anyAnswerPassesWithoutAnExceptionAndTheSameInAnySplit(CallerDialect caller) {
    Question question = question(caller);
    for (byte[] bytes : inputs()) {
      for (boolean stream : new boolean[] {true, false}) {
        assertThat(tapped(caller.tap(question, stream), bytes, new Random(1)))
            .isEqualTo(tapped(caller.tap(question, stream), bytes, new Random(2)));
      }
    }
  }

  @Test
  void anyFramesBecomeTheSameEventsInAnySplit() {
    for (byte[] bytes : inputs()) {
      assertThat(events(bytes, new Random(1))).isEqualTo(events(bytes, new Random(2)));
    }
  }

  private static String events(byte[] bytes, Random random) {
    FramesAsEvents frames = new FramesAsEvents();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces(bytes, random, (all, from, to) -> out.writeBytes(frames.pass(all, from, to)));
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("callers")
  void anyRequestIsReadOrRefusedInWords(CallerDialect caller) {
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    for (int seed = 0; seed < ROUNDS; seed++) {
      byte[] body = Pieces.mangled(good, new Random(seed));
      QuestionRead read = caller.read(GEMINI_PATH, "application/json", body);
      if (read instanceof QuestionRead.Bad bad) {
        assertThat(bad.message()).isNotEmpty();
      } else if (read instanceof QuestionRead.Good found) {
        try {
          // What is counted of texts is taken off the bytes, so they must be in there.
          assertThat(textBytes(found.question().conversation()))
              .isLessThanOrEqualTo(found.question().envelope().inputBound());
        } catch (UnsayableException e) {
          assertThat(e.why()).isNotEmpty();
        }
      }
    }
  }

  /** As above, with texts so long that nothing else covers them. */
  @ParameterizedTest
  @MethodSource("callers")
  void everyTextIsInTheBoundWithAllItsBytes(CallerDialect caller) {
    String text = "\"" + "é".repeat(2_000) + "\"";
    String instructions = "\"system\":" + text + ",\"instructions\":" + text
        + ",\"systemInstruction\":{\"parts\":[{\"text\":" + text + "}]},";
    List<String> requests = List.of(
        GOOD,
        PLAIN,
        "{\"model\":\"m\",\"input\":\"hi\"}",
        "{\"model\":\"m\",\"prompt\":\"hi\"}",
        "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]}");
    for (String request : requests) {
      String body =
          request.replaceFirst("\\{", "{" + instructions).replaceAll("\"(hi|a|p|q|d)\"", text);
      QuestionRead read =
          caller.read(GEMINI_PATH, "application/json", body.getBytes(StandardCharsets.UTF_8));
      if (read instanceof QuestionRead.Good good) {
        try {
          assertThat(textBytes(good.question().conversation()))
              .isLessThanOrEqualTo(good.question().envelope().inputBound());
        } catch (UnsayableException e) {
          // then it goes to its own provider alone, and nothing of it is counted
        }
      }
    }
  }

  private static long textBytes(Conversation conversation) {
    return textBytes(conversation.system())
        + conversation.turns().stream()
            .mapToLong(turn -> textBytes(turn.parts()))
            .sum();
  }

  private static long textBytes(List<? extends Part> parts) {
    long bytes = 0;
    for (Part part : parts) {
      if (part instanceof Part.Text text) {
        bytes += text.text().getBytes(StandardCharsets.UTF_8).length;
      } else if (part instanceof Part.ToolResult result) {
        bytes += textBytes(result.content());
      }
    }
    return bytes;
  }
}
