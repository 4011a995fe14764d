package dev.sluice.node.nginx;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What ingress-nginx tells of its controller and of nginx' processes, told of this node. */
final class ControllerMetrics {
  private static final long PAGE_BYTES = 4096;
  private static final String RELOADS = "Cumulative number of Ingress controller reload operations";

  private ControllerMetrics() {}

  static void write(Exposition out, NginxSettings settings, NodeFacts facts) throws IOException {
    out.single("config_hash", "gauge", "The beginning of the route table's digest", facts.table());
    out.single(
        "config_last_reload_successful",
        "gauge",
        "Whether there is a route table",
        facts.changes() > 0 ? 1 : 0);
    out.single(
        "config_last_reload_successful_timestamp_seconds",
        "gauge",
        "When the route table was made",
        seconds(facts.changedAt()));
    out.single("success", "counter", RELOADS, facts.changes());
    out.single("errors", "counter", "Always 0: a table is made whatever is declared", 0);
    if (out.begin("ssl_expire_time_seconds", "gauge", "When a host's certificate ends")) {
      for (Map.Entry<String, Instant> end : new TreeMap<>(facts.certificateEnds()).entrySet()) {
        out.bare(
            "ssl_expire_time_seconds",
            new TreeMap<>(Map.of(
                "class", settings.controllerClass(),
                "namespace", settings.namespace(),
                "host", end.getKey().isEmpty() ? "_" : end.getKey())),
            end.getValue().getEpochSecond());
      }
    }
    process(out, facts);
  }

  private static long seconds(Instant at) {
    return at.getEpochSecond();
  }

  private static void process(Exposition out, NodeFacts facts) throws IOException {
    if (out.begin("nginx_process_connections", "gauge", "Connections that clients have open now")) {
      out.value("nginx_process_connections", Map.of("state", "active"), facts.openConnections());
    }
    if (out.begin(
        "nginx_process_connections_total", "counter", "Connections that clients have opened")) {
      String name = "nginx_process_connections_total";
      out.value(name, Map.of("state", "accepted"), facts.acceptedConnections());
      out.value(name, Map.of("state", "handled"), facts.acceptedConnections());
    }
    out.single(
        "nginx_process_requests_total",
        "counter",
        "The total number of client requests",
        facts.requests());
    out.single("nginx_process_num_procs", "gauge", "Processes", 1);
    out.single("nginx_process_cpu_seconds_total", "counter", "CPU time", cpuSeconds());
    out.single(
        "nginx_process_oldest_start_time_seconds",
        "gauge",
        "When the process began",
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getStartTime()));
    out.single(
        "nginx_process_resident_memory_bytes",
        "gauge",
        "Memory in use; 0 where there is no /proc",
        pages(1));
    out.single(
        "nginx_process_virtual_memory_bytes",
        "gauge",
        "Memory that is mapped; 0 where there is no /proc",
        pages(0));
  }

  private static double cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(time -> time.toMillis() / 1000.0)
        .orElse(0.0);
  }

  /** The number at this place of /proc/self/statm, in bytes. */
  private static long pages(int place) {
    try {
      String[] numbers = Files.readString(Path.of("/proc/self/statm")).strip().split(" ", -1);
      return Long.parseLong(numbers[place]) * PAGE_BYTES;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
