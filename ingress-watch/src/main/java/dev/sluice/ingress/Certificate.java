package dev.sluice.ingress;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a host is served with.
 *
 * @param secret where it came from
 * @param chain leaf first
 */
public record Certificate(ObjectKey secret, List<X509Certificate> chain, PrivateKey privateKey) {
  @Override
  public String toString() {
    return secret.toString();
  }
}
