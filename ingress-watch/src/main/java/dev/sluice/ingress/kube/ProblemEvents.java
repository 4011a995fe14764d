package dev.sluice.ingress.kube;

import akka.Done;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An Event for each problem of an object, repeated while it lasts. A problem has one Event, however many nodes tell it. */
final class ProblemEvents {
  /** Where objects of a kind are found. */
  private static final Map<String, Watched> KINDS = kinds();

  private static final int MOST_MESSAGE_CHARS = 1000;
  private static final int MOST_NAME_CHARS = 200;

  private final ApiServer api;
  private final StatusSettings settings;
  private final Clock clock;
  private final Function<Throwable, Done> failed;
  private final Map<Problem, Instant> told = new ConcurrentHashMap<>();

  /** @param failed takes why an Event could not be written */
  ProblemEvents(
      ApiServer api, StatusSettings settings, Clock clock, Function<Throwable, Done> failed) {
    this.failed = failed;
    this.api = api;
    this.settings = settings;
    this.clock = clock;
  }

  private static Map<String, Watched> kinds() {
    Map<String, Watched> kinds = new LinkedHashMap<>();
    Watched.everywhere().forEach(one -> kinds.put(one.kind(), one));
    return Map.copyOf(kinds);
  }

  /** Tells those that have not been told for a while. */
  CompletionStage<Done> tell(List<Problem> problems, Materializer materializer) {
    List<Problem> ofObjects = problems.stream()
        .filter(problem -> subject(problem) != null)
        .limit(settings.events())
        .toList();
    told.keySet().retainAll(new HashSet<>(ofObjects));
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant longAgo = now.minus(settings.eventInterval());
    return Source.from(ofObjects)
        .filter(problem -> told.getOrDefault(problem, Instant.EPOCH).compareTo(longAgo) <= 0)
        .mapAsync(settings.atOnce(), problem -> tell(problem, now).exceptionally(failed))
        .runWith(Sink.ignore(), materializer);
  }

  /** Which object, of a kind that the API server has. */
  private record Subject(Watched what, String namespace, String name) {
    String eventNamespace() {
      return namespace.isEmpty() ? "default" : namespace;
    }
  }

  private static @Nullable Subject subject(Problem problem) {
    String[] words = problem.object().split("[ /]", 3);
    Watched what = KINDS.get(words[0]);
    if (!problem.place().isEmpty() || what == null || words.length < 2) {
      return null;
    }
    return words.length == 2
        ? new Subject(what, "", words[1])
        : new Subject(what, words[1], words[2]);
  }

  private CompletionStage<Done> tell(Problem problem, Instant now) {
    Subject subject = subject(problem);
    if (subject == null) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    Watched what = subject.what().in(subject.namespace());
    String path = what.path() + "?limit=1&fieldSelector=metadata.name%3D" + subject.name();
    return api.get(path).thenCompose(list -> {
      JsonNode object = list.path("items").path(0);
      if (object.isMissingNode()) {
        return CompletableFuture.completedFuture(Done.getInstance());
      }
      return post(subject, object.path("metadata"), problem, now).thenApply(done -> {
        told.put(problem, now);
        return Done.getInstance();
      });
    });
  }

  /** Creates it; one that is there already has been seen once more. */
  private CompletionStage<JsonNode> post(
      Subject subject, JsonNode metadata, Problem problem, Instant now) {
    String events = "/api/v1/namespaces/" + subject.eventNamespace() + "/events";
    ObjectNode event = event(subject, metadata, problem, now);
    return api.send("POST", events, "application/json", event.toString())
        .exceptionallyCompose(failure -> {
          Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
          if (!(why instanceof ApiFailure answer) || answer.status() != 409) {
            return CompletableFuture.failedFuture(failure);
          }
          ObjectNode again =
              JsonNodeFactory.instance.objectNode().put("lastTimestamp", now.toString());
          return api.send(
              "PATCH",
              events + "/" + event.at("/metadata/name").asText(),
              "application/merge-patch+json",
              again.toString());
        });
  }

  private static ObjectNode event(
      Subject subject, JsonNode metadata, Problem problem, Instant now) {
    String uid = metadata.path("uid").asText();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event
        .putObject("metadata")
        .put("namespace", subject.eventNamespace())
        .put("name", name(subject.name(), uid, problem));
    event
        .putObject("involvedObject")
        .put("apiVersion", subject.what().apiVersion())
        .put("kind", subject.what().kind())
        .put("namespace", subject.namespace())
        .put("name", subject.name())
        .put("uid", uid)
        .put("resourceVersion", metadata.path("resourceVersion").asText());
    event.putObject("source").put("component", "sluice");
    String message = new Problem(
            "", "", problem.field(), problem.what(), problem.expected(), problem.effect())
        .toString();
    return event
        .put("type", "Warning")
        .put("reason", "CannotHonour")
        .put("message", message.substring(0, Math.min(MOST_MESSAGE_CHARS, message.length())))
        .put("firstTimestamp", now.toString())
        .put("lastTimestamp", now.toString())
        .put("count", 1)
        .put("reportingComponent", "sluice.dev/gateway")
        .put("reportingInstance", "sluice");
  }

  /** The same for the same problem of the same object, on every node. */
  private static String name(String object, String uid, Problem problem) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest((uid + problem).getBytes(StandardCharsets.UTF_8));
      return object.substring(0, Math.min(MOST_NAME_CHARS, object.length())) + "."
          + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
