package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.fault.Installation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official OpenAI SDK for Python is content. The cases are in {@code src/test/python/openai_sdk.py}. */
class OpenAiSdkIT {
  /** A Python that has the packages of requirements.txt; the test command makes it. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path CASES = Path.of("src", "test", "python", "openai_sdk.py");

  @TempDir
  static Path folder;

  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON),
        "the OpenAI SDK is not installed: needs python3 with venv and access to a package index");
    sluice = Installation.start(folder.resolve("data"), "127.0.7.71", "run");
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "answers",
        "streams",
        "streams_with_usage",
        "streams_to_many_at_once",
        "streams_what_is_kept",
        "stops_at_max_tokens",
        "lists_models",
        "wrong_key",
        "unknown_model",
        "bad_request",
        "too_large_for_the_limit",
        "exhausted"
      })
  void theSdkIsContent(String name) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(PYTHON.toString(), CASES.toString(), name, sluice.url(1))
        .redirectErrorStream(true)
        .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
