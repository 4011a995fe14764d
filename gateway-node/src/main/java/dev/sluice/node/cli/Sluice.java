package dev.sluice.node.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./sluice} starts. */
@Command(
    name = "sluice",
    subcommands = {
      RunCommand.class,
      ClusterCommand.class,
      NodeCommand.class,
      IngressReportCommand.class,
      ExplainCommand.class
    },
    description = "The gateway in front of a Kubernetes cluster and of its language models.")
public final class Sluice {
  private Sluice() {}

  public static void main(String[] arguments) {
    CommandLine commands = new CommandLine(new Sluice());
    commands.setExecutionExceptionHandler((failure, command, parsed) -> {
      command.getErr().println("sluice: " + Failures.messageOf(failure));
      return CommandLine.ExitCode.SOFTWARE;
    });
    int exit = commands.execute(arguments);
    if (exit != CommandLine.ExitCode.OK) {
      System.exit(exit);
    }
  }
}
