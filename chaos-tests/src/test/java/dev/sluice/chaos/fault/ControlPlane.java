package dev.sluice.chaos.fault;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A real Kubernetes cluster of one scenario: etcd, API server and controllers as processes on a loopback address of its
 * own, and nodes that run Pods as processes, if the scenario starts any. RBAC is on. Its parts end with the process that
 * started them.
 */
public final class ControlPlane implements AutoCloseable {
  /** Built by the test command from src/rig/control-plane. */
  private static final Path PROGRAM = Path.of("target", "rig", "control-plane").toAbsolutePath();

  private static final Path FLAGS = Path.of("src", "rig", "flags");

  private static final int PORT = 6443;
  private static final Duration READY_DEADLINE = Duration.ofMinutes(2);
  private static final long STOP_SECONDS = 30;
  private final Path folder;
  private final String address;
  private final String token = UUID.randomUUID().toString();
  private final List<Process> parts = new ArrayList<>();
  private Process etcd;
  private Process apiServer;
  private KubernetesApi api;

  private ControlPlane(Path folder, String address) {
    this.folder = folder;
    this.address = address;
  }

  /**
   * Starts it and waits until the API server is ready. Leaves the test out where the program is not built.
   *
   * @param folder where everything is kept; short, as sockets are made in it
   * @param address loopback address of the API server: a scenario's own
   */
  public static ControlPlane start(Path folder, String address) throws Exception {
    assumeTrue(
        Files.isExecutable(PROGRAM),
        "the Kubernetes API server is not built: ./sluice test builds it where Go is (see chaos-tests/src/rig)");
    ControlPlane started = new ControlPlane(Files.createDirectories(folder), address);
    try {
      started.prepare();
      started.startEtcd();
      started.startApiServer();
      started.startControllers();
      return started;
    } catch (Exception | AssertionError e) {
      started.close();
      throw e;
    }
  }

  private void prepare() throws Exception {
    Files.createDirectories(folder.resolve("etcd"));
    Process keys = run("keys", "--dir=" + folder, "--address=" + address);
    if (!keys.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || keys.exitValue() != 0) {
      throw new AssertionError("no keys: " + log("keys"));
    }
    Files.writeString(folder.resolve("tokens.csv"), token + ",admin,admin,\"system:masters\"\n");
    Files.writeString(kubeconfig(), kubeconfig(token));
    Files.writeString(folder.resolve("audit.yaml"), """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        rules:
          - {level: Metadata, userGroups: ["system:serviceaccounts"], omitStages: [ResponseComplete]}
          - {level: None}
        """);
    api = new KubernetesApi(url(), folder.resolve("ca.crt"), token);
  }

  private void startEtcd() throws IOException {
    etcd = run("etcd", "--dir=" + folder.resolve("etcd"));
  }

  /** What ServiceAccounts have asked for so far, an audit event each. */
  public List<JsonNode> asked() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    String log = Files.readString(folder.resolve("audit.log"));
    for (String line : log.substring(0, log.lastIndexOf('\n') + 1).lines().toList()) {
      all.add(new ObjectMapper().readTree(line));
    }
    return all;
  }

  /** Begins; ready once {@link #api} answers. */
  public void startApiServer() throws IOException {
    List<String> flags = flags("kube-apiserver");
    flags.add("--audit-policy-file=" + folder.resolve("audit.yaml"));
    flags.add("--audit-log-path=" + folder.resolve("audit.log"));
    apiServer = run("kube-apiserver", flags.toArray(String[]::new));
    await().atMost(READY_DEADLINE).until(() -> {
      if (!apiServer.isAlive()) {
        throw new AssertionError("the API server has ended: " + log("kube-apiserver"));
      }
      return api.isReady();
    });
  }

  private void startControllers() throws IOException {
    run("kube-controller-manager", flags("kube-controller-manager").toArray(String[]::new));
  }

  private List<String> flags(String part) throws IOException {
    List<String> flags = new ArrayList<>();
    for (String flag : Files.readAllLines(FLAGS.resolve(part))) {
      flags.add(flag.replace("{folder}", folder.toString()).replace("{address}", address));
    }
    return flags;
  }

  /**
   * Adds a node. Pods that are bound to none are dealt out to all nodes: those of a StatefulSet by their number.
   *
   * @param number from 0
   * @param of how many nodes there will be
   * @param images the program that stands for each image
   */
  public void startNode(int number, int of, Map<String, Path> images) throws Exception {
    String name = "node-" + number;
    List<String> flags = new ArrayList<>(List.of(
        "--name=" + name,
        "--number=" + number,
        "--of=" + of,
        "--dir=" + Files.createDirectories(folder.resolve(name)),
        "--kubeconfig=" + kubeconfig()));
    images.forEach((image, program) -> flags.add("--image=" + image + "=" + program));
    runAs(name, "node", flags);
  }

  /**
   * Opens an address whose connections go to the ready endpoints of a Service.
   *
   * @param listen address and port
   * @param port name of the Service's port
   */
  public void startBalancer(String listen, String namespace, String service, String port)
      throws IOException {
    runAs(
        "balancer",
        "balancer",
        List.of(
            "--listen=" + listen,
            "--namespace=" + namespace,
            "--service=" + service,
            "--port=" + port,
            "--kubeconfig=" + kubeconfig()));
  }

  /** Ends the API server as a failing machine would, and waits for its end. What is stored stays. */
  public void killApiServer() throws InterruptedException {
    end(apiServer);
  }

  /** What is stored now, for {@link #putBack}. The API server must be down. */
  public void keepStore() throws Exception {
    end(etcd);
    copy(folder.resolve("etcd").resolve("data"), folder.resolve("kept"));
    startEtcd();
  }

  /** The store is as it was at {@link #keepStore}, older revisions and all. The API server must be down. */
  public void putBack() throws Exception {
    end(etcd);
    delete(folder.resolve("etcd").resolve("data"));
    copy(folder.resolve("kept"), folder.resolve("etcd").resolve("data"));
    startEtcd();
  }

  public KubernetesApi api() {
    return api;
  }

  public String url() {
    return "https://" + address + ":" + PORT;
  }

  /** One that may do everything. */
  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** One for the holder of this token. */
  public Path kubeconfigFor(String name, String bearer) throws IOException {
    return Files.writeString(folder.resolve("kubeconfig-" + name), kubeconfig(bearer));
  }

  private String kubeconfig(String bearer) throws IOException {
    String authority =
        Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("ca.crt")));
    return """
        apiVersion: v1
        kind: Config
        clusters: [{name: rig, cluster: {server: "%s", certificate-authority-data: %s}}]
        users: [{name: user, user: {token: "%s"}}]
        contexts: [{name: rig, context: {cluster: rig, user: user}}]
        current-context: rig
        """.formatted(url(), authority, bearer);
  }

  /** Its input stays open for as long as this process lives: at its end the part ends itself. */
  private Process run(String part, String... flags) throws IOException {
    return runAs(part, part, List.of(flags));
  }

  private Process runAs(String name, String part, List<String> flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), part));
    command.addAll(flags);
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()))
        .start();
    parts.add(process);
    return process;
  }

  private String log(String part) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(part + ".log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private static void end(Process part) throws InterruptedException {
    List<ProcessHandle> below = part.descendants().toList();
    part.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
    if (!part.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still there: " + part.info());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    try {
      for (int i = parts.size() - 1; i >= 0; i--) {
        end(parts.get(i));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
