package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.chaos.fault.ControlPlane;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other scenarios rest on: a control plane that can be broken and keeps what it stored. */
class ControlPlaneIT {
  private static final String SERVICES = "/api/v1/namespaces/default/services/";

  @TempDir
  static Path folder;

  private static ControlPlane cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(folder.resolve("kube"), "127.0.7.100");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String service(String name) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec: {ports: [{port: 80}]}
        """.formatted(name);
  }

  @Test
  void isBackWithWhatItHadStoredAndCanBePutBack() throws Exception {
    cluster.api().apply(service("first"));
    cluster.killApiServer();
    cluster.keepStore();
    cluster.startApiServer();
    cluster.api().apply(service("second"));
    assertThat(cluster.api().get(SERVICES + "first").at("/spec/ports/0/port").asInt())
        .isEqualTo(80);
    cluster.killApiServer();
    cluster.putBack();
    cluster.startApiServer();
    cluster.api().get(SERVICES + "first");
    assertThatThrownBy(() -> cluster.api().get(SERVICES + "second")).hasMessageContaining("404");
  }
}
