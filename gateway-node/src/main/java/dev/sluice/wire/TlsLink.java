package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS over another link, either side. Handshakes run on the worker itself. Records are decrypted from the bytes as they came, and
 * encrypted one behind the other, in buffers that all links of the worker share.
 */
public final class TlsLink implements Link, Link.Events {
  private static final int SCRATCH_BYTES = 64 * 1024;
  private static final ThreadLocal<ByteBuffer> DECRYPTED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(SCRATCH_BYTES));
  private static final ThreadLocal<ByteBuffer> ENCRYPTED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(2 * SCRATCH_BYTES));
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final ByteString EMPTY = ByteString.emptyByteString();

  /** Looks at what both sides have agreed on, before anything else passes. */
  public interface Agreed {
    /**
     * @param protocol as ALPN names it; empty for none
     * @throws SSLException if it can't be used: then the link breaks
     */
    void on(String protocol) throws SSLException;
  }

  private final Link below;
  private final SSLEngine engine;
  private Events events;
  private Agreed agreed = protocol -> {};
  private ByteString encrypted = EMPTY;
  private ByteString early = EMPTY;
  private boolean handshaken;
  private boolean closed;
  private boolean told;

  /** @param below must tell its events to this link from now on */
  public TlsLink(Link below, SSLEngine engine, Events events) {
    this.below = below;
    this.engine = engine;
    this.events = events;
    below.events(this);
  }

  public SSLEngine engine() {
    return engine;
  }

  /** Called when the handshake is through. */
  public void whenAgreed(Agreed agreed) {
    this.agreed = agreed;
  }

  /** Sends the first message of a client's handshake. */
  public void start() {
    try {
      engine.beginHandshake();
      proceed();
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public void events(Events events) {
    this.events = events;
  }

  @Override
  public void write(ByteString bytes) {
    if (closed) {
      return;
    }
    if (!handshaken) {
      early = early.concat(bytes);
      return;
    }
    try {
      encrypt(bytes.toByteBuffer());
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public void writeLent(ByteBuffer bytes) {
    if (closed) {
      return;
    }
    if (!handshaken) {
      early = early.concat(ByteString.fromByteBuffer(bytes));
      return;
    }
    try {
      encrypt(bytes);
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public boolean reached() {
    return handshaken;
  }

  @Override
  public int unsent() {
    return early.size() + below.unsent();
  }

  @Override
  public void pause() {
    below.pause();
  }

  @Override
  public void resume() {
    below.resume();
  }

  @Override
  public void finish(boolean lingering) {
    if (closed) {
      return;
    }
    closed = true;
    engine.closeOutbound();
    try {
      wrapNothing();
    } catch (SSLException e) {
      // The connection closes either way; only the courtesy of a close_notify is lost.
    }
    below.finish(lingering);
  }

  @Override
  public void abort() {
    closed = true;
    below.abort();
  }

  @Override
  public void received(ByteString bytes) {
    if (closed) {
      return;
    }
    encrypted = encrypted.isEmpty() ? bytes : encrypted.concat(bytes);
    try {
      proceed();
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public void lent(ByteBuffer bytes) {
    if (closed) {
      return;
    }
    if (encrypted.nonEmpty()) {
      received(ByteString.fromByteBuffer(bytes));
      return;
    }
    try {
      proceed(bytes);
    } catch (SSLException e) {
      fail(e);
    }
  }

  @Override
  public void drained() {
    if (handshaken && !closed) {
      events.drained();
    }
  }

  @Override
  public void finished() {
    if (!closed) {
      events.finished();
    }
  }

  @Override
  public void broken(String why) {
    closed = true;
    if (!told) {
      told = true;
      events.broken(why);
    }
  }

  /** Runs the engine until it needs bytes from the peer. */
  private void proceed() throws SSLException {
    ByteBuffer in = encrypted.toByteBuffer();
    encrypted = EMPTY;
    proceed(in);
  }

  private void proceed(ByteBuffer in) throws SSLException {
    while (!closed) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      } else if (status == HandshakeStatus.NEED_WRAP) {
        wrapNothing();
      } else {
        noteHandshaken(status);
        if (!decrypt(in)) {
          break;
        }
      }
    }
    encrypted = in.hasRemaining() ? ByteString.fromByteBuffer(in) : EMPTY;
  }

  /** Decrypts one record; false if there is none, or the peer has closed. */
  private boolean decrypt(ByteBuffer in) throws SSLException {
    ByteBuffer out = DECRYPTED.get().clear();
    SSLEngineResult result = engine.unwrap(in, out);
    if (out.position() > 0) {
      events.lent(out.flip());
    }
    noteHandshaken(result.getHandshakeStatus());
    return switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> false;
      case CLOSED -> {
        in.position(in.limit());
        if (!closed) {
          events.finished();
        }
        yield false;
      }
      case BUFFER_OVERFLOW -> throw new SSLException("a record above " + SCRATCH_BYTES + " bytes");
      case OK ->
        in.hasRemaining() || result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    };
  }

  private void noteHandshaken(HandshakeStatus status) throws SSLException {
    if (!handshaken && (status == HandshakeStatus.FINISHED || isOver(status))) {
      agreed.on(String.valueOf(engine.getApplicationProtocol()));
      handshaken = true;
      ByteString waiting = early;
      early = EMPTY;
      encrypt(waiting.toByteBuffer());
    }
  }

  private boolean isOver(HandshakeStatus status) {
    return status == HandshakeStatus.NOT_HANDSHAKING
        && engine.getSession().isValid()
        && !engine.getSession().getProtocol().equals("NONE");
  }

  private void encrypt(ByteBuffer in) throws SSLException {
    while (in.hasRemaining()) {
      ByteBuffer out = ENCRYPTED.get().clear();
      boolean fits = true;
      while (in.hasRemaining() && fits) {
        SSLEngineResult result = engine.wrap(in, out);
        fits = result.getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW;
        if (result.getStatus() == SSLEngineResult.Status.CLOSED || !fits && out.position() == 0) {
          throw new SSLException("the connection takes no more: " + result.getStatus());
        }
      }
      below.writeLent(out.flip());
    }
  }

  private void wrapNothing() throws SSLException {
    ByteBuffer out = ENCRYPTED.get().clear();
    engine.wrap(NOTHING, out);
    if (out.flip().hasRemaining()) {
      below.writeLent(out);
    }
  }

  private void fail(SSLException e) {
    if (closed) {
      return;
    }
    closed = true;
    try {
      wrapNothing();
    } catch (SSLException ignored) {
      // The alert is a courtesy.
    }
    below.finish(true);
    broken("TLS: " + e.getMessage());
  }
}
