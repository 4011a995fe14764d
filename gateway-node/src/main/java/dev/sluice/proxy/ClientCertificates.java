package dev.sluice.proxy;

import dev.sluice.ingress.Filter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges the certificates that clients show, and tells upstreams of them. */
final class ClientCertificates {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private ClientCertificates() {}

  /** Null if the request may go on; its upstream is then told who the client is. */
  static @Nullable Refusal judge(Inbound request, Filter.ClientCertificate asked) {
    List<X509Certificate> chain = request.arrival().certificates();
    if (chain.isEmpty()) {
      if (asked.required()) {
        return new Refusal.BadRequest(400, "no client certificate was sent");
      }
      request.clientFields(Map.of("ssl-client-verify", "NONE"));
      return null;
    }
    boolean good = isMadeByOneOf(chain, asked);
    if (!good && asked.verified()) {
      return new Refusal.BadRequest(400, "the client certificate can't be verified");
    }
    X509Certificate leaf = chain.get(0);
    String subject = leaf.getSubjectX500Principal().getName();
    if (asked.subject() != null && !asked.subject().matcher(subject).find()) {
      return new Refusal.Forbidden("not with this client certificate");
    }
    Map<String, String> fields = new HashMap<>();
    fields.put("ssl-client-verify", good ? "SUCCESS" : "FAILED:unable to verify");
    fields.put("ssl-client-subject-dn", subject);
    fields.put("ssl-client-issuer-dn", leaf.getIssuerX500Principal().getName());
    if (asked.passes()) {
      fields.put("ssl-client-cert", pem(leaf));
    }
    request.clientFields(fields);
    return null;
  }

  private static boolean isMadeByOneOf(
      List<X509Certificate> chain, Filter.ClientCertificate asked) {
    try {
      Set<TrustAnchor> anchors = asked.authorities().stream()
          .map(authority -> new TrustAnchor(authority, null))
          .collect(Collectors.toSet());
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      List<X509Certificate> path =
          chain.stream().filter(one -> !asked.authorities().contains(one)).toList();
      if (path.isEmpty() || path.size() > asked.depth()) {
        return false;
      }
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return true;
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("there is at least one authority", e);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** PEM, escaped as in a URL. */
  private static String pem(X509Certificate certificate) {
    try {
      return Variables.escaped("-----BEGIN CERTIFICATE-----\n"
          + new String(LINES.encode(certificate.getEncoded()), StandardCharsets.US_ASCII)
          + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
