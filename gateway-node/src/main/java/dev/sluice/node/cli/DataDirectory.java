package dev.sluice.node.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The folder that a local run keeps everything in. One launcher at a time: its pid is in {@code run/launcher.pid}. */
final class DataDirectory implements AutoCloseable {
  private static final int TOKEN_BYTES = 32;

  private final Path root;
  private final FileChannel channel;
  private final Path pidFile;

  private DataDirectory(Path root, FileChannel channel, Path pidFile) {
    this.root = root;
    this.channel = channel;
    this.pidFile = pidFile;
  }

  /** @throws IOException if another launcher has it, with a message that says which */
  static DataDirectory lock(Path root) throws IOException {
    Path run = Files.createDirectories(root.resolve("run"));
    Files.createDirectories(root.resolve("logs"));
    FileChannel channel =
        FileChannel.open(run.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    Path pidFile = run.resolve("launcher.pid");
    if (lock == null) {
      channel.close();
      String pid = Files.exists(pidFile) ? " (pid " + Files.readString(pidFile).strip() + ")" : "";
      throw new IOException("another sluice runs on " + root + pid
          + ": stop it with ./sluice stop, or use another --data");
    }
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
    return new DataDirectory(root, channel, pidFile);
  }

  Path root() {
    return root;
  }

  Path logs() {
    return root.resolve("logs");
  }

  /** The token of the admin API that belongs to this folder, for its owner's eyes only; made where there is none. */
  String adminToken() throws IOException {
    Path file = adminTokenFile();
    if (!Files.exists(file)) {
      byte[] bytes = new byte[TOKEN_BYTES];
      new SecureRandom().nextBytes(bytes);
      Files.deleteIfExists(root.resolve("run/admin-token.new"));
      Path made = Files.createFile(
          root.resolve("run/admin-token.new"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(made, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  Path adminTokenFile() {
    return root.resolve("admin-token");
  }

  /** Notes the pid of a process that must not outlive the launcher. */
  void notePid(String name, long pid) throws IOException {
    Files.writeString(root.resolve("run").resolve(name + ".pid"), pid + "\n");
  }

  void forgetPid(String name) throws IOException {
    Files.deleteIfExists(root.resolve("run").resolve(name + ".pid"));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(pidFile);
    channel.close();
  }
}
