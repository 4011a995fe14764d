package dev.sluice.node.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder that a local run keeps everything in. One launcher at a time: its pid is in {@code run/launcher.pid}. */
final class DataDirectory implements AutoCloseable {
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
