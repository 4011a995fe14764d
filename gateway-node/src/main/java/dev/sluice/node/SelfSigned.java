package dev.sluice.node;

import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** A certificate that nobody vouches for, for hosts that have none: made anew at each start (X.509 v3, ECDSA P-256). */
final class SelfSigned {
  private static final Duration VALID = Duration.ofDays(365);
  /** As ingress-nginx calls its own, so that what looks for it finds it. */
  private static final String NAME = "Kubernetes Ingress Controller Fake Certificate";

  private static final String DNS = "ingress.local";
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int UTF8_STRING = 0x0C;
  private static final int UTC = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int VERSION = 0xA0;
  private static final int EXTENSIONS = 0xA3;
  private static final int DNS_NAME = 0x82;
  private static final byte[] ECDSA_WITH_SHA256 =
      oid(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02);
  private static final byte[] COMMON_NAME = oid(0x55, 0x04, 0x03);
  private static final byte[] SUBJECT_ALT_NAME = oid(0x55, 0x1D, 0x11);

  private SelfSigned() {}

  static Certificate create(Instant now) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    byte[] algorithm = tlv(SEQUENCE, ECDSA_WITH_SHA256);
    byte[] name =
        tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, COMMON_NAME, tlv(UTF8_STRING, ascii(NAME)))));
    byte[] altNames = tlv(SEQUENCE, tlv(DNS_NAME, ascii(DNS)));
    byte[] body = tlv(
        SEQUENCE,
        tlv(VERSION, tlv(INTEGER, new byte[] {2})),
        tlv(INTEGER, new BigInteger(127, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
        algorithm,
        name,
        tlv(SEQUENCE, time(now.minus(Duration.ofHours(1))), time(now.plus(VALID))),
        name,
        pair.getPublic().getEncoded(),
        tlv(
            EXTENSIONS,
            tlv(SEQUENCE, tlv(SEQUENCE, SUBJECT_ALT_NAME, tlv(OCTET_STRING, altNames)))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(body);
    byte[] whole =
        tlv(SEQUENCE, body, algorithm, tlv(BIT_STRING, new byte[] {0}, signature.sign()));
    X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
    return new Certificate(
        new ObjectKey("Generated", "", NAME), List.of(certificate), pair.getPrivate());
  }

  private static byte[] time(Instant instant) {
    return tlv(UTC, ascii(UTC_TIME.format(instant)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] oid(int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      value[i] = (byte) bytes[i];
    }
    return tlv(0x06, value);
  }

  private static byte[] tlv(int tag, byte[]... parts) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      value.writeBytes(part);
    }
    int size = value.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (size >= 256) {
      out.write(0x82);
      out.write(size >> 8);
    } else if (size >= 128) {
      out.write(0x81);
    }
    out.write(size);
    out.writeBytes(value.toByteArray());
    return out.toByteArray();
  }
}
