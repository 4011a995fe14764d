package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;

/** All that is declared now, read once. For those who watch nothing. */
public final class OneLook {
  private OneLook() {}

  /** Never fails: what can't be read is a problem. */
  public static Listing at(Path folder, FolderSettings settings) {
    return new Folder(folder, settings)
        .look()
        .orElseThrow(() -> new IllegalStateException("a first look always makes a listing"));
  }

  /**
   * The kinds of Kubernetes itself, which are there before anything of ours is installed. Never fails: a kind that can't
   * be read is a problem that names no object.
   */
  public static CompletionStage<Listing> at(ApiServer api, KubernetesSettings settings) {
    List<Declaration> declared = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    CompletionStage<Void> sofar = CompletableFuture.completedFuture(null);
    for (Watched what : Watched.all(settings)) {
      if (!what.isOurs()) {
        sofar = sofar
            .thenCompose(done -> page(api, settings, what, "", new TreeMap<>()))
            .handle((objects, failure) -> {
              if (failure == null) {
                objects.values().forEach(entry -> take(entry, declared, problems));
              } else if (!isMissing(what, failure)) {
                problems.add(problem(api, what, failure));
              }
              return null;
            });
      }
    }
    return sofar.thenApply(done -> new Listing(List.copyOf(declared), List.copyOf(problems)));
  }

  private static void take(Seen.Entry entry, List<Declaration> declared, List<Problem> problems) {
    problems.addAll(entry.problems());
    if (entry.declared() != null) {
      declared.add(entry.declared());
    }
  }

  private static CompletionStage<Map<ObjectKey, Seen.Entry>> page(
      ApiServer api,
      KubernetesSettings settings,
      Watched what,
      String next,
      Map<ObjectKey, Seen.Entry> sofar) {
    String path = what.path() + "?limit=" + settings.page() + what.selector()
        + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
    return api.read(path, ForkJoinPool.commonPool(), body -> ApiList.read(what, body, sofar))
        .thenCompose(read -> read.next().isEmpty()
            ? CompletableFuture.completedFuture(sofar)
            : page(api, settings, what, read.next(), sofar));
  }

  /** Whether the cluster is a whole one without it. */
  private static boolean isMissing(Watched what, Throwable failure) {
    Throwable why = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    return what.mayBeMissing()
        && why instanceof ApiFailure answer
        && answer.reason() == Seen.Reason.UNKNOWN;
  }

  private static Problem problem(ApiServer api, Watched what, Throwable failure) {
    Throwable why = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    String message = why.getMessage() == null ? why.toString() : why.getMessage();
    return new Problem(
        "",
        "",
        "",
        what + " of " + api.url() + " can't be read: " + message,
        "an API server that answers, and the right to list them",
        "there seem to be none");
  }
}
