package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import dev.sluice.wire.Link;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A link on a real event loop, and the peer at its other end. */
class ChannelLinkTest {
  private static final int SECONDS = 20;
  private static final int MEGABYTE = 1024 * 1024;

  private final EventLoop loop = new EventLoop("links");
  private final Deadlines deadlines = new Deadlines(Duration.ofSeconds(1).toNanos(), 0);
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final ServerSocket server = listening();
  private ChannelSockets sockets;
  private Link link;
  private Socket peer;

  private static ServerSocket listening() {
    try {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void connect() throws Exception {
    EdgeSettings settings = EdgeSettings.from(ConfigFactory.load());
    sockets = on(() -> new ChannelSockets(loop, settings, deadlines, Runnable::run, new Gone()));
    CompletableFuture<Link> connected = new CompletableFuture<>();
    on(() -> {
      InetSocketAddress address =
          InetSocketAddress.createUnresolved("localhost", server.getLocalPort());
      sockets.dial(address, Duration.ofSeconds(SECONDS), new Dialer.Dialed() {
        @Override
        public Link.Events connected(Link to) {
          connected.complete(to);
          return new Hearing();
        }

        @Override
        public void failed(boolean timedOut, String why) {
          connected.completeExceptionally(new IOException(why));
        }
      });
      return null;
    });
    peer = server.accept();
    peer.setSoTimeout(SECONDS * 1000);
    link = connected.get(SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    server.close();
    loop.close();
  }

  private <T> T on(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        done.complete(task.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(SECONDS, TimeUnit.SECONDS);
  }

  private String next() throws InterruptedException {
    return heard.poll(SECONDS, TimeUnit.SECONDS);
  }

  /** Whether nothing was heard by the end of a round of the loop. */
  private boolean quiet() throws Exception {
    return on(heard::isEmpty);
  }

  private void peerSends(String text) throws IOException {
    peer.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuffer lent(int size, char filler) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) filler);
    return ByteBuffer.wrap(bytes);
  }

  /** Reads so many bytes, and writes each run of equal ones as a letter and a number. */
  private String runs(int size) throws IOException {
    StringBuilder runs = new StringBuilder();
    InputStream in = peer.getInputStream();
    byte[] buffer = new byte[64 * 1024];
    int run = 0;
    byte of = 0;
    for (int left = size; left > 0; ) {
      int count = in.read(buffer, 0, Math.min(left, buffer.length));
      assertThat(count).isPositive();
      left -= count;
      for (int i = 0; i < count; i++) {
        if (run > 0 && buffer[i] != of) {
          runs.append((char) of).append(run);
          run = 0;
        }
        of = buffer[i];
        run++;
      }
    }
    return runs.append((char) of).append(run).toString();
  }

  @Test
  void whatIsWrittenAndWhatIsLentArrivesInTheOrderItWasWritten() throws Exception {
    on(() -> {
      link.write(ByteString.fromString("aa"));
      link.writeLent(lent(10, 'b'));
      link.writeLent(lent(20_000, 'c'));
      link.write(ByteString.fromString("ddd"));
      link.writeLent(lent(50_000, 'e'));
      return null;
    });
    assertThat(runs(70_015)).isEqualTo("a2b10c20000d3e50000");
  }

  @Test
  void whatWaitedIsToldAsDrainedThoughALargerWriteTookItAlong() throws Exception {
    on(() -> {
      link.write(ByteString.fromString("a"));
      link.writeLent(lent(20_000, 'b'));
      return null;
    });
    assertThat(next()).isEqualTo("drained");
    assertThat(runs(20_001)).isEqualTo("a1b20000");
  }

  @Test
  void aWriteThatFailsIsToldAfterItAndNotInsideIt() throws Exception {
    peer.setSoLinger(true, 0);
    on(() -> {
      link.pause();
      return null;
    });
    peer.close();
    int heardInside = on(() -> {
      for (int i = 0; i < 3; i++) {
        link.writeLent(lent(20_000, 'a'));
      }
      return heard.size();
    });
    assertThat(heardInside).isZero();
    assertThat(next()).isEqualTo("gone");
    assertThat(next()).startsWith("broken ");
  }

  @Test
  void aPeerThatDoesNotReadMakesWhatIsUnsentGrowAndAllOfItArrivesInOrder() throws Exception {
    int unsent = on(() -> {
      for (char filler = 'a'; filler <= 'p'; filler++) {
        link.writeLent(lent(MEGABYTE, filler));
      }
      return link.unsent();
    });
    assertThat(unsent).isPositive();
    StringBuilder expected = new StringBuilder();
    for (char filler = 'a'; filler <= 'p'; filler++) {
      expected.append(filler).append(MEGABYTE);
    }
    assertThat(runs(16 * MEGABYTE)).isEqualTo(expected.toString());
    assertThat(next()).isEqualTo("drained");
    assertThat(on(link::unsent)).isZero();
  }

  @Test
  void nothingIsReadWhileItIsPaused() throws Exception {
    on(() -> {
      link.pause();
      return null;
    });
    peerSends("x");
    assertThat(quiet()).isTrue();
    on(() -> {
      link.resume();
      return null;
    });
    assertThat(next()).isEqualTo("received x");
  }

  @Test
  void thePeersEndIsToldAndItCanStillBeWrittenTo() throws Exception {
    peerSends("x");
    peer.shutdownOutput();
    assertThat(next()).isEqualTo("received x");
    assertThat(next()).isEqualTo("finished");
    on(() -> {
      link.write(ByteString.fromString("y"));
      return null;
    });
    assertThat(peer.getInputStream().read()).isEqualTo('y');
    assertThat(next()).isEqualTo("drained");
  }

  @Test
  void lastWordsArriveBeforeTheEnd() throws Exception {
    on(() -> {
      link.write(ByteString.fromString("bye"));
      link.finish(false);
      link.write(ByteString.fromString("never"));
      return null;
    });
    assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("bye");
    assertThat(next()).isEqualTo("gone");
    assertThat(next()).isEqualTo("broken closed");
  }

  @Test
  void aPeerThatIsStillSendingGetsTheLastWordsTooAndIsHeardOut() throws Exception {
    on(() -> {
      link.write(ByteString.fromString("no"));
      link.finish(true);
      return null;
    });
    assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("no");
    peerSends("still sending".repeat(10_000));
    peer.shutdownOutput();
    assertThat(next()).isEqualTo("gone");
    assertThat(next()).isEqualTo("broken closed");
  }

  @Test
  void aPeerThatIsNeverDoneIsNotHeardOutForEver() throws Exception {
    on(() -> {
      link.finish(true);
      return null;
    });
    assertThat(peer.getInputStream().read()).isEqualTo(-1);
    on(() -> {
      deadlines.advance(Duration.ofSeconds(8).toNanos());
      return null;
    });
    assertThat(next()).isEqualTo("gone");
    assertThat(heard).isEmpty();
  }

  @Test
  void anAbortIsAResetAndNothingIsHeardOfTheLinkAnyMore() throws Exception {
    on(() -> {
      link.abort();
      link.abort();
      link.write(ByteString.fromString("y"));
      link.pause();
      link.resume();
      link.finish(false);
      return null;
    });
    assertThat(next()).isEqualTo("gone");
    assertThat(reset()).isTrue();
    assertThat(quiet()).isTrue();
  }

  private boolean reset() {
    try {
      peer.getInputStream().read();
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aResetOfThePeerIsToldOnce() throws Exception {
    peer.setSoLinger(true, 0);
    peer.close();
    assertThat(next()).isEqualTo("gone");
    assertThat(next()).startsWith("broken ");
    assertThat(quiet()).isTrue();
  }

  @Test
  void whereNobodyListensTheDialFails() throws Exception {
    CompletableFuture<Boolean> timedOut = new CompletableFuture<>();
    int port = server.getLocalPort();
    server.close();
    on(() -> {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      sockets.dial(address, Duration.ofSeconds(SECONDS), new Dialer.Dialed() {
        @Override
        public Link.Events connected(Link to) {
          throw new AssertionError("nobody listens");
        }

        @Override
        public void failed(boolean late, String why) {
          timedOut.complete(late);
        }
      });
      return null;
    });
    assertThat(timedOut.get(SECONDS, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void anErrorOfWhoeverHearsTheLinkEndsThatLinkOnly() throws Exception {
    on(() -> {
      link.events(new Hearing() {
        @Override
        public void received(ByteString bytes) {
          throw new IllegalStateException("an error that a test has made");
        }
      });
      return null;
    });
    peerSends("x");
    assertThat(next()).isEqualTo("gone");
    assertThat(next()).isEqualTo("broken an error of the gateway");
    assertThat(on(() -> "alive")).isEqualTo("alive");
  }

  private final class Gone implements Sockets.Events {
    @Override
    public void listening(int port) {}

    @Override
    public void notListening(InetSocketAddress address, String why) {}

    @Override
    public void accepted(Link accepted, InetSocketAddress client, InetSocketAddress local) {}

    @Override
    public void gone(Link gone) {
      heard.add("gone");
    }
  }

  private class Hearing implements Link.Events {
    @Override
    public void received(ByteString bytes) {
      heard.add("received " + bytes.utf8String());
    }

    @Override
    public void drained() {
      heard.add("drained");
    }

    @Override
    public void finished() {
      heard.add("finished");
    }

    @Override
    public void broken(String why) {
      heard.add("broken " + why);
    }
  }
}
