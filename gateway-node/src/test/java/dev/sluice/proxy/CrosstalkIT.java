package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever clients and upstreams do to their own connections, everyone gets the answer to their own request. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class CrosstalkIT {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 300;

  @Parameter
  boolean eventLoop;

  /** Echoes each request's path as often as its first number says, in the way that its first letter says. */
  private static void echo(ScriptedUpstream.Conversation with) throws IOException {
    for (String head = with.request(); !head.isEmpty(); head = with.request()) {
      String path = head.split(" ", 3)[1];
      String body = path.repeat(Integer.parseInt(path.split("/", -1)[2]));
      String length = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n";
      switch (path.charAt(1)) {
        case 'c' -> {
          with.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          with.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n");
          with.send("0\r\n\r\n");
        }
        case 'x' -> with.send(length + body + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        case 'd' -> {
          with.send(length + body.substring(1));
          return;
        }
        case 'r' -> {
          return;
        }
        default -> with.send(length + body);
      }
    }
  }

  private static RawClient talk(RunningEdge edge, int seed) {
    Random random = new Random(seed);
    RawClient client = edge.client();
    for (int i = 0; i < REQUESTS; i++) {
      char way = "llllccxdrg".charAt(random.nextInt(10));
      int times = 1 + (random.nextInt(20) == 0 ? random.nextInt(30_000) : random.nextInt(30));
      String path = "/" + way + "/" + times + "/" + seed + "." + i;
      client.get("a", path);
      if (way == 'g') {
        // goes without waiting
        client.reset();
        client = edge.client();
      } else if (way == 'd') {
        client.untilReset();
        client = edge.client();
      } else {
        String head = client.head();
        if (way == 'r') {
          assertThat(head).as(path).startsWith("HTTP/1.1 502 ");
          client.read(Integer.parseInt(Streams.field(head, "Content-Length")));
        } else {
          assertThat(head).as(path).startsWith("HTTP/1.1 200 ");
          assertThat(body(client, head)).as(path).isEqualTo(path.repeat(times));
        }
      }
    }
    return client;
  }

  private static String body(RawClient client, String head) {
    if (!head.contains("chunked")) {
      return client.read(Integer.parseInt(Streams.field(head, "Content-Length")));
    }
    int size = Integer.parseInt(client.line(), 16);
    String body = client.read(size);
    assertThat(client.read(7)).isEqualTo("\r\n0\r\n\r\n");
    return body;
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "2, 1000", "1, 2"})
  void nobodyHearsWhatIsMeantForAnother(int workers, int upstreamConnections) {
    Map<String, Object> settings = Map.of(
        "sluice.edge.workers", workers,
        "sluice.upstream.connections", upstreamConnections,
        "sluice.proxy.unsent-bytes", "4 KiB");
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try (RunningEdge edge = RunningEdge.start(eventLoop, settings);
        ScriptedUpstream upstream = new ScriptedUpstream(CrosstalkIT::echo)) {
      edge.route("a", Map.of(), upstream);
      List<CompletableFuture<RawClient>> talks = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = i;
        talks.add(CompletableFuture.supplyAsync(() -> talk(edge, seed), threads));
      }
      for (CompletableFuture<RawClient> talk : talks) {
        RunningEdge.await(talk).close();
      }
    } catch (UncheckedIOException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
