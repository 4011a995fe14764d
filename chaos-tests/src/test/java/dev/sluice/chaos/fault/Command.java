package dev.sluice.chaos.fault;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a command of the launcher that ends by itself came to.
 *
 * @param output what it printed, without its errors
 */
public record Command(int exitValue, String output, String errors) {
  private static final Path LAUNCHER = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final long SECONDS = 90;

  /** @param folder where its output is kept meanwhile */
  public static Command run(Path folder, String... arguments) throws Exception {
    Files.createDirectories(folder);
    Path output = Files.createTempFile(folder, "command", ".out");
    Path errors = Files.createTempFile(folder, "command", ".err");
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(errors.toFile())
        .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + command);
    }
    return new Command(
        process.exitValue(),
        Files.readString(output, StandardCharsets.UTF_8),
        Files.readString(errors, StandardCharsets.UTF_8));
  }
}
