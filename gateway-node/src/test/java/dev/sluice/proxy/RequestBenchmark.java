package dev.sluice.proxy;

import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.sluice.edge.Arrival;
import dev.sluice.edge.PassedOn;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.RouteTable;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.HeadWriter;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What of a request costs before any byte is sent: its head read, its route found, its fields written for the upstream. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestBenchmark {
  private static final int PATHS = 10;

  /** Hosts, of ten paths each. */
  @Param({"1", "1000"})
  public int hosts;

  private byte[] bytes;
  private RequestHead head;
  private Inbound request;
  private RouteTable routes;
  private ProxySettings settings;
  private final HeadWriter out = new HeadWriter();

  @Setup
  public void start() {
    bytes = ("GET /path-7/some/thing?a=1&b=2 HTTP/1.1\r\nHost: host-" + hosts / 2 + ".example\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            + "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
            + "Cookie: session=0123456789abcdef; theme=dark\r\nConnection: keep-alive\r\n"
            + "Referer: https://example.com/\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
    head = read();
    request = new Inbound(new Bare(head), new Silent());
    settings = ProxySettings.from(ConfigFactory.load());
    List<Declaration> declared = new ArrayList<>();
    for (int i = 0; i < hosts; i++) {
      declared.add(ingress("host-" + i + ".example"));
    }
    routes = RouteReconciler.reconcile(declared).routes();
  }

  private static DeclaredIngress ingress(String host) {
    List<DeclaredIngress.Path> paths = new ArrayList<>();
    for (int i = 0; i < PATHS; i++) {
      paths.add(new DeclaredIngress.Path(
          "path",
          "/path-" + i,
          DeclaredIngress.PathType.PREFIX,
          new DeclaredIngress.Backend("backend", "service", "", 80)));
    }
    return new DeclaredIngress(
        new ObjectKey("Ingress", "bench", host),
        DeclaredAt.API_SERVER,
        "",
        Map.of(),
        null,
        List.of(new DeclaredIngress.Rule(host, paths)),
        List.of());
  }

  private RequestHead read() {
    return (RequestHead) RequestHead.read(bytes, 0, bytes.length, 16_384, 256);
  }

  @Benchmark
  public RequestHead readHead() {
    return read();
  }

  @Benchmark
  public Route match() {
    String path = RequestPath.parse(head.target()).path();
    return Objects.requireNonNull(
        Objects.requireNonNull(routes.host(head.host())).match(String.valueOf(path), request));
  }

  @Benchmark
  public ByteString writeFields() {
    out.request("GET", head.target());
    ForwardedFields.request(request, settings, Relay.PLAIN, out);
    return out.finish();
  }

  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder()
            .include(RequestBenchmark.class.getSimpleName())
            .addProfiler("gc")
            .build())
        .run();
  }

  private static final class Silent implements TrafficLog {
    @Override
    public void over(Inbound request) {}

    @Override
    public void malformed(Malformed malformed) {}

    @Override
    public void passedOn(PassedOn passed, boolean written) {}
  }

  /** A request that has come from nowhere. */
  private record Bare(RequestHead head) implements Arrival {
    @Override
    public boolean secure() {
      return false;
    }

    @Override
    public InetSocketAddress client() {
      return new InetSocketAddress("192.0.2.1", 1234);
    }

    @Override
    public int localPort() {
      return 80;
    }

    @Override
    public List<X509Certificate> certificates() {
      return List.of();
    }

    @Override
    public boolean proxied() {
      return false;
    }

    @Override
    public boolean bodyPending() {
      return false;
    }

    @Override
    public void listen(Events events) {}

    @Override
    public void readBody(boolean framed) {}

    @Override
    public void pauseBody() {}

    @Override
    public void resumeBody() {}

    @Override
    public void sendContinue() {}

    @Override
    public HeadSink head(int status, String reason) {
      throw new UnsupportedOperationException("nobody answers a benchmark");
    }

    @Override
    public void headEnd(long bodyLength) {}

    @Override
    public boolean headSent() {
      return false;
    }

    @Override
    public void send(ByteString bytes) {}

    @Override
    public int unsent() {
      return 0;
    }

    @Override
    public void end() {}

    @Override
    public void breakOff() {}
  }
}
