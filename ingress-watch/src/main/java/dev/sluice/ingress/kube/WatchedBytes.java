package dev.sluice.ingress.kube;

import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a watch, read no faster than they are taken. An empty line comes first, as soon as the API server has
 * answered. Fails with an {@link ApiFailure} if it answers otherwise.
 */
final class WatchedBytes extends GraphStage<SourceShape<ByteString>> {
  private static final ByteString ANSWERED = ByteString.fromString("\n");

  private final ApiServer api;
  private final String path;
  private final Outlet<ByteString> out = Outlet.create("WatchedBytes.out");
  private final SourceShape<ByteString> shape = SourceShape.of(out);

  WatchedBytes(ApiServer api, String path) {
    this.api = api;
    this.path = path;
  }

  @Override
  public SourceShape<ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private record Ended(@Nullable Throwable failure) {}

  private final class Logic extends GraphStageLogic {
    private final AsyncCallback<ByteString> arrived = createAsyncCallback(this::push);
    private final AsyncCallback<Ended> ended = createAsyncCallback(this::end);
    private final AsyncCallback<HttpResponse<AsyncBody>> answered =
        createAsyncCallback(this::answer);
    private @Nullable CompletableFuture<HttpResponse<AsyncBody>> call;
    private @Nullable AsyncBody body;

    Logic() {
      super(shape);
      setHandler(out, new AbstractOutHandler() {
        @Override
        public void onPull() {
          if (body != null) {
            body.consume();
          }
        }
      });
    }

    @Override
    public void preStart() {
      CompletableFuture<HttpResponse<AsyncBody>> opening;
      try {
        opening = api.open(path, (buffers, from) -> arrived.invoke(bytes(buffers)));
      } catch (RuntimeException e) {
        // the client has been closed meanwhile
        failStage(e);
        return;
      }
      call = opening;
      opening.whenComplete((response, failure) -> {
        if (failure != null) {
          ended.invoke(new Ended(failure));
        } else {
          answered.invoke(response);
        }
      });
    }

    private void answer(HttpResponse<AsyncBody> response) {
      AsyncBody opened = response.body();
      body = opened;
      if (!response.isSuccessful()) {
        failStage(ApiServer.failure(response.code(), new byte[0]));
        return;
      }
      opened.done().whenComplete((done, failure) -> ended.invoke(new Ended(failure)));
      emit(out, ANSWERED);
    }

    private void push(ByteString bytes) {
      emit(out, bytes);
    }

    private void end(Ended how) {
      if (how.failure() == null || how.failure() instanceof CancellationException) {
        complete(out);
      } else {
        failStage(how.failure());
      }
    }

    @Override
    public void postStop() {
      if (call != null) {
        call.cancel(true);
      }
      if (body != null) {
        body.cancel();
      }
    }
  }

  private static ByteString bytes(List<ByteBuffer> buffers) {
    ByteString all = ByteString.emptyByteString();
    for (ByteBuffer buffer : buffers) {
      all = all.concat(ByteString.fromByteBuffer(buffer));
    }
    return all;
  }
}
