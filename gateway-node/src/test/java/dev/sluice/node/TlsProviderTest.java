package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.GatewayWide;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever does the cryptography: the JDK's client agrees with the node on the same things. */
class TlsProviderTest {
  private static final int ROOM = 64 * 1024;

  private final AtomicInteger asked = new AtomicInteger();

  private Certificates certificates(TlsProvider provider) throws GeneralSecurityException {
    return new Certificates(
        provider,
        () -> {
          asked.incrementAndGet();
          return Map.<String, Certificate>of();
        },
        SelfSigned.create(Instant.now()),
        host -> false,
        () -> GatewayWide.DEFAULT);
  }

  private static SSLEngine client(SSLContext context, String... protocols) {
    SSLEngine engine = context.createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Lets both speak until neither has more to say, and returns what the server has read. */
  private static String speak(SSLEngine client, SSLEngine server, String text) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    ByteBuffer read = ByteBuffer.allocate(ROOM);
    ByteBuffer said = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    boolean moved = true;
    while (moved) {
      moved = step(client, said, toServer, toClient, ByteBuffer.allocate(ROOM));
      moved |= step(server, ByteBuffer.allocate(0), toClient, toServer, read);
    }
    return StandardCharsets.US_ASCII.decode(read.flip()).toString();
  }

  private static boolean step(
      SSLEngine engine, ByteBuffer said, ByteBuffer out, ByteBuffer in, ByteBuffer read)
      throws SSLException {
    for (Runnable task = engine.getDelegatedTask(); task != null; ) {
      task.run();
      task = engine.getDelegatedTask();
    }
    int before = out.position();
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_WRAP || said.hasRemaining()) {
      engine.wrap(said, out);
    }
    int taken = engine.unwrap(in.flip(), read).bytesConsumed();
    in.compact();
    return out.position() > before || taken > 0;
  }

  @ParameterizedTest
  @EnumSource
  void agreesOnHttp2AndTls13AndPassesBytes(TlsProvider provider) throws Exception {
    SSLEngine server = certificates(provider).serverEngine("", true);
    SSLEngine client = client(GeneratedTls.trustAll(), "h2", "http/1.1");
    assertThat(speak(client, server, "hello")).isEqualTo("hello");
    assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(server.getApplicationProtocol()).isEqualTo("h2");
  }

  @ParameterizedTest
  @EnumSource
  void agreesOnHttp11WhereHttp2IsOff(TlsProvider provider) throws Exception {
    SSLEngine server = certificates(provider).serverEngine("", false);
    SSLEngine client = client(GeneratedTls.trustAll(), "h2", "http/1.1");
    assertThat(speak(client, server, "hello")).isEqualTo("hello");
    assertThat(client.getApplicationProtocol()).isEqualTo("http/1.1");
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatComesAgainGoesOnWithItsSession(TlsProvider provider) throws Exception {
    Certificates certificates = certificates(provider);
    SSLContext context = GeneratedTls.trustAll();
    SSLEngine first = client(context, "http/1.1");
    assertThat(speak(first, certificates.serverEngine("", true), "one")).isEqualTo("one");
    int before = asked.get();
    assertThat(before).isPositive();
    SSLEngine again = client(context, "http/1.1");
    assertThat(speak(again, certificates.serverEngine("", true), "two")).isEqualTo("two");
    assertThat(asked.get()).isEqualTo(before);
  }
}
