package dev.sluice.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer, as they were fetched last. Fetching blocks, and is done on threads that may; asking does not.
 * Keys that could not be fetched anew are used on for a while.
 */
final class IssuerKeys {
  private record Fetched(JWKSet keys, long atNanos) {}

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FULL_STATUS = 200;

  private final Issuer issuer;
  private final IdentitySettings settings;
  private final LongSupplier nanos;
  private volatile @Nullable Fetched fetched;
  private long triedNanos;
  private boolean tried;
  private boolean failing;

  IssuerKeys(Issuer issuer, IdentitySettings settings, LongSupplier nanos) {
    this.issuer = issuer;
    this.settings = settings;
    this.nanos = nanos;
  }

  Issuer issuer() {
    return issuer;
  }

  /** The keys; null if there are none, or none that are new enough. */
  @Nullable
  JWKSet keys() {
    Fetched last = fetched;
    return last == null
            || nanos.getAsLong() - last.atNanos() > settings.keepKeys().toNanos()
        ? null
        : last.keys();
  }

  /**
   * Fetches the keys if it is time to. Blocks.
   *
   * @param missing whether a key was asked for that is not among them: then they are fetched sooner
   */
  synchronized void refresh(boolean missing) {
    long now = nanos.getAsLong();
    Duration wait =
        missing || fetched == null || failing ? settings.retryDelay() : settings.refreshInterval();
    if (tried && now - triedNanos < wait.toNanos()) {
      return;
    }
    tried = true;
    triedNanos = now;
    try {
      HttpClient client = client();
      JWKSet keys = JWKSet.parse(
          new String(get(client, URI.create(jwksUrl(client))), StandardCharsets.UTF_8));
      fetched = new Fetched(keys, nanos.getAsLong());
      if (failing) {
        LOG.info("the keys of the issuer {} can be fetched again", issuer.name());
      }
      failing = false;
    } catch (IOException | ParseException | GeneralSecurityException | RuntimeException e) {
      if (!failing) {
        LOG.warn("the keys of the issuer {} can't be fetched: {}", issuer.name(), e.toString());
      }
      failing = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String jwksUrl(HttpClient client) throws IOException, InterruptedException {
    if (!issuer.jwksUrl().isEmpty()) {
      return issuer.jwksUrl();
    }
    String base = issuer.issuer().replaceAll("/+$", "");
    JsonNode document =
        JSON.readTree(get(client, URI.create(base + "/.well-known/openid-configuration")));
    if (!document.path("issuer").asText().equals(issuer.issuer())) {
      throw new IOException("its discovery document is another issuer's");
    }
    String url = document.path("jwks_uri").asText();
    if (base.startsWith("https:") && !url.startsWith("https:")) {
      throw new IOException("its discovery document leads from https to something else");
    }
    return url;
  }

  private byte[] get(HttpClient client, URI url) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url)
        .timeout(settings.fetchTimeout())
        .header("Accept", "application/json");
    if (!issuer.tokenFile().isEmpty()) {
      request.header(
          "Authorization",
          "Bearer " + Files.readString(Path.of(issuer.tokenFile())).strip());
    }
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      byte[] bytes = body.readNBytes((int) settings.keysBytes() + 1);
      if (answer.statusCode() != FULL_STATUS || bytes.length > settings.keysBytes()) {
        throw new IOException(
            url + " answered " + answer.statusCode() + " with " + bytes.length + " bytes");
      }
      return bytes;
    }
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    HttpClient.Builder client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(settings.fetchTimeout())
        .followRedirects(HttpClient.Redirect.NEVER);
    if (!issuer.caFile().isEmpty()) {
      client.sslContext(trusting(Files.readAllBytes(Path.of(issuer.caFile()))));
    }
    return client.build();
  }

  private static SSLContext trusting(byte[] pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate one : CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem))) {
      store.setCertificateEntry("ca-" + number++, one);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
