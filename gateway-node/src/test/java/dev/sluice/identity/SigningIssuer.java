package dev.sluice.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An issuer of tokens: its discovery document and its keys over HTTP, and tokens that it signs. */
public final class SigningIssuer implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile ECKey key;

  public SigningIssuer() throws IOException, JOSEException {
    key = newKey("first");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      boolean keys = exchange.getRequestURI().getPath().equals("/keys");
      fetches.addAndGet(keys ? 1 : 0);
      byte[] body = (keys
              ? new JWKSet(key.toPublicJWK()).toString()
              : "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}")
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  static ECKey newKey(String id) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int fetches() {
    return fetches.get();
  }

  /** From now on with another key. */
  void rotate(String id) throws JOSEException {
    key = newKey(id);
  }

  /** A token for the audience sluice, good for five minutes, but for what is changed. */
  public String token(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return token(key, url(), change);
  }

  static String token(ECKey key, String issuer, UnaryOperator<JWTClaimsSet.Builder> change)
      throws JOSEException {
    SignedJWT token = new SignedJWT(
        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
        change
            .apply(new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("someone")
                .audience("sluice")
                .expirationTime(Date.from(Instant.now().plusSeconds(300))))
            .build());
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
