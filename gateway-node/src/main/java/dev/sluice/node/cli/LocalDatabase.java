package dev.sluice.node.cli;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The embedded PostgreSQL of a single machine: unpacked once per user, its data kept in the data folder, fsync on, reached
 * over loopback with a generated password. PostgreSQL refuses to run as root; there it runs in a user namespace.
 */
final class LocalDatabase implements AutoCloseable {
  private static final String VERSION = "18.6.0";
  private static final String USER = "sluice";
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 30;

  private final Path binaries;
  private final Path cluster;
  private final Path log;
  private final String url;

  private LocalDatabase(Path binaries, Path cluster, Path log, String url) {
    this.binaries = binaries;
    this.cluster = cluster;
    this.log = log;
    this.url = url;
  }

  /**
   * Starts it, and creates it the first time. One that a killed launcher left behind is stopped first.
   *
   * @throws IOException with what went wrong and what to do
   */
  static LocalDatabase start(DataDirectory data) throws IOException {
    Path binaries = binaries();
    Path cluster = data.root().resolve("postgresql");
    Path passwordFile = data.root().resolve("postgresql-password");
    Path log = data.logs().resolve("postgresql.log");
    if (!Files.exists(cluster.resolve("PG_VERSION"))) {
      create(binaries, cluster, passwordFile, log);
    }
    int port = freePort();
    String password = Files.readString(passwordFile).strip();
    String url = "postgresql://" + USER + ":" + password + "@127.0.0.1:" + port + "/postgres";
    LocalDatabase database = new LocalDatabase(binaries, cluster, log, url);
    if (Files.exists(cluster.resolve("postmaster.pid"))) {
      database.control(STOP_SECONDS, "stop", "-m", "fast", "-w");
    }
    String options = "-p " + port
        + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections=200";
    int exit = database.control(
        START_SECONDS,
        "start",
        "-w",
        "-t",
        "" + START_SECONDS,
        "-l",
        log.toString(),
        "-o",
        options);
    if (exit != 0) {
      throw new IOException("the embedded PostgreSQL did not start: see " + log
          + ", or use your own with --database URL");
    }
    return database;
  }

  /** Where nodes reach it, with its password. */
  String url() {
    return url;
  }

  @Override
  public void close() throws IOException {
    control(STOP_SECONDS, "stop", "-m", "fast", "-w", "-t", "" + STOP_SECONDS);
  }

  private int control(long seconds, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(
        List.of(binaries.resolve("bin/pg_ctl").toString(), "-D", cluster.toString()));
    command.addAll(List.of(arguments));
    return execute(command, log, seconds);
  }

  private static void create(Path binaries, Path cluster, Path passwordFile, Path log)
      throws IOException {
    byte[] password = new byte[24];
    new SecureRandom().nextBytes(password);
    Files.deleteIfExists(passwordFile);
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, HexFormat.of().formatHex(password) + "\n");
    int exit = execute(
        List.of(
            binaries.resolve("bin/initdb").toString(),
            "-D",
            cluster.toString(),
            "-U",
            USER,
            "-E",
            "UTF-8",
            "--locale=C",
            "-A",
            "scram-sha-256",
            "--pwfile=" + passwordFile),
        log,
        START_SECONDS);
    if (exit != 0) {
      throw new IOException("the embedded PostgreSQL could not be created: see " + log
          + ", or use your own with --database URL");
    }
  }

  private static int execute(List<String> command, Path log, long seconds) throws IOException {
    List<String> whole = new ArrayList<>(isRoot() ? List.of("unshare", "-U") : List.of());
    whole.addAll(command);
    Process process = new ProcessBuilder(whole)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
    try {
      if (!process.waitFor(seconds + 10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return -1;
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The unpacked binaries; unpacked by the first who needs them, and complete as soon as their folder is there. */
  private static Path binaries() throws IOException {
    String cache =
        System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
    Path folder = Path.of(cache, "sluice", "postgresql-" + VERSION);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Files.createDirectories(folder.getParent());
    Path fresh = Files.createTempDirectory(folder.getParent(), "unpacking-");
    unpack(fresh);
    try {
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    return folder;
  }

  private static void unpack(Path into) throws IOException {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac")
        ? "Darwin"
        : "Linux";
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
      if (packed == null) {
        throw new IOException("no embedded PostgreSQL for " + system + " on " + machine
            + ": use your own with --database URL");
      }
      try (TarArchiveInputStream tar =
          new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpack(tar, entry, into);
        }
      }
    }
    Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
      throws IOException {
    Path target = into.resolve(entry.getName()).normalize();
    if (!target.startsWith(into)) {
      throw new IOException("an archive entry outside its folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, target);
      boolean executable = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }
}
