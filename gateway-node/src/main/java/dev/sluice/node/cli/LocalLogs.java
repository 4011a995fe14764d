package dev.sluice.node.cli;

import java.nio.file.Path;

/** Where a local node writes its logs; to be called before anything logs. See logback.xml. */
final class LocalLogs {
  private LocalLogs() {}

  /** Nowhere: for commands whose output is their answer. */
  static void toNowhere() {
    System.setProperty("sluice.log.to", "NONE");
    System.setProperty("sluice.access.to", "NONE");
    System.setProperty("sluice.terminal.to", "NONE");
  }

  static void to(Path folder, String node) {
    System.setProperty("sluice.log.to", "FILES");
    System.setProperty("sluice.access.to", "ACCESS_FILE");
    System.setProperty("sluice.terminal.to", "TERMINAL");
    System.setProperty("sluice.log.folder", folder.toString());
    System.setProperty("sluice.log.node", node);
  }
}
