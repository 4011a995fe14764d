package dev.sluice.ingress;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys as Kubernetes keeps them: PEM, keys as PKCS #8, PKCS #1 (RSA) or SEC 1 (EC). */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final byte[] RSA_ALGORITHM = hex("300d06092a864886f70d0101010500");
  private static final byte[] EC_ALGORITHM = hex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final byte[] EC_384_ALGORITHM = hex("301006072a8648ce3d020106052b81040022");
  private static final byte[] VERSION_0 = hex("020100");

  private Pem() {}

  /**
   * @return the certificates in the order they stand, at least one
   * @throws GeneralSecurityException with a reason for people, if there are none or one can't be read
   */
  static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      if (block.group(1).endsWith("CERTIFICATE")) {
        chain.add((X509Certificate)
            x509.generateCertificate(new ByteArrayInputStream(bytes(block.group(2)))));
      }
    }
    if (chain.isEmpty()) {
      throw new GeneralSecurityException("no certificate in PEM");
    }
    return chain;
  }

  /**
   * @param of public key that the private key must belong to
   * @throws GeneralSecurityException with a reason for people that shows nothing of the key
   */
  static PrivateKey privateKey(byte[] pem, PublicKey of) throws GeneralSecurityException {
    Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      byte[] der = bytes(block.group(2));
      List<byte[]> candidates = switch (block.group(1)) {
        case "PRIVATE KEY" -> List.of(der);
        case "RSA PRIVATE KEY" -> List.of(pkcs8(RSA_ALGORITHM, der));
        case "EC PRIVATE KEY" -> List.of(pkcs8(EC_ALGORITHM, der), pkcs8(EC_384_ALGORITHM, der));
        default -> List.of();
      };
      for (byte[] candidate : candidates) {
        PrivateKey key = tryRead(candidate, of);
        if (key != null) {
          return key;
        }
      }
    }
    throw new GeneralSecurityException("no private key in PEM that belongs to the certificate");
  }

  private static @org.jspecify.annotations.Nullable PrivateKey tryRead(byte[] pkcs8, PublicKey of) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      return belongTogether(key, of) ? key : null;
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    String algorithm = switch (publicKey.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> publicKey.getAlgorithm();
    };
    byte[] probe = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(probe);
    return signature.verify(signed);
  }

  /** Wraps a key of an older form: SEQUENCE { version 0, algorithm, OCTET STRING { key } }. */
  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    byte[] octets = tlv(0x04, key);
    byte[] all = new byte[VERSION_0.length + algorithm.length + octets.length];
    System.arraycopy(VERSION_0, 0, all, 0, VERSION_0.length);
    System.arraycopy(algorithm, 0, all, VERSION_0.length, algorithm.length);
    System.arraycopy(octets, 0, all, VERSION_0.length + algorithm.length, octets.length);
    return tlv(0x30, all);
  }

  private static byte[] tlv(int tag, byte[] value) {
    int size = value.length;
    byte[] head = size < 128
        ? new byte[] {(byte) tag, (byte) size}
        : size < 256
            ? new byte[] {(byte) tag, (byte) 0x81, (byte) size}
            : new byte[] {(byte) tag, (byte) 0x82, (byte) (size >> 8), (byte) size};
    byte[] all = new byte[head.length + size];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(value, 0, all, head.length, size);
    return all;
  }

  private static byte[] bytes(String base64) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("not base64 inside PEM", e);
    }
  }

  private static byte[] hex(String digits) {
    byte[] bytes = new byte[digits.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }
}
