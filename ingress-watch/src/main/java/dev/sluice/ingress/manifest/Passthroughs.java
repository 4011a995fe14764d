package dev.sluice.ingress.manifest;

import dev.sluice.ingress.ModelPassthrough;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a ModelRoute passes through as it is. */
final class Passthroughs {
  private static final int MOST_PATHS = 64;
  private static final int MOST_PATH_CHARS = 256;
  /** No segment is a dot or two. */
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){1,10}");

  private Passthroughs() {}

  /** Null if there is none. */
  static @Nullable ModelPassthrough read(Value value) {
    if (!value.exists()) {
      return null;
    }
    value.only("paths", "provider", "charge");
    List<String> paths = new ArrayList<>();
    for (Value path : value.field("paths").requiredItems(MOST_PATHS, "at least one path")) {
      String text = path.requiredText(
          one -> one.length() <= MOST_PATH_CHARS && PATH.matcher(one).matches(),
          "a path such as /v1/files");
      if (paths.contains(text)) {
        path.refuse("a text that is not in the list already");
      }
      paths.add(text);
    }
    String provider =
        value.field("provider").requiredText(Names::isSubdomain, "the name of a ModelProvider");
    String charge = value
        .field("charge")
        .textIfAny(text -> text.equals("request") || text.equals("context"), "request or context");
    return new ModelPassthrough(value.path(), paths, provider, charge.equals("context"));
  }
}
