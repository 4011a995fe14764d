package dev.sluice.model.chat;

import java.util.List;

/** What one side said. Results of tools are the user's. */
public record Turn(Role role, List<Part> parts) {
  /** Who speaks. */
  public enum Role {
    USER,
    ASSISTANT
  }

  public Turn {
    parts = List.copyOf(parts);
  }
}
