package dev.sluice.ingress;

import java.security.GeneralSecurityException;
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
  /**
   * Reads one.
   *
   * @param chain leaf first, in PEM
   * @param privateKey of the leaf, in PEM
   * @throws GeneralSecurityException that says what is wrong with them
   */
  public static Certificate read(ObjectKey secret, byte[] chain, byte[] privateKey)
      throws GeneralSecurityException {
    List<X509Certificate> read = Pem.certificates(chain);
    return new Certificate(secret, read, Pem.privateKey(privateKey, read.get(0).getPublicKey()));
  }

  @Override
  public String toString() {
    return secret.toString();
  }
}
