package dev.sluice.model.route;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The backlog of a server of models, from its page of metrics in Prometheus' text format: of vLLM, SGLang, or llama.cpp. Pure. */
public final class ServerMetrics {
  private static final Set<String> WAITING =
      Set.of("vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred");
  private static final Set<String> RUNNING = Set.of(
      "vllm:num_requests_running", "sglang:num_running_reqs", "llamacpp:requests_processing");
  private static final Set<String> CACHE_USE = Set.of(
      "vllm:kv_cache_usage_perc",
      "vllm:gpu_cache_usage_perc",
      "sglang:token_usage",
      "llamacpp:kv_cache_usage_ratio");

  private ServerMetrics() {}

  /**
   * Of several engines of a server, all that waits and runs, and the fullest memory.
   *
   * @return null if the page does not say what waits
   */
  public static @Nullable Backlog backlog(String page) {
    boolean told = false;
    double waiting = 0;
    double running = 0;
    double cacheUse = 0;
    for (String line : page.split("\n", -1)) {
      String name = name(line);
      if (name.isEmpty()) {
        continue;
      }
      double value = value(line);
      if (WAITING.contains(name)) {
        told |= value >= 0;
        waiting += Math.max(0, value);
      } else if (RUNNING.contains(name)) {
        running += Math.max(0, value);
      } else if (CACHE_USE.contains(name)) {
        cacheUse = Math.max(cacheUse, Math.min(1, value));
      }
    }
    return told ? new Backlog((long) waiting, (long) running, cacheUse) : null;
  }

  /** Of one of the three makers' metrics; else empty. */
  private static String name(String line) {
    if (!line.startsWith("vllm:") && !line.startsWith("sglang:") && !line.startsWith("llamacpp:")) {
      return "";
    }
    int end = 0;
    while (end < line.length() && line.charAt(end) != '{' && line.charAt(end) != ' ') {
      end++;
    }
    return line.substring(0, end);
  }

  /** Below 0 if there is none. A moment may stand behind it. */
  private static double value(String line) {
    int from = line.indexOf('{') < 0 ? line.indexOf(' ') : line.lastIndexOf('}');
    String rest = from < 0 ? "" : line.substring(from + 1).strip();
    int blank = rest.indexOf(' ');
    try {
      double value = Double.parseDouble(blank < 0 ? rest : rest.substring(0, blank));
      return Double.isFinite(value) ? value : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
