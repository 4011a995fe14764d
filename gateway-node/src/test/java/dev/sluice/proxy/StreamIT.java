package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.edge.Onward;
import dev.sluice.edge.PassedOn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are passed on as they are. */
class StreamIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MANY_BYTES = 4 << 20;

  private volatile Set<Integer> ports = Set.of();
  private volatile @Nullable Onward to;
  private volatile @Nullable Onward secured;
  private final BlockingQueue<PassedOn> over = new LinkedBlockingQueue<>();
  private RunningEdge edge;
  private ServerSocket upstream;
  private InetSocketAddress address;

  private final class Streams implements PassingService {
    @Override
    public Set<Integer> streamPorts() {
      return ports;
    }

    @Override
    public @Nullable Onward stream(int port) {
      return to;
    }

    @Override
    public void passedOn(PassedOn passed) {
      over.add(passed);
    }

    @Override
    public boolean passesTls() {
      return secured != null;
    }

    @Override
    public @Nullable Onward passesTls(String host) {
      return host.equals("inner.example") ? secured : null;
    }
  }

  @BeforeEach
  void start() throws IOException {
    edge = RunningEdge.start(
        true, Map.of("sluice.edge.stream.idle-timeout", "1 s"), scope -> new Streams());
    upstream = new ServerSocket(0, 50, edge.http().getAddress());
    address = new InetSocketAddress(edge.http().getAddress(), RunningEdge.freePort());
    ports = Set.of(address.getPort());
    leadTo(false, false);
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    upstream.close();
  }

  private void leadTo(boolean readsProxy, boolean writesProxy) {
    to = new Onward("test/stream:1", List.of(upstreamAddress()), readsProxy, writesProxy);
  }

  private InetSocketAddress upstreamAddress() {
    return (InetSocketAddress) upstream.getLocalSocketAddress();
  }

  /** The next connection that is told to be over. */
  private PassedOn told() throws InterruptedException {
    PassedOn told = over.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(told).isNotNull();
    return Objects.requireNonNull(told);
  }

  /** The port opens a moment after it is wanted. */
  private Socket connect() {
    return await()
        .atMost(PATIENCE)
        .ignoreException(java.net.ConnectException.class)
        .until(
            () -> {
              Socket socket = new Socket(address.getAddress(), address.getPort());
              socket.setSoTimeout((int) PATIENCE.toMillis());
              return socket;
            },
            socket -> true);
  }

  private static byte[] random(int bytes) {
    byte[] made = new byte[bytes];
    new Random(7).nextBytes(made);
    return made;
  }

  private static void write(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  @Test
  void bytesPassBothWaysHoweverManyAndHoweverSlowTheirReader() throws IOException {
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      byte[] sent = random(MANY_BYTES);
      for (Socket[] way : new Socket[][] {{client, served}, {served, client}}) {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
          try {
            write(way[0], sent);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
        assertThat(Arrays.equals(way[1].getInputStream().readNBytes(MANY_BYTES), sent))
            .isTrue();
        writing.join();
      }
    }
  }

  @Test
  void theEndOfOneSideIsTheEndOfBothBehindAllThatItSent() throws IOException {
    byte[] sent = random(MANY_BYTES / 4);
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      write(served, sent);
      served.shutdownOutput();
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), sent)).isTrue();
    }
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      write(client, sent);
      client.shutdownOutput();
      assertThat(Arrays.equals(served.getInputStream().readAllBytes(), sent)).isTrue();
    }
  }

  @Test
  void eachConnectionIsToldOfOnceItIsOver() throws Exception {
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      write(client, new byte[] {1, 2, 3});
      assertThat(served.getInputStream().readNBytes(3)).hasSize(3);
      write(served, new byte[] {4, 5});
      served.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).hasSize(2);
    }
    PassedOn whole = told();
    assertThat(whole.name()).isEqualTo("test/stream:1");
    assertThat(whole.port()).isEqualTo(address.getPort());
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.endpoint()).isEqualTo(upstreamAddress());
    assertThat(whole.receivedBytes()).isEqualTo(3);
    assertThat(whole.sentBytes()).isEqualTo(2);
    assertThat(whole.note()).isNull();
    assertThat(over).isEmpty();
  }

  @Test
  void anEndpointThatRefusesIsPassedOverAndWithoutAnyTheConnectionEnds() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress(address.getAddress(), RunningEdge.freePort());
    to = new Onward("test/stream:1", List.of(nobody, upstreamAddress()), false, false);
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      write(served, new byte[] {1});
      assertThat(client.getInputStream().read()).isEqualTo(1);
    }
    assertThat(told().status()).isEqualTo(200);
    to = new Onward("test/stream:1", List.of(nobody), false, false);
    try (Socket client = connect()) {
      assertThatThrownBy(() -> client.getInputStream().read())
          .hasMessageContaining("Connection reset");
    }
    PassedOn lost = told();
    assertThat(lost.status()).isEqualTo(502);
    assertThat(lost.endpoint()).isNull();
    assertThat(lost.note()).contains("" + nobody.getPort());
  }

  @Test
  void aHeaderOfTheProxyProtocolIsReadFirstThoughTheServerSpeaksFirst() throws IOException {
    leadTo(true, true);
    try (Socket client = connect()) {
      write(
          client,
          "PROXY TCP4 203.0.113.7 198.51.100.1 1111 993\r\n".getBytes(StandardCharsets.US_ASCII));
      try (Socket served = upstream.accept()) {
        String header =
            "PROXY TCP4 203.0.113.7 " + address.getAddress().getHostAddress() + " 1111 993\r\n";
        assertThat(new String(
                served.getInputStream().readNBytes(header.length()), StandardCharsets.US_ASCII))
            .isEqualTo(header);
        write(served, new byte[] {42});
        assertThat(client.getInputStream().read()).isEqualTo(42);
      }
    }
  }

  @Test
  void whoBeginsOtherwiseIsBrokenOff() throws Exception {
    leadTo(true, false);
    try (Socket client = connect()) {
      write(client, "HELO example.com\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> client.getInputStream().read())
          .hasMessageContaining("Connection reset");
    }
    assertThat(told().status()).isEqualTo(400);
  }

  @Test
  void silenceOnBothSidesIsBrokenOff() throws IOException {
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      assertThatThrownBy(() -> client.getInputStream().read())
          .hasMessageContaining("Connection reset");
      assertThatThrownBy(() -> served.getInputStream().read())
          .hasMessageContaining("Connection reset");
    }
  }

  @Test
  void aPortThatIsWithdrawnIsClosedAndItsConnectionsGoOn() throws IOException {
    try (Socket client = connect();
        Socket served = upstream.accept()) {
      ports = Set.of();
      await().atMost(PATIENCE).until(this::isRefused);
      write(client, new byte[] {1});
      assertThat(served.getInputStream().read()).isEqualTo(1);
    }
  }

  private boolean isRefused() {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void tlsOfAHostIsPassedOnFromItsFirstByteAndThatOfOthersEndsHere() throws Exception {
    secured = new Onward("test/inner:443", List.of(upstreamAddress()), false, false);
    byte[] hello = clientHello("inner.example");
    try (Socket client = new Socket(edge.https().getAddress(), edge.https().getPort())) {
      for (byte one : hello) {
        write(client, new byte[] {one});
      }
      try (Socket served = upstream.accept()) {
        assertThat(served.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        write(served, new byte[] {22});
        assertThat(client.getInputStream().read()).isEqualTo(22);
      }
    }
    assertThat(told().host()).isEqualTo("inner.example");
    try (Socket client = new Socket(edge.https().getAddress(), edge.https().getPort())) {
      client.setSoTimeout((int) PATIENCE.toMillis());
      write(client, clientHello("outer.example"));
      assertThat(client.getInputStream().read()).as("a handshake of ours").isEqualTo(22);
    }
  }

  private static byte[] clientHello(String host) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    engine.setSSLParameters(parameters);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }
}
