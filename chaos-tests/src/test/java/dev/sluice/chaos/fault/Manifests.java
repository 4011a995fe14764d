package dev.sluice.chaos.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of manifests, and what scenarios write into it. */
public record Manifests(Path folder) {
  private static final Path EXAMPLES = Path.of("..", "deploy", "examples");

  /** Echo models for all, and no tenant. */
  public static Manifests withModels(Path folder) throws IOException {
    Manifests made = new Manifests(Files.createDirectories(folder));
    made.write("models.yaml", """
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: echo}
        spec: {kind: echo}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelRoute
        metadata: {name: echo}
        spec:
          models: ["echo", "echo-*"]
          targets: [{provider: echo}]
        """);
    return made;
  }

  /** Adds the route of the examples on host hello.localhost, to a backend on {@code port} of 127.0.0.1. */
  public Manifests withHello(int port) throws IOException {
    write(
        "hello.yaml", Files.readString(EXAMPLES.resolve("hello.yaml")).replace("8090", "" + port));
    return this;
  }

  /**
   * Adds a tenant whose key is {@code key} and whose one limit is on tokens.
   *
   * @param window as in the manifest: minute, hour, day, none …
   */
  public Manifests withTenant(String name, String key, long tokens, String window)
      throws IOException {
    write("tenant-" + name + ".yaml", """
        apiVersion: v1
        kind: Secret
        metadata: {name: %1$s}
        stringData: {api-key: %2$s}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Tenant
        metadata: {name: %1$s}
        spec:
          keys: [{name: main, secretRef: {name: %1$s, key: api-key}}]
          limits: [{unit: tokens, amount: %3$d, window: %4$s}]
        """.formatted(name, key, tokens, window));
    return this;
  }

  public void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
