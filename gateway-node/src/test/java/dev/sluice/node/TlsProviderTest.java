package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.GatewayWide;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever does the cryptography: the JDK's client agrees with the node on the same things. */
class TlsProviderTest {
  private static final int ROOM = 64 * 1024;

  private static Certificates certificates(TlsProvider provider) throws GeneralSecurityException {
    return new Certificates(
        provider,
        Map::of,
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

  /** Lets both speak until neither has more to say, the server once it was spoken to; returns what it has read. */
  private static String speak(SSLEngine client, SSLEngine server, String text) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    ByteBuffer read = ByteBuffer.allocate(ROOM);
    ByteBuffer said = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    int answered = 0;
    boolean moved = true;
    while (moved) {
      moved = step(client, said, toServer, toClient, ByteBuffer.allocate(ROOM));
      ByteBuffer answer = ByteBuffer.wrap(new byte[read.position() > answered ? 1 : 0]);
      moved |= step(server, answer, toClient, toServer, read);
      answered = answer.position() > 0 ? read.position() : answered;
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
    Judging judging = new Judging();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {judging}, null);
    SSLEngine first = client(context, "http/1.1");
    assertThat(speak(first, certificates.serverEngine("", true), "one")).isEqualTo("one");
    assertThat(judging.judged).isEqualTo(1);
    SSLEngine again = client(context, "http/1.1");
    assertThat(speak(again, certificates.serverEngine("", true), "two")).isEqualTo("two");
    assertThat(judging.judged).isEqualTo(1);
  }

  /** Counts the certificates that a client is shown: one that goes on with its session is shown none. */
  private static final class Judging implements X509TrustManager {
    private int judged;

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      judged++;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
