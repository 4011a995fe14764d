package dev.sluice.model;

import dev.sluice.model.vertex.AccessTokens;
import dev.sluice.model.vertex.GoogleCredential;
import dev.sluice.model.vertex.TokenEndpoint;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The access tokens of all credentials of Google's, for all workers. They are asked for on threads of their own; asking for one
 * here blocks nobody.
 */
public final class GoogleTokens implements AutoCloseable {
  private static final int THREADS = 2;
  private static final float LOAD = 0.75f;

  private final TokenEndpoint endpoint;
  private final InstantSource clock;
  private final ThreadPoolExecutor asking;
  /** By credential; the one that was not used for longest goes first. */
  private final Map<String, AccessTokens> tokens;

  public GoogleTokens(TokenSettings settings) {
    this(settings, new TokenCalls(settings), InstantSource.system());
  }

  GoogleTokens(TokenSettings settings, TokenEndpoint endpoint, InstantSource clock) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.asking = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        1,
        TimeUnit.MINUTES,
        new ArrayBlockingQueue<>(settings.waiting()),
        task -> {
          Thread thread = new Thread(task, "sluice-google-tokens");
          thread.setDaemon(true);
          return thread;
        });
    asking.allowCoreThreadTimeOut(true);
    this.tokens = new LinkedHashMap<>(16, LOAD, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, AccessTokens> eldest) {
        return size() > settings.mostCredentials();
      }
    };
  }

  /** A token that can be used now. Fails with {@link AccessTokens.RefusedException} where none can be had. */
  CompletionStage<String> token(String credential) {
    AccessTokens own;
    synchronized (tokens) {
      own = tokens.computeIfAbsent(
          credential,
          json -> new AccessTokens(
              () -> GoogleCredential.read(json.getBytes(StandardCharsets.UTF_8)),
              endpoint,
              asking,
              clock));
    }
    return own.token();
  }

  @Override
  public void close() {
    asking.shutdownNow();
  }
}
