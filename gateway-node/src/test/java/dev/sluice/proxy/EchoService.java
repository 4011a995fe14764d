package dev.sluice.proxy;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A service of gRPC on a real server: texts in, texts out. */
final class EchoService {
  static final String NAME = "test.Echo";
  static final Metadata.Key<String> ASKED =
      Metadata.Key.of("x-asked", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> BEHIND =
      Metadata.Key.of("x-behind", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<byte[]> BYTES =
      Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** Answers with the same text; {@code fail …} with an error, {@code wait} never. */
  static final MethodDescriptor<String, String> ONE = method("One", MethodType.UNARY);
  /** A number is answered by as many texts. */
  static final MethodDescriptor<String, String> DOWN = method("Down", MethodType.SERVER_STREAMING);
  /** Answers with all texts together. */
  static final MethodDescriptor<String, String> UP = method("Up", MethodType.CLIENT_STREAMING);
  /** Answers each text when it comes. */
  static final MethodDescriptor<String, String> BOTH = method("Both", MethodType.BIDI_STREAMING);

  /** What the callers said beside their texts. */
  final Queue<Metadata> heads = new ConcurrentLinkedQueue<>();

  /** Completed once a call was cancelled. */
  final CompletableFuture<Void> cancelled = new CompletableFuture<>();

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(
        ServerServiceDefinition.builder(NAME)
            .addMethod(ONE, ServerCalls.asyncUnaryCall(this::one))
            .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(EchoService::down))
            .addMethod(UP, ServerCalls.asyncClientStreamingCall(EchoService::up))
            .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(this::both))
            .build(),
        new Noting());
  }

  private void one(String text, StreamObserver<String> answer) {
    if (text.startsWith("fail")) {
      Metadata trailers = new Metadata();
      trailers.put(BEHIND, "behind a failure");
      trailers.put(BYTES, new byte[] {0, -1, 10});
      answer.onError(Status.NOT_FOUND
          .withDescription("no \u00e9 in \"" + text + "\"")
          .asRuntimeException(trailers));
    } else if (text.equals("wait")) {
      ((ServerCallStreamObserver<String>) answer)
          .setOnCancelHandler(() -> cancelled.complete(null));
    } else {
      answer.onNext(text);
      answer.onCompleted();
    }
  }

  private static void down(String count, StreamObserver<String> answer) {
    for (int i = 0; i < Integer.parseInt(count); i++) {
      answer.onNext("text " + i);
    }
    answer.onCompleted();
  }

  private static StreamObserver<String> up(StreamObserver<String> answer) {
    StringBuilder all = new StringBuilder();
    return observer(all::append, () -> {
      answer.onNext(all.toString());
      answer.onCompleted();
    });
  }

  private StreamObserver<String> both(StreamObserver<String> answer) {
    ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(() -> cancelled.complete(null));
    return observer(text -> answer.onNext("you said " + text), answer::onCompleted);
  }

  private static StreamObserver<String> observer(
      java.util.function.Consumer<String> next, Runnable end) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String text) {
        next.accept(text);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        end.run();
      }
    };
  }

  private final class Noting implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata head, ServerCallHandler<A, B> next) {
      heads.add(head);
      return next.startCall(
          new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              trailers.put(ASKED, String.valueOf(head.get(ASKED)));
              super.close(status, trailers);
            }
          },
          head);
    }
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
