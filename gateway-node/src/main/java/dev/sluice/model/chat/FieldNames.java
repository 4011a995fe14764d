package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

/**
 * Names of fields that decide what a request may do and cost. Servers written in Go read names in any case, and two letters
 * beyond ASCII as k and s: such a field would pass here as unknown, and count there.
 */
public final class FieldNames {
  private static final Set<String> DECIDING = Set.of(
      "model",
      "models",
      "stream",
      "stream_options",
      "n",
      "best_of",
      "n_cmpl",
      "max_tokens",
      "max_completion_tokens",
      "max_output_tokens",
      "n_predict",
      "num_predict",
      "max_new_tokens",
      "max_length",
      "max_gen_len",
      "messages",
      "system",
      "prompt",
      "suffix",
      "instructions",
      "input",
      "query",
      "documents",
      "tools",
      "functions",
      "prediction",
      "previous_response_id",
      "conversation",
      "background",
      "partial_images",
      "frame_count");

  private FieldNames() {}

  /** @throws UnsayableException that names the first that is written otherwise */
  public static void check(ObjectNode body) throws UnsayableException {
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      check(names.next());
    }
  }

  /** @throws UnsayableException if it is written otherwise */
  public static void check(String field) throws UnsayableException {
    if (isPlain(field)) {
      return;
    }
    String plain = field.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    if (DECIDING.contains(plain)) {
      throw new UnsayableException(field, field + " must be written " + plain);
    }
  }

  private static boolean isPlain(String field) {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c >= 0x80 || c >= 'A' && c <= 'Z') {
        return false;
      }
    }
    return true;
  }
}
