package dev.sluice.ingress.kube;

import akka.NotUsed;
import akka.event.Logging;
import akka.japi.pf.PFBuilder;
import akka.stream.Graph;
import akka.stream.RestartSettings;
import akka.stream.SourceShape;
import akka.stream.javadsl.Framing;
import akka.stream.javadsl.FramingTruncation;
import akka.stream.javadsl.RestartSource;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.ingress.ObjectKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects of one kind: listed, then watched from there. A watch that ends in peace is gone on with from the last version
 * seen. All are listed again if that is too long ago, or if the API server was away: its store may be an older one then,
 * and a watch from a version that it has yet to reach would be silent.
 */
final class ApiFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ApiFeed.class);
  private static final double JITTER = 0.2;
  /** More than the API server stores of one object. */
  private static final int MOST_LINE_BYTES = 16 << 20;

  private final ApiServer api;
  private final Watched what;
  private final KubernetesSettings settings;
  private final Executor blocking;
  /** Version to go on from; empty: list first. */
  private volatile String seenUpTo = "";

  private volatile boolean answered;

  private ApiFeed(ApiServer api, Watched what, KubernetesSettings settings, Executor blocking) {
    this.api = api;
    this.what = what;
    this.settings = settings;
    this.blocking = blocking;
  }

  /**
   * Never ends, and never fails.
   *
   * @param blocking where answers are read
   */
  static Source<Seen, NotUsed> of(
      ApiServer api, Watched what, KubernetesSettings settings, Executor blocking) {
    ApiFeed feed = new ApiFeed(api, what, settings, blocking);
    Duration longest = settings.backoffMost().compareTo(settings.backoffLeast()) > 0
        ? settings.backoffMost()
        : settings.backoffLeast();
    RestartSettings restarts = RestartSettings.create(settings.backoffLeast(), longest, JITTER)
        .withLogSettings(RestartSettings.createLogSettings(Logging.DebugLevel()));
    return RestartSource.withBackoff(restarts, feed::once);
  }

  private Source<Seen, NotUsed> once() {
    answered = false;
    Source<Seen, NotUsed> watched =
        Source.lazySource(this::watch).mapMaterializedValue(any -> NotUsed.getInstance());
    Source<Seen, NotUsed> anew = Source.lazyCompletionStage(this::list)
        .mapMaterializedValue(any -> NotUsed.getInstance())
        .mapConcat(listed -> List.of(listed, new Seen.UpTo(what, seenUpTo)))
        .concatLazy(watched);
    Source<Seen, NotUsed> seen = seenUpTo.isEmpty()
        ? anew
        : Source.completionStage(isPutBack()).flatMapConcat(back -> back ? anew : watched);
    return seen.recoverWithRetries(
        1,
        new PFBuilder<Throwable, Graph<SourceShape<Seen>, NotUsed>>()
            .matchAny(this::afterFailure)
            .build());
  }

  /** What to tell before the next attempt. */
  private Source<Seen, NotUsed> afterFailure(Throwable failure) {
    Throwable why = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    LOG.debug("{}: read again after", what, why);
    seenUpTo = "";
    boolean brokenOff = answered && !(why instanceof ApiFailure);
    if (brokenOff || why instanceof ApiFailure answer && answer.isGone()) {
      return Source.single(new Seen.Answering(what));
    }
    Seen.Reason reason = why instanceof ApiFailure answer ? answer.reason() : Seen.Reason.AWAY;
    Source<Seen, NotUsed> told = Source.single(new Seen.Unreadable(what, reason, message(why)));
    return reason == Seen.Reason.UNKNOWN
        ? told.concatLazy(told.initialDelay(settings.missingRetry()))
        : told;
  }

  private static String message(Throwable failure) {
    Throwable root = failure;
    while (root.getMessage() == null && root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  /** Whether the API server stands before what was seen of it. */
  private CompletionStage<Boolean> isPutBack() {
    return api.read(
            what.path() + "?limit=1" + what.selector(),
            blocking,
            body -> ApiList.read(what, body, new TreeMap<>()))
        .thenApply(read -> isBefore(read.version(), seenUpTo));
  }

  /** Versions are numbers without a limit. */
  private static boolean isBefore(String version, String other) {
    return version.length() == other.length()
        ? version.compareTo(other) < 0
        : version.length() < other.length();
  }

  private CompletionStage<Seen> list() {
    return page("", new TreeMap<>());
  }

  private CompletionStage<Seen> page(String next, Map<ObjectKey, Seen.Entry> sofar) {
    String path = what.path() + "?limit=" + settings.page() + what.selector()
        + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
    return api.read(path, blocking, body -> ApiList.read(what, body, sofar)).thenCompose(read -> {
      if (!read.next().isEmpty()) {
        return page(read.next(), sofar);
      }
      seenUpTo = read.version();
      return CompletableFuture.completedFuture(new Seen.Listed(what, sofar));
    });
  }

  private Source<Seen, NotUsed> watch() {
    String path = what.path() + "?watch=true&allowWatchBookmarks=true&timeoutSeconds="
        + settings.watchTime().toSeconds() + "&resourceVersion=" + seenUpTo + what.selector();
    return Source.fromGraph(new WatchedBytes(api, path))
        .idleTimeout(settings.watchSilence())
        .via(Framing.delimiter(
            ByteString.fromString("\n"), MOST_LINE_BYTES, FramingTruncation.ALLOW))
        .mapConcat(this::seen);
  }

  private List<Seen> seen(ByteString line) {
    if (line.isEmpty()) {
      answered = true;
      return List.of(new Seen.Answering(what));
    }
    JsonNode event = ApiServer.tree(line.toArrayUnsafe());
    JsonNode object = event.path("object");
    String type = event.path("type").asText();
    if (type.equals("ERROR")) {
      throw new ApiFailure(object.path("code").asInt(), object.path("message").asText());
    }
    seenUpTo = object.path("metadata").path("resourceVersion").asText(seenUpTo);
    Seen upTo = new Seen.UpTo(what, seenUpTo);
    return switch (type) {
      case "ADDED", "MODIFIED" ->
        List.of(new Seen.Put(what, ApiList.key(what, object), ApiList.entry(what, object)), upTo);
      case "DELETED" -> List.of(new Seen.Gone(what, ApiList.key(what, object)), upTo);
      default -> List.of(upTo);
    };
  }
}
