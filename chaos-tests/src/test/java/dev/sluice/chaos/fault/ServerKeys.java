package dev.sluice.chaos.fault;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A certificate for an address that it has signed itself, and its key, as files in PEM. */
public final class ServerKeys {
  private static final String PASSWORD = "changeit";
  private static final long SECONDS = 60;

  private final Path certificate;
  private final Path key;

  private ServerKeys(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** Made by the JDK's keytool. */
  public static ServerKeys create(Path folder, String address) throws Exception {
    Files.createDirectories(folder);
    Path store = folder.resolve("store.p12");
    Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=server",
            "-ext",
            "san=ip:" + address,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("keytool.log").toFile())
        .start();
    if (!keytool.waitFor(SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new AssertionError(Files.readString(folder.resolve("keytool.log")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(store)) {
      keys.load(bytes, PASSWORD.toCharArray());
    }
    Certificate made = keys.getCertificate("server");
    Key privateKey = keys.getKey("server", PASSWORD.toCharArray());
    Path keyFile =
        Files.writeString(folder.resolve("tls.key"), pem("PRIVATE KEY", privateKey.getEncoded()));
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    return new ServerKeys(
        Files.writeString(folder.resolve("tls.crt"), pem("CERTIFICATE", made.getEncoded())),
        keyFile);
  }

  private static String pem(String what, byte[] bytes) {
    byte[] newLine = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN " + what + "-----\n"
        + Base64.getMimeEncoder(64, newLine).encodeToString(bytes)
        + "\n-----END " + what + "-----\n";
  }

  public Path certificate() {
    return certificate;
  }

  public Path key() {
    return key;
  }

  /** As a webhook's caBundle. */
  public String bundle() throws Exception {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
  }
}
