package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.fault.Installation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that schemathesis makes up from the admin API's own document, good and bad ones: no answer is a server's error,
 * each is as the document says, and what breaks the document is refused. What it asks is in {@code admin_api.py}.
 */
class AdminApiIT {
  /** A Python that has the packages of requirements.txt; the test command makes it. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path CASES = Path.of("src", "test", "python", "admin_api.py");
  private static final String HOST = "127.0.7.81";
  private static final String EXAMPLES = "20";
  private static final long MOST_MINUTES = 10;

  @TempDir
  static Path folder;

  @Test
  void schemathesisFindsNothing() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON),
        "schemathesis is not installed: needs python3 with venv and access to a package index");
    try (Installation sluice = Installation.start(
        folder.resolve("data"), HOST, "run", "--set", "sluice.admin.token=sesame")) {
      assertThat(sluice.output()).isNotEmpty();
      Process process = new ProcessBuilder(
              PYTHON.toString(),
              CASES.toString(),
              "http://" + HOST + ":8081/api/v1",
              "sesame",
              EXAMPLES)
          .redirectErrorStream(true)
          .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
    }
  }
}
