package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.ingress.Certificate;
import dev.sluice.node.GeneratedTls;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC from end to end: a client and servers that nobody here wrote, and the gateway between them. */
@ParameterizedClass(name = "event loop: {0}")
@ValueSource(booleans = {true, false})
class GrpcIT {
  @Parameter
  boolean eventLoop;

  private final EchoService echo = new EchoService();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private RunningEdge edge;
  private Server plain;
  private Server secure;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    edge = RunningEdge.startWith(eventLoop);
    plain = server().build().start();
    Certificate own = GeneratedTls.certificate();
    secure = server()
        .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(
                own.privateKey(), own.chain().toArray(X509Certificate[]::new)))
            .build())
        .build()
        .start();
    edge.routeToPorts("plain", Map.of("backend-protocol", "GRPC"), List.of(plain.getPort()));
    edge.routeToPorts("secure", Map.of("backend-protocol", "GRPCS"), List.of(secure.getPort()));
  }

  private NettyServerBuilder server() {
    return NettyServerBuilder.forAddress(new InetSocketAddress(ScriptedUpstream.HOST, 0))
        .addService(echo.definition());
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    edge.close();
    plain.shutdownNow();
    secure.shutdownNow();
  }

  private ManagedChannel channel(String host) {
    ManagedChannel channel = NettyChannelBuilder.forAddress(edge.http())
        .overrideAuthority(host)
        .usePlaintext()
        .build();
    channels.add(channel);
    return channel;
  }

  private ManagedChannel secureChannel(String host) throws IOException {
    ManagedChannel channel = NettyChannelBuilder.forAddress(edge.https())
        .overrideAuthority(host)
        .sslContext(GrpcSslContexts.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build())
        .build();
    channels.add(channel);
    return channel;
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(
        RunningEdge.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private static String ask(ManagedChannel channel, String text) {
    return ClientCalls.blockingUnaryCall(channel, EchoService.ONE, options(), text);
  }

  private static Status refused(ManagedChannel channel, String text) {
    AtomicReference<Status> status = new AtomicReference<>();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> ask(channel, text))
        .satisfies(e -> status.set(e.getStatus()));
    return status.get();
  }

  @Test
  void aCallIsAnsweredInTheClearAndOverTlsOnEitherSide() throws IOException {
    for (String host : List.of("plain", "secure")) {
      assertThat(ask(channel(host), "hello")).isEqualTo("hello");
      assertThat(ask(secureChannel(host), "hello")).isEqualTo("hello");
    }
  }

  @Test
  void metadataPassesBothWaysInFrontOfTheTextsAndBehindThem() {
    Metadata said = new Metadata();
    said.put(EchoService.ASKED, "by me");
    said.put(EchoService.BYTES, new byte[] {1, 2, -3});
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    var channel = ClientInterceptors.intercept(
        channel("plain"),
        MetadataUtils.newAttachHeadersInterceptor(said),
        MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
    assertThat(ClientCalls.blockingUnaryCall(channel, EchoService.ONE, options(), "hello"))
        .isEqualTo("hello");
    Metadata came = echo.heads.remove();
    assertThat(came.get(EchoService.ASKED)).isEqualTo("by me");
    assertThat(came.get(EchoService.BYTES)).containsExactly(1, 2, -3);
    assertThat(came.get(Metadata.Key.of("x-real-ip", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("127.0.0.1");
    assertThat(trailers.get().get(EchoService.ASKED)).isEqualTo("by me");
  }

  @Test
  void aFailurePassesWithItsMessageAndWhatStandsBehindIt() {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> ask(channel("plain"), "fail at once"))
        .satisfies(e -> {
          assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
          assertThat(e.getStatus().getDescription()).isEqualTo("no \u00e9 in \"fail at once\"");
          assertThat(java.util.Objects.requireNonNull(e.getTrailers()).get(EchoService.BYTES))
              .containsExactly(0, -1, 10);
        });
  }

  @Test
  void anAnswerMayBeAThousandTexts() {
    Iterator<String> texts = ClientCalls.blockingServerStreamingCall(
        channel("plain"), EchoService.DOWN, options(), "1000");
    for (int i = 0; i < 1000; i++) {
      assertThat(texts.next()).isEqualTo("text " + i);
    }
    assertThat(texts.hasNext()).isFalse();
  }

  @Test
  void aQuestionMayBeAThousandTexts() throws InterruptedException {
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    StreamObserver<String> call = ClientCalls.asyncClientStreamingCall(
        channel("plain").newCall(EchoService.UP, options()), into(answers));
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      call.onNext("text " + i);
      all.append("text ").append(i);
    }
    call.onCompleted();
    assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo(all.toString());
    assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
  }

  @Test
  void bothSidesSpeakInTurnOnOneStream() throws InterruptedException, IOException {
    for (ManagedChannel channel : List.of(channel("plain"), secureChannel("secure"))) {
      BlockingQueue<String> answers = new LinkedBlockingQueue<>();
      StreamObserver<String> call = ClientCalls.asyncBidiStreamingCall(
          channel.newCall(EchoService.BOTH, options()), into(answers));
      for (int i = 0; i < 100; i++) {
        call.onNext("text " + i);
        assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("you said text " + i);
      }
      call.onCompleted();
      assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
    }
  }

  private static StreamObserver<String> into(BlockingQueue<String> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String text) {
        answers.add(text);
      }

      @Override
      public void onError(Throwable failure) {
        answers.add(failure.toString());
      }

      @Override
      public void onCompleted() {
        answers.add("end");
      }
    };
  }

  @Test
  void aTextLargerThanEveryWindowPassesBothWays() {
    edge.routeToPorts(
        "plain",
        Map.of("backend-protocol", "GRPC", "proxy-body-size", "0"),
        List.of(plain.getPort()));
    String large = "0123456789".repeat(350_000);
    assertThat(ask(channel("plain"), large)).isEqualTo(large);
  }

  @Test
  void manyCallsShareFewConnectionsAndNoneFails() {
    ManagedChannel channel = channel("plain");
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      BlockingQueue<String> got = new LinkedBlockingQueue<>();
      CompletableFuture<String> answer = new CompletableFuture<>();
      answers.add(answer);
      ClientCalls.asyncUnaryCall(
          channel.newCall(EchoService.ONE, options()), "text " + i, new StreamObserver<>() {
            @Override
            public void onNext(String text) {
              got.add(text);
            }

            @Override
            public void onError(Throwable failure) {
              answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
              answer.complete(got.remove());
            }
          });
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(RunningEdge.await(answers.get(i))).isEqualTo("text " + i);
    }
  }

  @Test
  void aCallThatIsCancelledIsCancelledForTheServer() {
    ClientCall<String, String> call = channel("plain").newCall(EchoService.ONE, options());
    ClientCalls.asyncUnaryCall(call, "wait", into(new LinkedBlockingQueue<>()));
    await().atMost(RunningEdge.DEADLINE).until(() -> !echo.heads.isEmpty());
    call.cancel("no longer wanted", null);
    RunningEdge.await(echo.cancelled);
  }

  @Test
  void theTimeThatACallerGivesIsTheLongestThatAnybodyWorksForIt() {
    try (Http2Client client = Http2Client.open(edge)) {
      client.head(
          1,
          false,
          Http2Client.request(
              "POST",
              "plain",
              "/" + EchoService.NAME + "/One",
              "content-type",
              "application/grpc",
              "te",
              "trailers",
              "grpc-timeout",
              "2S"));
      client.data(1, true, "\0\0\0\0\4wait");
      Http2Client.Frame answer = client.next(dev.sluice.wire.Http2Frames.HEADERS);
      assertThat(answer.endsStream()).isTrue();
      assertThat(answer.payload())
          .startsWith(":status: 200\n")
          .contains("content-type: application/grpc\n", "grpc-status: 4\n");
      RunningEdge.await(echo.cancelled);
    }
  }

  @Test
  void aRefusalIsAStatusOfGrpcWithTheReason() throws IOException {
    assertThat(refused(channel("nowhere"), "hello")).satisfies(status -> {
      assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(status.getDescription()).isEqualTo("no route for this host and path");
    });
    edge.routeToPorts("empty", Map.of("backend-protocol", "GRPC"), List.of());
    assertThat(refused(channel("empty"), "hello")).satisfies(status -> {
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("ready");
    });
    edge.routeToPorts(
        "closed", Map.of("backend-protocol", "GRPC"), List.of(RunningEdge.freePort()));
    assertThat(refused(channel("closed"), "hello").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    edge.routeToPorts(
        "guarded",
        Map.of("backend-protocol", "GRPC", "allowlist-source-range", "10.0.0.0/8"),
        List.of(plain.getPort()));
    assertThat(refused(channel("guarded"), "hello").getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    edge.routeToPorts(
        "small",
        Map.of("backend-protocol", "GRPC", "proxy-body-size", "100"),
        List.of(plain.getPort()));
    assertThat(refused(channel("small"), "x".repeat(200)).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void anUpstreamThatDoesNotSpeakHttp2OverTlsIsNotSpokenTo() {
    try (RunningEdge other = RunningEdge.startWith(eventLoop, "sluice.edge.http2.on", false)) {
      edge.declare(
          "other",
          RunningEdge.objects(
              "other", Map.of("backend-protocol", "GRPCS"), List.of(other.https())));
      assertThat(refused(channel("other"), "hello").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(other.over()).isEmpty();
    }
  }

  @Test
  void aServerThatStopsIsLeftWithoutAFailedCall() throws IOException, InterruptedException {
    ManagedChannel channel = channel("plain");
    Server next = server().build().start();
    assertThat(ask(channel, "before")).isEqualTo("before");
    edge.routeToPorts(
        "plain", Map.of("backend-protocol", "GRPC"), List.of(plain.getPort(), next.getPort()));
    plain.shutdown();
    for (int i = 0; i < 50; i++) {
      assertThat(ask(channel, "text " + i)).isEqualTo("text " + i);
    }
    next.shutdownNow();
  }
}
