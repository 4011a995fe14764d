package dev.sluice.model.chat;

import java.util.ArrayList;
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

  /** The same, with neighbours of one role in one turn. */
  public static List<Turn> merged(List<Turn> turns) {
    List<Turn> merged = new ArrayList<>();
    for (int i = 0; i < turns.size(); ) {
      Role role = turns.get(i).role();
      List<Part> parts = new ArrayList<>();
      for (; i < turns.size() && turns.get(i).role() == role; i++) {
        parts.addAll(turns.get(i).parts());
      }
      merged.add(new Turn(role, parts));
    }
    return merged;
  }
}
