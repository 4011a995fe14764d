package dev.sluice.ingress.kube;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.sluice.ingress.Declaration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Declarations as bytes, for the same build to read again. What another build has written, in which a declaration has
 * other fields, is refused: a field that is missing must not become a default.
 */
final class KeptFormat {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final byte[] SHAPE = shape();
  private static final TypeReference<List<Declaration>> ALL = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.builder()
      .addModule(new JavaTimeModule())
      .addMixIn(Declaration.class, Named.class)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .build();

  static {
    JSON.registerSubtypes(Declaration.class.getPermittedSubclasses());
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "declares")
  private interface Named {}

  private KeptFormat() {}

  /** @param key as in {@link KeptSettings}; empty: not encrypted */
  static byte[] write(List<Declaration> declared, String key)
      throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(SHAPE);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      JSON.writerFor(ALL).writeValue(zip, declared);
    }
    bytes.write(key.isEmpty() ? zipped.toByteArray() : encrypted(zipped.toByteArray(), key));
    return bytes.toByteArray();
  }

  /** @throws IOException if another build, or one with another key, has written it */
  static List<Declaration> read(byte[] bytes, String key) throws IOException {
    if (bytes.length < SHAPE.length || !Arrays.equals(SHAPE, Arrays.copyOf(bytes, SHAPE.length))) {
      throw new IOException("another version has written it");
    }
    byte[] content = Arrays.copyOfRange(bytes, SHAPE.length, bytes.length);
    try (GZIPInputStream zip = new GZIPInputStream(
        new ByteArrayInputStream(key.isEmpty() ? content : decrypted(content, key)))) {
      return JSON.readerFor(ALL).readValue(zip);
    } catch (GeneralSecurityException e) {
      throw new IOException("another key has encrypted it", e);
    }
  }

  private static byte[] encrypted(byte[] plain, String key) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(plain);
    byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
    System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
    return all;
  }

  private static byte[] decrypted(byte[] all, String key)
      throws IOException, GeneralSecurityException {
    if (all.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new IOException("its end is missing");
    }
    byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
    byte[] sealed = Arrays.copyOfRange(all, NONCE_BYTES, all.length);
    return cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(sealed);
  }

  private static Cipher cipher(int mode, String key, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(Base64.getDecoder().decode(key), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(SHAPE);
    return cipher;
  }

  /** Tells builds apart whose declarations have other fields. */
  private static byte[] shape() {
    Set<String> fields = new TreeSet<>();
    for (Class<?> one : Declaration.class.getPermittedSubclasses()) {
      describe(one, fields);
    }
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(String.join("\n", fields).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void describe(Class<?> one, Set<String> fields) {
    if (one.isEnum()) {
      fields.add(one.getName() + Arrays.toString(one.getEnumConstants()));
    }
    if (one.isRecord()) {
      for (RecordComponent part : one.getRecordComponents()) {
        if (fields.add(one.getName() + "." + part.getName() + " " + part.getGenericType())) {
          describe(part.getType(), fields);
        }
      }
    }
    for (Class<?> inner : one.getDeclaredClasses()) {
      describe(inner, fields);
    }
  }
}
