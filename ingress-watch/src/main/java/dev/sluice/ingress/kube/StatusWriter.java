package dev.sluice.ingress.kube;

import akka.Done;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the API server what became of its objects: the addresses at which Ingresses are served, and an Event for each
 * problem of an object. Only what is other than there already is written. For one caller at a time, on one node of the
 * cluster.
 */
public final class StatusWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
  private static final String INGRESSES = "/apis/networking.k8s.io/v1";
  private static final int PAGE = 500;
  private static final String MERGE = "application/merge-patch+json";

  private final ApiServer api;
  private final StatusSettings settings;
  private final ProblemEvents events;
  /** What Ingresses have in their status, as far as it is known. */
  private volatile Map<ObjectKey, Known> known = new ConcurrentHashMap<>();

  private volatile String lastFailure = "";

  /**
   * A status.
   *
   * @param created when its Ingress was: one of the same name that is created later has none of it
   */
  private record Known(String created, JsonNode addresses) {}

  public StatusWriter(ApiServer api, StatusSettings settings, Clock clock) {
    this.api = api;
    this.settings = settings;
    this.events = new ProblemEvents(api, settings, clock, this::tell);
  }

  /**
   * Writes what is other than it should be. Never fails: what could not be written is tried again the next time.
   *
   * @param ours Ingresses that are served, each with the time of its creation
   * @param problems of all objects
   * @param look whether to read what the API server has, instead of going by what was written
   */
  public CompletionStage<Done> write(
      Map<ObjectKey, String> ours,
      List<Problem> problems,
      boolean look,
      Materializer materializer) {
    return statuses(ours, look, materializer)
        .exceptionally(this::tell)
        .thenCompose(done -> events.tell(problems, materializer))
        .exceptionally(this::tell);
  }

  /** Once for each reason. */
  private Done tell(Throwable failure) {
    String why = String.valueOf(failure.getMessage());
    if (!why.equals(lastFailure)) {
      lastFailure = why;
      LOG.warn("a status or an Event can't be written now: {}", why);
    }
    return Done.getInstance();
  }

  private CompletionStage<Done> statuses(
      Map<ObjectKey, String> ours, boolean look, Materializer materializer) {
    return addresses().thenCompose(wanted -> {
      if (wanted.isEmpty()) {
        return CompletableFuture.completedFuture(Done.getInstance());
      }
      return (look ? look() : CompletableFuture.completedFuture(known)).thenCompose(now -> {
        known = now;
        known.keySet().retainAll(ours.keySet());
        List<ObjectKey> others = ours.entrySet().stream()
            .filter(one -> !new Known(one.getValue(), wanted).equals(now.get(one.getKey())))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
        return Source.from(others)
            .mapAsync(
                settings.atOnce(),
                key -> patch(key, wanted)
                    .thenAccept(done -> now.put(key, new Known(ours.getOrDefault(key, ""), wanted)))
                    .thenApply(done -> Done.getInstance())
                    .exceptionally(this::tell))
            .runWith(Sink.ignore(), materializer);
      });
    });
  }

  private CompletionStage<JsonNode> patch(ObjectKey key, ArrayNode wanted) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("status").putObject("loadBalancer").set("ingress", wanted);
    String path = INGRESSES + "/namespaces/" + key.namespace() + "/ingresses/" + key.name();
    return api.send("PATCH", path + "/status", MERGE, body.toString());
  }

  /** What all Ingresses have now. */
  private CompletionStage<Map<ObjectKey, Known>> look() {
    CompletionStage<Map<ObjectKey, Known>> all =
        CompletableFuture.completedFuture(new ConcurrentHashMap<>());
    for (String namespace : api.namespaces()) {
      String path =
          INGRESSES + (namespace.isEmpty() ? "" : "/namespaces/" + namespace) + "/ingresses";
      all = all.thenCompose(sofar -> look(path, "", sofar));
    }
    return all;
  }

  private CompletionStage<Map<ObjectKey, Known>> look(
      String path, String next, Map<ObjectKey, Known> sofar) {
    String query = "?limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + next);
    return api.get(path + query).thenCompose(list -> {
      for (JsonNode item : list.path("items")) {
        JsonNode metadata = item.path("metadata");
        sofar.put(
            new ObjectKey(
                "Ingress",
                metadata.path("namespace").asText(),
                metadata.path("name").asText()),
            new Known(
                metadata.path("creationTimestamp").asText(),
                item.at("/status/loadBalancer/ingress")));
      }
      String more = list.at("/metadata/continue").asText();
      return more.isEmpty() ? CompletableFuture.completedFuture(sofar) : look(path, more, sofar);
    });
  }

  private CompletionStage<ArrayNode> addresses() {
    if (!settings.addresses().isEmpty() || settings.service().isEmpty()) {
      return CompletableFuture.completedFuture(Addresses.entries(settings.addresses()));
    }
    String[] service = settings.service().split("/", 2);
    String path = "/api/v1/namespaces/" + service[0]
        + "/services?limit=1&fieldSelector=metadata.name%3D" + service[1];
    return api.get(path)
        .thenApply(
            list -> Addresses.entries(Addresses.ofService(list.path("items").path(0))));
  }

  /** How addresses stand in a status. */
  static final class Addresses {
    private Addresses() {}

    /** As ingress-nginx has it: of a load balancer what its status says, of others what leads to them. */
    static List<String> ofService(JsonNode service) {
      JsonNode spec = service.path("spec");
      Set<String> found = new LinkedHashSet<>();
      if (spec.path("type").asText().equals("ExternalName")) {
        return List.of(spec.path("externalName").asText());
      }
      for (JsonNode entry : service.at("/status/loadBalancer/ingress")) {
        found.add(entry.path("ip").asText(entry.path("hostname").asText()));
      }
      spec.path("externalIPs").forEach(ip -> found.add(ip.asText()));
      String cluster = spec.path("clusterIP").asText();
      if (found.isEmpty()
          && !spec.path("type").asText().equals("LoadBalancer")
          && !cluster.equals("None")) {
        found.add(cluster);
      }
      found.remove("");
      return new ArrayList<>(found);
    }

    static ArrayNode entries(List<String> addresses) {
      ArrayNode entries = JsonNodeFactory.instance.arrayNode();
      addresses.stream()
          .sorted()
          .forEach(address -> entries.addObject().put(isIp(address) ? "ip" : "hostname", address));
      return entries;
    }

    private static boolean isIp(String address) {
      return address.contains(":") || address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }
  }
}
