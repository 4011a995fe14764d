package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.sluice.edge.EdgeSettings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamPortsTest {
  private final EdgeSettings edge = EdgeSettings.from(ConfigFactory.load());
  private final StreamPorts ports = new StreamPorts(edge);

  private ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName(edge.host()));
  }

  @Test
  void aPortThatSomebodyHasIsAProblemUntilHeLetsItGo() throws IOException {
    int port;
    try (ServerSocket taken = listen()) {
      port = taken.getLocalPort();
      ports.look(Set.of(port), Set.of());
      assertThat(ports.free()).isEmpty();
      assertThat(ports.problems()).singleElement().asString().contains("port " + port);
    }
    ports.look(Set.of(port), Set.of());
    assertThat(ports.free()).containsExactly(port);
    assertThat(ports.problems()).isEmpty();
  }

  @Test
  void aPortThatIsListenedOnIsNotTriedAgain() throws IOException {
    int port;
    try (ServerSocket socket = listen()) {
      port = socket.getLocalPort();
    }
    ports.look(Set.of(port), Set.of());
    try (ServerSocket ours = new ServerSocket(port, 1, InetAddress.getByName(edge.host()))) {
      assertThat(ours.getLocalPort()).isEqualTo(port);
      ports.look(Set.of(port, edge.port()), Set.of());
      assertThat(ports.free()).containsExactly(port);
    }
  }

  @Test
  void theGatewaysOwnPortsAreRefused() {
    ports.look(Set.of(edge.port(), edge.tlsPort()), Set.of());
    assertThat(ports.free()).isEmpty();
    assertThat(ports.problems())
        .hasSize(2)
        .allSatisfy(problem -> assertThat(problem.what()).contains("this gateway's own"));
  }

  @Test
  void aPortThatIsNoLongerWantedIsLetGo() throws IOException {
    int port;
    try (ServerSocket socket = listen()) {
      port = socket.getLocalPort();
    }
    ports.look(Set.of(port), Set.of());
    ports.look(Set.of(), Set.of());
    assertThat(ports.free()).isEmpty();
  }

  @Test
  void aPortOfUdpThatSomebodyHasIsAProblemToo() throws IOException {
    int port;
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName(edge.host()))) {
      port = taken.getLocalPort();
      ports.look(Set.of(), Set.of(port));
      assertThat(ports.freeForDatagrams()).isEmpty();
      assertThat(ports.problems()).singleElement().asString().contains("UDP");
    }
    ports.look(Set.of(), Set.of(port));
    assertThat(ports.freeForDatagrams()).containsExactly(port);
  }
}
