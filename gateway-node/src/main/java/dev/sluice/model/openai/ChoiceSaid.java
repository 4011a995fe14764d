package dev.sluice.model.openai;

import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What of one choice was said so far, as far as what comes next depends on it. */
final class ChoiceSaid {
  /** Of a thought that goes on, to be carried if it is signed. */
  private static final int MOST_THOUGHT_CHARACTERS = 1 << 20;

  boolean roleSaid;
  private final StringBuilder thought = new StringBuilder();
  private final List<CarriedThought> signed = new ArrayList<>();
  private final Set<Integer> withoutArguments = new TreeSet<>();
  private boolean anything;
  private boolean thoughtOver;

  /** Something was said aloud. */
  void spoke() {
    anything = true;
    thoughtOver = true;
  }

  void thought(String text) {
    if (thoughtOver) {
      thought.setLength(0);
      thoughtOver = false;
    }
    if (thought.length() + text.length() <= MOST_THOUGHT_CHARACTERS) {
      thought.append(text);
    }
  }

  /** The thought that ends here is to be known again. */
  void signed(Signature signature) {
    signed.add(new CarriedThought(thoughtOver ? "" : thought.toString(), signature, !anything));
    thought.setLength(0);
    thoughtOver = true;
  }

  /** A call begins. Returns its id, with the thoughts that led to it. */
  String began(int index, String id) {
    String carrying = CarriedThought.carry(id, signed);
    signed.clear();
    spoke();
    withoutArguments.add(index);
    return carrying;
  }

  void argued(int index) {
    withoutArguments.remove(index);
  }

  /** The calls whose arguments have not begun; they have now. */
  List<Integer> withoutArguments() {
    List<Integer> calls = List.copyOf(withoutArguments);
    withoutArguments.clear();
    return calls;
  }
}
