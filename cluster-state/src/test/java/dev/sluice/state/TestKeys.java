package dev.sluice.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate for a host that it has signed itself, and its key: files in PEM, made by the JDK's keytool. */
record TestKeys(Path certificate, Path key) {
  private static final String PASSWORD = "changeit";

  static TestKeys create(Path folder, String host)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = Files.createDirectories(folder).resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String command = keytool
        + " -genkeypair -alias it -keyalg EC -groupname secp256r1 -dname CN=it -ext san=dns:" + host
        + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore";
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add(store.toString());
    int exit = new ProcessBuilder(words).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("keytool ended with " + exit);
    }
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Path key = Files.createFile(
        folder.resolve("tls.key"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        key, pem("PRIVATE KEY", keys.getKey("it", PASSWORD.toCharArray()).getEncoded()));
    Path certificate = Files.writeString(
        folder.resolve("tls.crt"), pem("CERTIFICATE", keys.getCertificate("it").getEncoded()));
    return new TestKeys(certificate, key);
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END " + what + "-----\n";
  }
}
