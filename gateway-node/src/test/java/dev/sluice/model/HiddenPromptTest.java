package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.QuestionRead;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Claude puts before tools is held, in whichever dialect they come. */
class HiddenPromptTest {
  private static Envelope said(Action.Call call, String path, String json) {
    QuestionRead read = Callers.dialect(call)
        .read(path, "application/json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question().envelope();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CHAT_COMPLETIONS|/v1/chat/completions|{'model':'m','messages':[{'role':'user','content':'x'}]EXTRA}|,'tools':[{'type':'function','function':{'name':'f'}}]",
        "CHAT_COMPLETIONS|/v1/chat/completions|{'model':'m','messages':[{'role':'user','content':'x'}]EXTRA}|,'response_format':{'type':'json_object'}",
        "RESPONSES|/v1/responses|{'model':'m','input':'x'EXTRA}|,'tools':[{'type':'function','name':'f'}]",
        "GEMINI|/v1beta/models/m:generateContent|{'contents':[{'parts':[{'text':'x'}]}]EXTRA}|,'tools':[{'functionDeclarations':[{'name':'f'}]}]",
        "OLLAMA_CHAT|/api/chat|{'model':'m','messages':[{'role':'user','content':'x'}]EXTRA}|,'tools':[{'type':'function','function':{'name':'f'}}]",
      })
  void isHeldWhereThereAreTools(Action.Call call, String path, String json, String extra) {
    Envelope plain = said(call, path, json.replace("EXTRA", ""));
    Envelope instructed = said(call, path, json.replace("EXTRA", extra));
    assertThat(HiddenPrompt.tokens(Kind.ANTHROPIC, "opus", plain)).isZero();
    assertThat(HiddenPrompt.tokens(Kind.ANTHROPIC, "opus", instructed))
        .isEqualTo(HiddenPrompt.CLAUDE_TOKENS);
    assertThat(HiddenPrompt.tokens(Kind.BEDROCK, "eu.anthropic.claude-x", instructed))
        .isEqualTo(HiddenPrompt.CLAUDE_TOKENS);
    assertThat(HiddenPrompt.tokens(Kind.OPENAI, "gpt", instructed)).isZero();
  }

  @Test
  void isInTheBoundOfAnthropicsOwnDialect() {
    String json = "{'model':'m','max_tokens':5,'messages':[{'role':'user','content':'x'}]EXTRA}";
    Envelope plain = said(Action.Call.MESSAGES, "/v1/messages", json.replace("EXTRA", ""));
    Envelope instructed = said(
        Action.Call.MESSAGES,
        "/v1/messages",
        json.replace("EXTRA", ",'tools':[{'name':'f','input_schema':{'type':'object'}}]"));
    assertThat(instructed.inputBound())
        .isGreaterThan(plain.inputBound() + HiddenPrompt.CLAUDE_TOKENS);
    assertThat(HiddenPrompt.tokens(Kind.ANTHROPIC, "opus", instructed)).isZero();
  }
}
