package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromptPrefixTest {
  private static final int MOST = 64;

  private static long of(Action.Call call, String path, String body) {
    CallerDialect dialect = Objects.requireNonNull(Callers.dialect(call));
    QuestionRead read =
        dialect.read(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    Question question = ((QuestionRead.Good) read).question();
    return PromptPrefix.of(call, question, MOST);
  }

  /** @param turns in JSON, without brackets */
  private static long chat(String turns) {
    return of(
        Action.Call.CHAT_COMPLETIONS,
        "/v1/chat/completions",
        "{\"model\":\"m\",\"messages\":[" + turns + "]}");
  }

  private static String turn(String role, String text) {
    return "{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}";
  }

  @Test
  void isTheSameInEachDialect() {
    Set<Long> all = new HashSet<>();
    all.add(chat(turn("system", "Be brief.") + "," + turn("user", "Why?")));
    all.add(of(
        Action.Call.MESSAGES,
        "/v1/messages",
        "{\"model\":\"m\",\"max_tokens\":9,\"system\":\"Be brief.\",\"messages\":["
            + turn("user", "Why?") + "]}"));
    all.add(of(
        Action.Call.RESPONSES,
        "/v1/responses",
        "{\"model\":\"m\",\"instructions\":\"Be brief.\",\"input\":\"Why?\"}"));
    all.add(of(
        Action.Call.GEMINI,
        "/v1beta/models/m:generateContent",
        "{\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"}]},"
            + "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Why?\"}]}]}"));
    all.add(of(
        Action.Call.OLLAMA_CHAT,
        "/api/chat",
        "{\"model\":\"m\",\"messages\":[" + turn("system", "Be brief.") + "," + turn("user", "Why?")
            + "]}"));
    assertThat(all).hasSize(1).doesNotContain(0L);
  }

  @Test
  void staysAsTheConversationGrows() {
    String first = turn("system", "Be brief.") + "," + turn("user", "Why?");
    String more = first + "," + turn("assistant", "So.") + "," + turn("user", "And then?");
    assertThat(chat(more)).isEqualTo(chat(first));
  }

  @Test
  void differsByInstructionsAndByTheFirstQuestion() {
    assertThat(Set.of(
            chat(turn("user", "Why?")),
            chat(turn("user", "How?")),
            chat(turn("system", "Be brief.") + "," + turn("user", "Why?")),
            chat(turn("system", "Be long.") + "," + turn("user", "Why?"))))
        .hasSize(4);
  }

  @Test
  void looksAtNoMoreThanItsFirstBytes() {
    String instructions = turn("system", "x".repeat(MOST));
    assertThat(chat(instructions + "," + turn("user", "Why?")))
        .isEqualTo(chat(instructions + "," + turn("user", "How?")));
  }

  @Test
  void isNoneOfWhatIsNoConversation() {
    assertThat(of(Action.Call.EMBEDDINGS, "/v1/embeddings", "{\"model\":\"m\",\"input\":\"Why?\"}"))
        .isZero();
  }
}
