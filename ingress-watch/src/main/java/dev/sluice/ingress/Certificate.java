package dev.sluice.ingress;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** @param chain leaf first; @param secret where it came from */
public record Certificate(ObjectKey secret, List<X509Certificate> chain, PrivateKey privateKey) {
  @Override
  public String toString() {
    return secret.toString();
  }
}
