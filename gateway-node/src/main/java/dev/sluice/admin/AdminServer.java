package dev.sluice.admin;

import akka.actor.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.RequestEntityAcceptances;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.settings.ServerSettings;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.japi.function.Function;
import akka.stream.Materializer;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.Change;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of the admin API: who asks, for what, whether it may, whether it asks rightly; then the operation answers. */
public final class AdminServer {
  static final String PREFIX = "/api/v1";

  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final Pattern ETAG = Pattern.compile("\"([0-9]{1,18})\"");
  private static final Pattern ANY_ETAG = Pattern.compile("(W/)?\"[^\"]*\"(\\s*,.*)?");
  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final ObjectMapper JSON = new ObjectMapper()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private final ActorSystem system;
  private final Operations operations;
  private final Callers callers;
  private final AdminSettings settings;

  AdminServer(ActorSystem system, Operations operations, Callers callers, AdminSettings settings) {
    this.system = system;
    this.operations = operations;
    this.callers = callers;
    this.settings = settings;
  }

  CompletionStage<ServerBinding> start() {
    Function<HttpRequest, CompletionStage<HttpResponse>> handler = this::serve;
    return Http.get(system)
        .newServerAt(settings.host(), settings.port())
        .withSettings(takingMoreMethods(ServerSettings.create(system)))
        .bind(handler);
  }

  /** Methods that the server would answer 501 itself, where 405 says more. */
  private static ServerSettings takingMoreMethods(ServerSettings settings) {
    return settings.withParserSettings(settings
        .getParserSettings()
        .withCustomMethods(
            HttpMethods.custom("QUERY", true, true, RequestEntityAcceptances.Expected, true)));
  }

  private CompletionStage<HttpResponse> serve(HttpRequest request) {
    return CompletableFuture.completedFuture(request)
        .thenCompose(this::answer)
        .exceptionally(AdminServer::failed)
        .thenApply(answer -> {
          discardRest(request);
          return response(answer);
        });
  }

  /** A body that nobody has read would hold its connection up. */
  private void discardRest(HttpRequest request) {
    if (!request.entity().isStrict()) {
      request.discardEntityBytes(Materializer.matFromSystem(system));
    }
  }

  private CompletionStage<Answer> answer(HttpRequest request) {
    Optional<List<String>> path = path(request);
    if (path.isEmpty()) {
      return now(Answer.problem(
          404, "there is no such path (expected: one of " + PREFIX + "/openapi.json)"));
    }
    return callers
        .of(field(request, "Authorization"), field(request, "Host"))
        .thenCompose(caller -> caller
            .map(one -> known(request, path.get(), one))
            .orElseGet(() -> now(unauthorized())));
  }

  private CompletionStage<Answer> known(HttpRequest request, List<String> path, Caller caller) {
    Operations.Found found = operations.find(request.method().name(), path);
    if (found instanceof Operations.Found.WrongMethod other) {
      return now(
          Answer.problem(405, "this path takes " + other.allowed()).with("Allow", other.allowed()));
    } else if (found instanceof Operations.Found.One one) {
      String tenant = one.path().getOrDefault("tenant", "");
      if (!one.operation().access().allows(caller, tenant)) {
        return now(caller.equals(Caller.ANONYMOUS) ? unauthorized() : forbidden());
      }
      return allowed(request, one, caller);
    }
    return now(Answer.problem(
        404, "there is no such path (expected: one of " + PREFIX + "/openapi.json)"));
  }

  private static Answer unauthorized() {
    return Answer.problem(
            401, "no token, or one that is not known (expected: Authorization: Bearer TOKEN)")
        .with("WWW-Authenticate", "Bearer");
  }

  static Answer forbidden() {
    return Answer.problem(403, "the caller's role does not allow this");
  }

  private CompletionStage<Answer> allowed(
      HttpRequest request, Operations.Found.One one, Caller caller) {
    Operation operation = one.operation();
    for (Map.Entry<String, String> part : one.path().entrySet()) {
      if (!TenantParts.isName(part.getValue())) {
        return now(Answer.problem(404, "there is no such " + part.getKey()));
      }
    }
    List<Problem> problems = new ArrayList<>();
    Map<String, String> query = query(request, operation, problems);
    if (!problems.isEmpty()) {
      return now(Answer.problem(400, "the query can't be taken as it is", problems));
    }
    String key = field(request, "Idempotency-Key");
    if (operation.idempotent() && !IDEMPOTENCY_KEY.matcher(key).matches()) {
      return now(Answer.problem(
          400, "no Idempotency-Key (expected: 1 to 255 visible characters, one for each top-up)"));
    }
    String match = field(request, "If-Match");
    Matcher etag = ETAG.matcher(match);
    if (operation.ifMatch() && match.isEmpty()) {
      return now(Answer.problem(
          428,
          "no If-Match (expected: the ETag of what is to be changed, or * for whatever it is)"));
    }
    if (operation.ifMatch() && !match.equals("*") && !etag.matches()) {
      return now(
          ANY_ETAG.matcher(match).matches()
              ? Answer.problem(
                  412, "If-Match names something else (expected: the ETag that it has now, or *)")
              : Answer.problem(400, "If-Match can't be read (expected: an ETag in quotes, or *)"));
    }
    long seen =
        operation.ifMatch() && !match.equals("*") ? Long.parseLong(etag.group(1)) : Change.ANY;
    return body(request, operation)
        .thenCompose(body -> body.problem() != null
            ? now(body.problem())
            : operation
                .handler()
                .apply(new Asked(caller, operation, one.path(), query, body.json(), seen, key)));
  }

  private static Map<String, String> query(
      HttpRequest request, Operation operation, List<Problem> problems) {
    Map<String, String> values = new LinkedHashMap<>();
    List<Map.Entry<String, String>> sent;
    try {
      sent = new ArrayList<>();
      request
          .getUri()
          .query()
          .toList()
          .forEach(pair -> sent.add(Map.entry(pair.first(), pair.second())));
    } catch (RuntimeException e) {
      problems.add(
          new Problem("", "", "", "a query that can't be read", "percent-encoded UTF-8", ""));
      return values;
    }
    for (Map.Entry<String, String> one : sent) {
      Operation.Parameter known = operation.query().stream()
          .filter(parameter -> parameter.name().equals(one.getKey()))
          .findFirst()
          .orElse(null);
      if (known == null || values.putIfAbsent(one.getKey(), one.getValue()) != null) {
        problems.add(new Problem(
            "",
            "",
            one.getKey(),
            known == null ? "unknown parameter" : "more than one",
            names(operation),
            ""));
      } else if (!known.valid().matcher(one.getValue()).matches()) {
        problems.add(new Problem("", "", one.getKey(), "this value", known.description(), ""));
      }
    }
    for (Operation.Parameter one : operation.query()) {
      if (one.required() && !values.containsKey(one.name())) {
        problems.add(new Problem("", "", one.name(), "missing", one.description(), ""));
      }
    }
    return values;
  }

  private static String names(Operation operation) {
    List<String> names =
        operation.query().stream().map(Operation.Parameter::name).toList();
    return names.isEmpty() ? "no query" : "once each: " + String.join(", ", names);
  }

  /** @param problem null if the body is good */
  private record Body(JsonNode json, @Nullable Answer problem) {}

  private CompletionStage<Body> body(HttpRequest request, Operation operation) {
    if (operation.body() == null) {
      return now(new Body(MissingNode.getInstance(), null));
    }
    String type = request.entity().getContentType().mediaType().toString();
    if (!type.equals("application/json")) {
      return now(new Body(
          MissingNode.getInstance(),
          Answer.problem(
              415, "this content can't be read (expected: Content-Type: application/json)")));
    }
    return request
        .entity()
        .withSizeLimit(settings.bodyBytes())
        .toStrict(settings.bodyTimeout().toMillis(), Materializer.matFromSystem(system))
        .handle((whole, failure) -> failure == null
            ? read(whole.getData())
            : new Body(
                MissingNode.getInstance(),
                cause(failure) instanceof EntityStreamSizeException
                    ? Answer.problem(
                        413, "the body is longer than " + settings.bodyBytes() + " bytes")
                    : Answer.problem(408, "the body did not arrive in time")));
  }

  private static Body read(ByteString bytes) {
    try {
      return new Body(JSON.readTree(bytes.toArrayUnsafe()), null);
    } catch (IOException e) {
      return new Body(
          MissingNode.getInstance(),
          Answer.problem(
              400, "the body is no JSON, or has a field twice (expected: one JSON object)"));
    }
  }

  /** Parts of the path below the prefix, with an empty one before them; empty if it leads elsewhere. */
  private static Optional<List<String>> path(HttpRequest request) {
    String path = request.getUri().getPathString();
    if (!path.startsWith(PREFIX + "/")) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.substring(PREFIX.length()).split("/", -1)) {
      parts.add(part);
    }
    return Optional.of(parts);
  }

  private static String field(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse("");
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The database is away, or something is wrong with us. */
  private static Answer failed(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof R2dbcException
        || cause instanceof IOException
        || cause instanceof TimeoutException) {
      LOG.warn("the admin API can't reach the database: {}", cause.getMessage());
      return Answer.problem(503, "the database can't be reached right now; try again")
          .with("Retry-After", "1");
    }
    LOG.error("the admin API has failed", cause);
    return Answer.problem(500, "something is wrong with this node; its log says what");
  }

  private static HttpResponse response(Answer answer) {
    HttpResponse response = HttpResponse.create().withStatus(StatusCodes.get(answer.status()));
    for (Map.Entry<String, String> field : answer.fields().entrySet()) {
      response = response.addHeader(RawHeader.create(field.getKey(), field.getValue()));
    }
    response = response.addHeader(RawHeader.create("Cache-Control", "no-store"));
    return answer.contentType().isEmpty() ? response : response.withEntity(entity(answer));
  }

  private static HttpEntity.Strict entity(Answer answer) {
    ByteString bytes = ByteString.fromString(answer.body(), StandardCharsets.UTF_8);
    return switch (answer.contentType()) {
      case "application/json" -> HttpEntities.create(ContentTypes.APPLICATION_JSON, bytes);
      case "text/csv" ->
        HttpEntities.create(MediaTypes.TEXT_CSV.toContentType(HttpCharsets.UTF_8), bytes);
      default ->
        HttpEntities.create(
            MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8)
                .toContentType(),
            bytes);
    };
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
