package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.edge.Arrival;
import dev.sluice.edge.PassedOn;
import dev.sluice.edge.Reply;
import dev.sluice.edge.Service;
import dev.sluice.wire.Malformed;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every refusal as its caller sees it: the status, the fields, and the words of the caller's dialect. */
class RefusalsIT {
  private static final Map<String, Refusal> REFUSALS = new LinkedHashMap<>();
  private static final AtomicInteger COUNTED = new AtomicInteger();
  private static RunningEdge edge;

  static {
    REFUSALS.put("bad", new Refusal.BadRequest(400, "the \"path\" \u00e9\n"));
    REFUSALS.put("route", new Refusal.NoRoute());
    REFUSALS.put("method", new Refusal.MethodNotAllowed("POST"));
    REFUSALS.put("large", new Refusal.BodyTooLarge(10));
    REFUSALS.put("redirect", new Refusal.Redirect(308, "https://a/x\r\nSet-Cookie: y"));
    REFUSALS.put("down", new Refusal.Unavailable(502, "gave up", "bad_upstream"));
    REFUSALS.put("key", new Refusal.Unauthenticated("who?"));
    REFUSALS.put("model", new Refusal.NoSuchModel("gpt-\"9\""));
    REFUSALS.put("field", new Refusal.BadField("max_tokens", "above 5"));
    REFUSALS.put("wait", new Refusal.OutOfQuota("b", "later", Duration.ofMillis(1001)));
    REFUSALS.put("spent", new Refusal.OutOfQuota("b", "never", null));
    REFUSALS.put("quota", new Refusal.QuotaUnreachable(Duration.ofMillis(200)));
  }

  /** Refuses each request as the first segment of its path says, in the dialect that the second one names. */
  private static final class Refusing implements Service, TrafficLog {
    @Override
    public void arrived(Arrival arrival) {
      String[] path = arrival.head().target().split("/", -1);
      Inbound request = new Inbound(arrival, this);
      request.dialect(Dialect.valueOf(path[2]));
      request.refuse(REFUSALS.get(path[1]));
    }

    @Override
    public void malformed(Malformed malformed, Reply reply) {
      Refusals.answer(reply, malformed);
    }

    @Override
    public void over(Inbound request) {
      COUNTED.incrementAndGet();
    }

    @Override
    public void malformed(Malformed malformed) {}

    @Override
    public void passedOn(PassedOn passed, boolean written) {}
  }

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of(), scope -> new Refusing());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static String ask(String method, String refusal, Dialect dialect) {
    try (RawClient client = edge.client()) {
      client.send(method + " /" + refusal + "/" + dialect + " HTTP/1.1\r\nHost: a\r\n\r\n");
      return method.equals("HEAD") ? client.head() : client.answer();
    }
  }

  private static JsonNode error(String refusal) throws java.io.IOException {
    String answer = ask("POST", refusal, Dialect.OPENAI);
    assertThat(answer).contains("\r\nContent-Type: application/json\r\n");
    return JsonMapper.builder()
        .build()
        .readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4))
        .get("error");
  }

  @Test
  void eachIsAWholeAnswerInEachDialect() {
    COUNTED.set(0);
    REFUSALS.forEach((name, refusal) -> {
      for (Dialect dialect : EnumSet.complementOf(EnumSet.of(Dialect.GRPC))) {
        assertThat(ask("GET", name, dialect))
            .startsWith("HTTP/1.1 " + refusal.status() + " " + Refusals.reason(refusal.status()))
            .contains("\r\nDate: ")
            .contains("\r\nX-Request-ID: ")
            .doesNotContain("\r\nConnection:");
        assertThat(Refusals.reason(refusal.status())).isNotEmpty();
      }
    });
    assertThat(COUNTED.get()).isEqualTo((Dialect.values().length - 1) * REFUSALS.size());
  }

  @Test
  void toHeadItSaysWhatItWouldHaveSaid() {
    String length = Streams.field(ask("GET", "route", Dialect.PLAIN), "Content-Length");
    assertThat(ask("HEAD", "route", Dialect.PLAIN))
        .startsWith("HTTP/1.1 404 Not Found\r\n")
        .containsOnlyOnce("Content-Length: " + length + "\r\n");
  }

  @Test
  void inPlainWordsItIsOneLine() {
    assertThat(ask("GET", "route", Dialect.PLAIN))
        .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n")
        .endsWith("\r\n\r\n404 Not Found: no route for this host and path\n");
  }

  @Test
  void fieldsThatBelongToAStatusAreThere() {
    assertThat(ask("GET", "method", Dialect.PLAIN)).contains("\r\nAllow: POST\r\n");
    assertThat(ask("GET", "key", Dialect.PLAIN)).contains("\r\nWWW-Authenticate: Bearer\r\n");
    assertThat(ask("GET", "wait", Dialect.OPENAI)).contains("\r\nRetry-After: 2\r\n");
    assertThat(ask("GET", "quota", Dialect.OPENAI)).contains("\r\nRetry-After: 1\r\n");
    assertThat(ask("GET", "spent", Dialect.OPENAI)).doesNotContain("Retry-After");
    assertThat(ask("GET", "redirect", Dialect.PLAIN))
        .contains("\r\nLocation: https://a/x  Set-Cookie: y\r\n");
  }

  @Test
  void inOpenAisWordsProgramsFindWhatTheyLookFor() throws java.io.IOException {
    JsonNode model = error("model");
    assertThat(model.get("code").asText()).isEqualTo("model_not_found");
    assertThat(model.get("param").asText()).isEqualTo("model");
    assertThat(model.get("type").asText()).isEqualTo("invalid_request_error");
    assertThat(model.get("message").asText()).contains("gpt-\"9\"");
    assertThat(error("field").get("param").asText()).isEqualTo("max_tokens");
    assertThat(error("key").get("code").asText()).isEqualTo("invalid_api_key");
    assertThat(error("wait").get("type").asText()).isEqualTo("tokens");
    assertThat(error("wait").get("code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(error("spent").get("type").asText()).isEqualTo("insufficient_quota");
    assertThat(error("spent").get("code").asText()).isEqualTo("insufficient_quota");
    assertThat(error("down").get("type").asText()).isEqualTo("server_error");
    assertThat(error("down").get("param").isNull()).isTrue();
    assertThat(error("bad").get("message").asText()).startsWith("the \"path\" ").endsWith("\n");
  }
}
