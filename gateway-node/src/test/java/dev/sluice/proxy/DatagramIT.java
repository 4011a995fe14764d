package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.edge.Onward;
import dev.sluice.edge.PassedOn;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Datagrams that are passed on. */
class DatagramIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LARGEST = 65_535;
  /** How long a client waits before it asks again, as those of UDP do. */
  private static final int AGAIN_MILLIS = 200;

  private final Queue<PassedOn> over = new ConcurrentLinkedQueue<>();
  private volatile Set<Integer> ports = Set.of();
  private volatile @Nullable Onward to;
  private RunningEdge edge;
  private DatagramSocket upstream;
  private InetSocketAddress address;

  private final class Passing implements PassingService {
    @Override
    public Set<Integer> datagramPorts() {
      return ports;
    }

    @Override
    public @Nullable Onward datagrams(int port) {
      return to;
    }

    @Override
    public void passedOn(PassedOn passed) {
      over.add(passed);
    }
  }

  private void start(int workers, String idle) throws IOException {
    edge = RunningEdge.start(
        true,
        Map.of("sluice.edge.stream.idle-timeout", idle, "sluice.edge.workers", workers),
        scope -> new Passing());
    upstream = new DatagramSocket(0, edge.http().getAddress());
    upstream.setSoTimeout((int) PATIENCE.toMillis());
    address = new InetSocketAddress(edge.http().getAddress(), RunningEdge.freePort());
    lead();
    ports = Set.of(address.getPort());
  }

  private void lead() {
    to = new Onward(
        "test/dns:53", List.of((InetSocketAddress) upstream.getLocalSocketAddress()), false, false);
  }

  @BeforeEach
  void start() throws IOException {
    start(1, "1 s");
  }

  @AfterEach
  void stop() {
    edge.close();
    upstream.close();
  }

  private DatagramSocket client() throws IOException {
    DatagramSocket client = new DatagramSocket();
    client.connect(address);
    client.setSoTimeout(AGAIN_MILLIS);
    return client;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void send(DatagramSocket socket, String text) throws IOException {
    socket.send(new DatagramPacket(bytes(text), text.length()));
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    socket.receive(packet);
    return packet;
  }

  private static String text(DatagramPacket packet) {
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
  }

  /** Answers each datagram with the same and a mark, until its socket is closed. */
  private void echo() {
    Thread thread = new Thread(
        () -> {
          try {
            while (true) {
              DatagramPacket asked = receive(upstream);
              byte[] answer = bytes(text(asked) + "!");
              upstream.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
            }
          } catch (IOException e) {
            // closed
          }
        },
        "dns");
    thread.setDaemon(true);
    thread.start();
  }

  /** Asks until there is an answer: the port opens a moment after it is wanted, and datagrams may be lost. */
  private String ask(DatagramSocket client, String question) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(e ->
            e instanceof SocketTimeoutException || e instanceof java.net.PortUnreachableException)
        .until(
            () -> {
              send(client, question);
              return text(receive(client));
            },
            answer -> answer.startsWith(question));
  }

  @Test
  void eachClientGetsItsOwnAnswers() throws IOException {
    echo();
    try (DatagramSocket one = client();
        DatagramSocket other = client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(ask(one, "one" + i + ".")).isEqualTo("one" + i + ".!");
        assertThat(ask(other, "other" + i + ".")).isEqualTo("other" + i + ".!");
      }
    }
    await().atMost(PATIENCE).until(() -> !over.isEmpty());
    PassedOn passed = over.remove();
    assertThat(passed.protocol()).isEqualTo("UDP");
    assertThat(passed.name()).isEqualTo("test/dns:53");
    assertThat(passed.port()).isEqualTo(address.getPort());
    assertThat(passed.status()).isEqualTo(200);
    assertThat(passed.receivedBytes()).isPositive();
    assertThat(passed.sentBytes()).isGreaterThan(0);
  }

  @Test
  void aSessionEndsWithItsAnswerAndTheNextMayGoElsewhere() throws IOException {
    echo();
    try (DatagramSocket client = client();
        DatagramSocket second = new DatagramSocket(0, edge.http().getAddress())) {
      assertThat(ask(client, "a")).isEqualTo("a!");
      DatagramSocket first = upstream;
      upstream = second;
      lead();
      echo();
      assertThat(ask(client, "b")).isEqualTo("b!");
      first.close();
      assertThat(ask(client, "c")).isEqualTo("c!");
    }
  }

  @Test
  void silenceEndsASessionAndWithoutAnEndpointItIsToldToo() throws IOException {
    try (DatagramSocket client = client()) {
      upstream.setSoTimeout(AGAIN_MILLIS);
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsMatching(IOException.class::isInstance)
          .until(() -> {
            send(client, "x");
            return text(receive(upstream)).equals("x");
          });
      await().atMost(PATIENCE).until(() -> !over.isEmpty());
      assertThat(over.remove().note()).isEqualTo("no answer");
      to = new Onward("test/dns:53", List.of(), false, false);
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsMatching(java.net.PortUnreachableException.class::isInstance)
          .until(() -> {
            send(client, "x");
            return over.stream().anyMatch(one -> one.status() == 502);
          });
    }
  }

  @Test
  void workersShareAPortAndEachClientStaysWithOne() throws IOException {
    stop();
    start(4, "10 s");
    echo();
    for (int i = 0; i < 16; i++) {
      try (DatagramSocket client = client()) {
        assertThat(ask(client, "a")).isEqualTo("a!");
        assertThat(ask(client, "b")).isEqualTo("b!");
      }
    }
  }

  @Test
  void aPortThatIsWithdrawnIsClosed() throws IOException {
    echo();
    try (DatagramSocket client = client()) {
      ask(client, "a");
    }
    ports = Set.of();
    await().atMost(PATIENCE).until(() -> {
      try (DatagramSocket free = new DatagramSocket(address)) {
        return free.isBound();
      } catch (IOException e) {
        return false;
      }
    });
  }
}
