package dev.sluice.ingress;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

/** A key and a certificate for it, signed by itself, valid until 2049; both in the forms that Secrets hold. */
final class Pki {
  private static final byte[] SHA256_WITH_RSA = hex("300d06092a864886f70d01010b0500");
  private static final byte[] SHA256_WITH_ECDSA = hex("300a06082a8648ce3d040302");
  private static final byte[] SUBJECT = hex("300f310d300b06035504030c0474657374"); // CN=test
  private static final byte[] SUBJECT_ALT_NAME = hex("0603551d11");

  private final KeyPair keys;
  private final byte[] certificate;

  private Pki(KeyPair keys, byte[] certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  static Pki rsa(String... hosts) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return create(generator.generateKeyPair(), "SHA256withRSA", SHA256_WITH_RSA, hosts);
  }

  /** @param curve such as secp256r1 */
  static Pki ec(String curve, String... hosts) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return create(generator.generateKeyPair(), "SHA256withECDSA", SHA256_WITH_ECDSA, hosts);
  }

  private static Pki create(KeyPair keys, String algorithm, byte[] oid, String... hosts)
      throws GeneralSecurityException {
    byte[][] names = new byte[hosts.length][];
    for (int i = 0; i < hosts.length; i++) {
      names[i] = tlv(0x82, hosts[i].getBytes(StandardCharsets.US_ASCII));
    }
    byte[] altNames = tlv(0x30, SUBJECT_ALT_NAME, tlv(0x04, tlv(0x30, names)));
    byte[] validity = tlv(0x30, time("200101000000Z"), time("491231235959Z"));
    byte[] body = tlv(
        0x30,
        tlv(0xA0, hex("020102")),
        hex("020101"),
        oid,
        SUBJECT,
        validity,
        SUBJECT,
        keys.getPublic().getEncoded(),
        tlv(0xA3, tlv(0x30, altNames)));
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(keys.getPrivate());
    signature.update(body);
    return new Pki(keys, tlv(0x30, body, oid, tlv(0x03, new byte[1], signature.sign())));
  }

  String certificate() {
    return pem("CERTIFICATE", certificate);
  }

  /** PKCS #8. */
  String privateKey() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** PKCS #1 of an RSA key, SEC 1 of an EC key. */
  String olderPrivateKey() {
    ByteBuffer pkcs8 = ByteBuffer.wrap(keys.getPrivate().getEncoded());
    enter(pkcs8);
    skip(pkcs8);
    skip(pkcs8);
    byte[] inner = new byte[enter(pkcs8)];
    pkcs8.get(inner);
    return pem(keys.getPrivate().getAlgorithm() + " PRIVATE KEY", inner);
  }

  private static String pem(String name, byte[] der) {
    String base64 = Base64.getMimeEncoder().encodeToString(der);
    return "-----BEGIN " + name + "-----\n" + base64 + "\n-----END " + name + "-----\n";
  }

  private static byte[] time(String text) {
    return tlv(0x17, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int size = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (size >= 128) {
      all.write(0x82);
      all.write(size >> 8);
    }
    all.write(size);
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  /** Goes into the next value; returns its length. */
  private static int enter(ByteBuffer der) {
    der.get();
    int size = der.get() & 0xff;
    int more = size < 128 ? 0 : size - 128;
    size = more == 0 ? size : 0;
    for (int i = 0; i < more; i++) {
      size = size << 8 | der.get() & 0xff;
    }
    return size;
  }

  private static void skip(ByteBuffer der) {
    int size = enter(der);
    der.position(der.position() + size);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
