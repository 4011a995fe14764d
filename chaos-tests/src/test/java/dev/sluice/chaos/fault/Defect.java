package dev.sluice.chaos.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * What could be wrong with the quota protocol: a line of its source changed, compiled, and put in front of the build's own
 * classes. Whoever judges a run must notice. A node has no switch for any of these.
 */
public enum Defect {
  /** A report counts each time that it arrives. */
  REPORTS_COUNT_TWICE(
      "LeaseDesk",
      "lease != null ? report.n() > lease.n() : report.no() > ledger.topOf(report.uid());",
      "true;"),
  /** What a node that is gone has not reported is free as soon as others know that it is gone. */
  DEAD_NODES_ARE_REFUNDED("LeaseDesk", "if (changes.isEmpty() || members.isEmpty()) {", """
      for (Lease lease : List.copyOf(ledger.leases().values())) {
        if (!members.isEmpty() && !lease.closed() && !members.contains(lease.id().uid())) {
          change(new Change.Departed(now, lease.id().uid()));
        }
      }
      if (changes.isEmpty() || members.isEmpty()) {"""),
  /** Nodes go on with leases that have ended. */
  DEADLINES_ARE_IGNORED("NodeLease", "upperBound(nowNanos) > granted.notAfter()", "false"),
  /** They do, and so do those who have just come back from a pause. */
  PAUSES_ARE_IGNORED(
      "NodeLease", "!closed && upperBound(nowNanos) <= granted.notAfter()", "!closed"),
  /** Nobody calls such leases back, which in a quiet cluster is done before they could do harm. */
  OVERDUE_LEASES_ARE_LEFT("LeaseDesk", "lease.notAfter() < now || recovered", "recovered");

  private static final Path SOURCES =
      Path.of("..", "ai-quota", "src", "main", "java", "dev", "sluice", "quota");
  private static final Path BUILT = Path.of("..", "gateway-node", "target").toAbsolutePath();

  private final String type;
  private final String right;
  private final String wrong;

  Defect(String type, String right, String wrong) {
    this.type = type;
    this.right = right;
    this.wrong = wrong;
  }

  /**
   * Compiles all of these into a folder.
   *
   * @throws IllegalStateException if the source no longer reads as it did when they were written down
   */
  public static Path compile(List<Defect> defects, Path folder) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    for (Defect one : defects) {
      Path file = sources.resolve(one.type + ".java");
      String source = Files.readString(
          Files.exists(file) ? file : SOURCES.resolve(file.getFileName().toString()));
      if (!source.contains(one.right)) {
        throw new IllegalStateException(one.type + " has no longer: " + one.right);
      }
      Files.writeString(file, source.replace(one.right, one.wrong));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (Defect one : defects) {
      Path file = sources.resolve(one.type + ".java");
      int exit = compiler.run(
          null,
          null,
          null,
          "--release",
          "17",
          "-nowarn",
          "-proc:none",
          "-cp",
          BUILT.resolve("classes") + ":"
              + Files.readString(BUILT.resolve("classpath")).strip(),
          "-d",
          classes.toString(),
          file.toString());
      if (exit != 0) {
        throw new IllegalStateException(file + " can't be compiled");
      }
    }
    return classes;
  }
}
