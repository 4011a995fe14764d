package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiProviderTest {
  private static final GeminiProvider GEMINI = new GeminiProvider();
  private static final Terms TERMS = new Terms("gemini-2.5-flash", 1000, "max_tokens");
  private static final ObjectNode SCHEMA = Json.MAPPER.createObjectNode().put("type", "object");

  private static Conversation of(List<Turn> turns) {
    return with(turns, List.of(), null, Sampling.UNSAID, null, null, null);
  }

  private static Conversation with(
      List<Turn> turns,
      List<Tool> tools,
      @Nullable ToolChoice choice,
      Sampling sampling,
      @Nullable Format format,
      @Nullable Reasoning reasoning,
      @Nullable Boolean parallel) {
    return new Conversation(
        List.of(),
        turns,
        tools,
        choice == null ? null : new Said<>(choice, "tool_choice"),
        parallel == null ? null : new Said<>(parallel, "parallel_tool_calls"),
        sampling,
        format == null ? null : new Said<>(format, "response_format"),
        reasoning == null ? null : new Said<>(reasoning, "reasoning_effort"),
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
  }

  private static Turn user(Part... parts) {
    return new Turn(Turn.Role.USER, List.of(parts));
  }

  private static Turn model(Part... parts) {
    return new Turn(Turn.Role.ASSISTANT, List.of(parts));
  }

  private static Part.Text text(String text) {
    return new Part.Text("t", text);
  }

  private static Part.ToolUse call(String id) {
    return new Part.ToolUse("c", id, "f", Json.MAPPER.createObjectNode().put("x", 1));
  }

  private static Part.ToolResult result(String id, String name, boolean error, Part... content) {
    return new Part.ToolResult("messages[2]", id, name, List.of(content), error);
  }

  private static String asked(Conversation conversation) throws UnsayableException {
    return asked(conversation, TERMS);
  }

  private static String asked(Conversation conversation, Terms terms) throws UnsayableException {
    Outgoing outgoing = GEMINI.ask(conversation, terms, new Losses(false));
    return new String(outgoing.body(), StandardCharsets.UTF_8).replace('"', '\'');
  }

  private static String contents(Conversation conversation, Terms terms) throws UnsayableException {
    String body = asked(conversation, terms);
    return body.substring("{'contents':".length(), body.indexOf(",'generationConfig'"));
  }

  @Test
  void saysRolesSystemAndTheCap() throws UnsayableException {
    Conversation conversation = new Conversation(
        List.of(text("be"), text("brief")),
        List.of(user(text("a")), user(text("b")), model(text("c"))),
        List.of(),
        null,
        null,
        Sampling.UNSAID,
        null,
        null,
        new Said<>(2L, "n"),
        true,
        new Said<>("u", "user"),
        List.of());
    Outgoing outgoing = GEMINI.ask(conversation, TERMS, new Losses(false));
    assertThat(outgoing.path()).isEqualTo("/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    assertThat(new String(outgoing.body(), StandardCharsets.UTF_8).replace('"', '\''))
        .isEqualTo("{'systemInstruction':{'parts':[{'text':'be'},{'text':'brief'}]},'contents':["
            + "{'role':'user','parts':[{'text':'a'},{'text':'b'}]},{'role':'model','parts':[{'text':'c'}]}],"
            + "'generationConfig':{'maxOutputTokens':1000,'candidateCount':2}}");
  }

  @Test
  void instructionsAloneAreSaidByTheUser() throws UnsayableException {
    Conversation conversation = new Conversation(
        List.of(text("go")),
        List.of(),
        List.of(),
        null,
        null,
        Sampling.UNSAID,
        null,
        null,
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
    assertThat(asked(conversation))
        .startsWith("{'contents':[{'parts':[{'text':'go'}],'role':'user'}]");
  }

  @Test
  void aToolLoopKeepsSignaturesIdsAndNames() throws UnsayableException {
    Signature own = new Signature(Signature.Maker.GEMINI, "c2ln");
    Conversation conversation = of(List.of(
        user(text("q")),
        model(new Part.Thought("", "T", own), call("i1"), call("i2")),
        user(
            text("and"),
            result("i1", "f", false, text("one"), text("two")),
            result("i2", "f", true, text("no")))));
    assertThat(contents(conversation, TERMS))
        .isEqualTo(
            "[{'role':'user','parts':[{'text':'q'}]},{'role':'model','parts':["
                + "{'functionCall':{'id':'i1','name':'f','args':{'x':1}},'thoughtSignature':'c2ln'},"
                + "{'functionCall':{'id':'i2','name':'f','args':{'x':1}}}]},{'role':'user','parts':["
                + "{'functionResponse':{'id':'i1','name':'f','response':{'result':'one\\ntwo'}}},"
                + "{'functionResponse':{'id':'i2','name':'f','response':{'error':'no'}}},{'text':'and'}]}]");
  }

  @Test
  void foreignSignaturesAreLeftOutAndGemini3IsToldThatThereIsNone() throws UnsayableException {
    Signature foreign = new Signature(Signature.Maker.ANTHROPIC, "x");
    Conversation conversation =
        of(List.of(model(new Part.Thought("", "T", foreign), call("i1"), call("i2"))));
    assertThat(contents(conversation, TERMS))
        .doesNotContain("thoughtSignature")
        .doesNotContain("'T'");
    assertThat(contents(conversation, new Terms("gemini-3-pro-preview", 10, "")))
        .isEqualTo(
            "[{'role':'model','parts':[{'functionCall':{'id':'i1','name':'f','args':{'x':1}},"
                + "'thoughtSignature':'skip_thought_signature_validator'},{'functionCall':{'id':'i2','name':'f','args':{'x':1}}}]}]");
  }

  /** Where any name is let through to the provider, it must stay among its models. */
  @Test
  void aNameThatLeadsElsewhereIsRefused() {
    Conversation conversation = of(List.of(user(text("q"))));
    assertThat(catchThrowableOfType(
                UnsayableException.class,
                () -> asked(conversation, new Terms("a/../../files", 1, "")))
            .field())
        .isEqualTo("model");
  }

  @Test
  void saysMedia() throws UnsayableException {
    Conversation conversation = of(List.of(user(
        new Part.Image("i", new Part.Source.Bytes("image/png", "AAAA"), "high"),
        new Part.Image("i", new Part.Source.Url("", "https://h/cat.JPG?x=1.png"), ""),
        new Part.Document("d", new Part.Source.PlainText("plain"), ""),
        new Part.Audio("a", new Part.Source.Bytes("audio/wav", "BBBB")))));
    assertThat(contents(conversation, TERMS))
        .isEqualTo("[{'role':'user','parts':[{'inlineData':{'mimeType':'image/png','data':'AAAA'}},"
            + "{'fileData':{'mimeType':'image/jpeg','fileUri':'https://h/cat.JPG?x=1.png'}},{'text':'plain'},"
            + "{'inlineData':{'mimeType':'audio/wav','data':'BBBB'}}]}]");
  }

  @Test
  void saysToolsSchemasAndSampling() throws UnsayableException {
    Sampling sampling = new Sampling(
        new Said<>(0.5, "temperature"),
        new Said<>(0.9, "top_p"),
        new Said<>(40L, "top_k"),
        new Said<>(0.1, "frequency_penalty"),
        new Said<>(0.2, "presence_penalty"),
        new Said<>(7L, "seed"),
        new Said<>(List.of("x"), "stop"));
    Conversation conversation = with(
        List.of(user(text("q"))),
        List.of(
            new Tool("t", "f", "d", SCHEMA, false),
            new Tool("t", "g", "", Json.MAPPER.createObjectNode(), false)),
        new ToolChoice.Named("g"),
        sampling,
        new Format.Schema("s", SCHEMA, true),
        new Reasoning.Budget(5000),
        true);
    assertThat(asked(conversation))
        .endsWith(
            "'tools':[{'functionDeclarations':[{'name':'f','description':'d','parametersJsonSchema':{'type':'object'}},{'name':'g'}]}],"
                + "'toolConfig':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['g']}},"
                + "'generationConfig':{'maxOutputTokens':1000,'temperature':0.5,'topP':0.9,'frequencyPenalty':0.1,'presencePenalty':0.2,"
                + "'topK':40,'seed':7,'stopSequences':['x'],'responseMimeType':'application/json','responseJsonSchema':{'type':'object'},"
                + "'thinkingConfig':{'thinkingBudget':999,'includeThoughts':true}}}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      auto   | true  | {'mode':'VALIDATED'}
      auto   | false | {'mode':'AUTO'}
      none   | true  | {'mode':'NONE'}
      any    | true  | {'mode':'ANY'}
      """)
  void saysWhetherToolsAreCalled(String choice, boolean strict, String config)
      throws UnsayableException {
    ToolChoice wanted = switch (choice) {
      case "auto" -> new ToolChoice.Auto();
      case "none" -> new ToolChoice.None();
      default -> new ToolChoice.Any();
    };
    Conversation conversation = with(
        List.of(user(text("q"))),
        List.of(new Tool("t", "f", "", SCHEMA, strict)),
        wanted,
        Sampling.UNSAID,
        null,
        null,
        null);
    assertThat(asked(conversation)).contains("'functionCallingConfig':" + config);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      off     | 1000   | {'thinkingBudget':0}
      dynamic | 1000   | {'thinkingBudget':-1,'includeThoughts':true}
      LOW     | 100000 | {'thinkingBudget':2048,'includeThoughts':true}
      MAX     | 100000 | {'thinkingBudget':24576,'includeThoughts':true}
      MAX     | 1000   | {'thinkingBudget':999,'includeThoughts':true}
      """)
  void thinkingStaysBelowTheCap(String how, long cap, String config) throws UnsayableException {
    Reasoning reasoning = switch (how) {
      case "off" -> new Reasoning.Off();
      case "dynamic" -> new Reasoning.Dynamic();
      default -> new Reasoning.Effort(Reasoning.Level.valueOf(how));
    };
    Conversation conversation =
        with(List.of(user(text("q"))), List.of(), null, Sampling.UNSAID, null, reasoning, null);
    assertThat(asked(conversation, new Terms("m", cap, ""))).contains("'thinkingConfig':" + config);
  }

  @Test
  void whatCanNotBeSaidIsNamedOrLeftOut() throws UnsayableException {
    Sampling sampling = new Sampling(
        null,
        null,
        null,
        null,
        null,
        new Said<>(1L << 40, "seed"),
        new Said<>(List.of("1", "2", "3", "4", "5", "6"), "stop"));
    Conversation conversation = new Conversation(
        List.of(),
        List.of(user(text("q"))),
        List.of(),
        null,
        new Said<>(false, "parallel_tool_calls"),
        sampling,
        null,
        null,
        new Said<>(1L, "n"),
        false,
        null,
        List.of(new Said<>("logit_bias", "logit_bias")));
    Losses losses = new Losses(true);
    GEMINI.ask(conversation, TERMS, losses);
    assertThat(losses.dropped())
        .containsExactly("logit_bias", "parallel_tool_calls", "seed", "stop");
    assertThat(catchThrowableOfType(UnsayableException.class, () -> asked(conversation))
            .field())
        .isEqualTo("logit_bias");
    Conversation nameless = of(List.of(user(result("i9", "", false, text("x")))));
    assertThat(catchThrowableOfType(UnsayableException.class, () -> asked(nameless))
            .field())
        .isEqualTo("messages[2]");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      400 | {'error':{'code':400,'message':'bad','status':'INVALID_ARGUMENT'}} | INVALID_REQUEST | bad
      400 | [{'error':{'code':400,'message':'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).','status':'INVALID_ARGUMENT'}}] | CONTEXT_TOO_LONG | The input
      400 | {'error':{'code':400,'message':'API key not valid. Please pass a valid API key.','status':'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}} | CREDENTIAL | API key not valid
      400 | {'error':{'code':400,'message':'Please enable billing on project 1','status':'FAILED_PRECONDITION'}} | OUT_OF_BUDGET | Please enable
      401 | {'error':{'code':401,'message':'no','status':'UNAUTHENTICATED'}} | CREDENTIAL | no
      403 | {'error':{'code':403,'message':'AIzaSyA1234567890123 is blocked','status':'PERMISSION_DENIED'}} | CREDENTIAL | [masked]
      404 | {'error':{'code':404,'message':'models/x is not found','status':'NOT_FOUND'}} | NOT_FOUND | models/x
      429 | {'error':{'code':429,'message':'quota','status':'RESOURCE_EXHAUSTED'}} | RATE_LIMITED | quota
      429 | {'error':{'code':429,'message':'Your prepayment credits are depleted.','status':'RESOURCE_EXHAUSTED'}} | OUT_OF_BUDGET | Your
      500 | {'error':{'code':500,'message':'','status':'INTERNAL'}} | FAILED | the provider answered 500
      503 | {'error':{'code':503,'message':'overloaded','status':'UNAVAILABLE'}} | OVERLOADED | overloaded
      504 | {'error':{'code':504,'message':'late','status':'DEADLINE_EXCEEDED'}} | TIMEOUT | late
      502 | <html>bad gateway</html> | FAILED | <html>
      """)
  void errorsHaveTheirKind(int status, String body, ProviderError.Kind kind, String message) {
    ProviderError error =
        GEMINI.error(status, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    assertThat(error.status()).isEqualTo(status);
    assertThat(error.kind()).isEqualTo(kind);
    assertThat(error.message()).startsWith(message);
    assertThat(error.retryAfter()).isNull();
  }

  @Test
  void anErrorSaysWhenToComeAgain() {
    String body =
        "{\"error\":{\"code\":429,\"message\":\"q\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":["
            + "{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\"},"
            + "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"7.25s\"}]}}";
    assertThat(GEMINI.error(429, body.getBytes(StandardCharsets.UTF_8)).retryAfter())
        .isEqualTo(Duration.ofMillis(7250));
  }
}
