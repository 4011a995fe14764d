package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.chaos.fault.Command;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.traffic.Chat;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new user does first: {@code ./sluice run} with the examples. */
class RunIT {
  private static final String HOST = "127.0.7.51";

  @TempDir
  static Path folder;

  private static Installation sluice;

  @BeforeAll
  static void start() throws Exception {
    sluice = Installation.start(folder.resolve("data"), HOST, "run");
  }

  @AfterAll
  static void stopLeavesNoProcess() throws Exception {
    sluice.stop();
    assertThat(sluice.processes()).isEmpty();
    sluice.close();
  }

  @Test
  void theLastLineIsTheOneThatScriptsWaitFor() {
    assertThat(sluice.output()).last().isEqualTo("ready http://" + HOST + ":8080");
  }

  @Test
  void theTwoPrintedCommandsWorkAsPrinted() throws Exception {
    List<String> commands = sluice.output().stream()
        .map(String::strip)
        .filter(line -> line.startsWith("curl "))
        .toList();
    assertThat(commands).hasSize(2);
    assertThat(shell(commands.get(0))).contains("hello from behind Sluice");
    String chat = shell(commands.get(1));
    assertThat(chat)
        .contains("HTTP/1.1 200 OK", "x-ratelimit-limit-tokens: 2000", "data: [DONE]", "five");
    assertThat(remaining(shell(commands.get(1)))).isLessThan(remaining(chat));
  }

  private static long remaining(String answer) {
    return answer
        .lines()
        .filter(line -> line.startsWith("x-ratelimit-remaining-tokens: "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void healthMetricsAndAdminAnswerOnTheirPorts() throws Exception {
    assertThat(sluice.page(1, 8558, "/ready").status()).isEqualTo(200);
    assertThat(sluice.page(1, 8558, "/alive").status()).isEqualTo(200);
    assertThat(sluice.admin(1, "status").json().get("clusterUp").asBoolean()).isTrue();
    assertThat(sluice.admin(1, "problems").json()).isEmpty();
    Http.hello(sluice.url(1));
    await("the next tick of the metrics")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(sluice.page(1, 9095, "/metrics").body())
            .contains("sluice_requests_total{", "sluice_route_table"));
  }

  @Test
  void whoAnswersAModelIsExplainedByTheFolderAndByTheRunningNode() throws Exception {
    Command declared = explain("kept", "--manifests", "../deploy/examples");
    assertThat(declared.exitValue()).as(declared.errors()).isZero();
    assertThat(declared.output())
        .contains("ModelRoute default/kept [models.yaml:", "default/echo, echo, as echo-5x10ms")
        .contains("tokens-per-minute: 2000 tokens, window minute")
        .doesNotContain("under way", "free");
    Command running = explain("kept", "--node", "http://" + HOST + ":8081");
    assertThat(running.exitValue()).as(running.errors()).isZero();
    assertThat(running.output()).contains("now: well; 0 under way on this node", " free, ");
    Command nobody = explain("keept", "--node", "http://" + HOST + ":8081");
    assertThat(nobody.exitValue()).isEqualTo(1);
    assertThat(nobody.output()).contains("none takes it").containsPattern("nearest +kept");
    Command wrong = explain("GET", "--node", "http://" + HOST + ":8081");
    assertThat(wrong.exitValue()).isEqualTo(2);
    assertThat(wrong.errors()).contains("GET without a URL");
  }

  private static Command explain(String model, String... from) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("explain", model, "--key", "sample"));
    arguments.addAll(List.of(from));
    return Command.run(folder.resolve("commands"), arguments.toArray(String[]::new));
  }

  @Test
  void noSecretIsInALog() throws Exception {
    new Chat("sk-sluice-demo", "echo", 3, 3).send(sluice.url(1));
    new Chat("sk-somebody-elses", "echo", 3, 3).send(sluice.url(1));
    String password =
        Files.readString(folder.resolve("data/postgresql-password")).strip();
    try (var logs = Files.list(folder.resolve("data/logs"))) {
      for (Path log : logs.toList()) {
        assertThat(Files.readString(log))
            .as(log.toString())
            .doesNotContain("sk-sluice-demo", "sk-somebody-elses", password);
      }
    }
  }

  @Test
  void aSecondOneOnTheSameDataIsToldWhatToDo() throws Exception {
    Installation second = Installation.begin(folder.resolve("data"), "127.0.7.61", "run");
    assertThat(second.exitValue()).isNotZero();
    assertThat(String.join("\n", second.output()))
        .contains("another sluice runs on", "./sluice stop", "--data");
  }

  @Test
  void aSettingThatIsWrongIsRefusedAtStart() throws Exception {
    Installation wrong = Installation.begin(
        folder.resolve("other"), "127.0.7.61", "run", "--set", "sluice.edge.workers=-3");
    assertThat(wrong.exitValue()).isNotZero();
    assertThat(String.join("\n", wrong.output())).contains("sluice.edge.workers: -3 (expected: ");
    assertThat(wrong.processes()).isEmpty();
  }

  private static String shell(String command) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
    Process process = new ProcessBuilder("bash", "-c", command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return output;
  }
}
