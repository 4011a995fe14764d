package dev.sluice.ingress.report;

/**
 * What becomes of one field.
 *
 * @param place its file and line, or empty
 * @param field such as {@code metadata.annotations.nginx.ingress.kubernetes.io/auth-url}
 * @param value what it says; shortened; empty where the problem names it
 * @param unseen whether nobody could see a difference
 * @param there what ingress-nginx does; may be empty
 * @param here what this gateway does; may be empty where both do the same
 * @param todo what to do about it; may be empty
 */
public record Finding(
    Verdict verdict,
    String place,
    String field,
    String value,
    boolean unseen,
    String there,
    String here,
    String todo) {
  private static final int MOST_VALUE_CHARS = 120;

  /** With a value of any length. */
  public Finding {
    value = value.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ⏎ ");
    value =
        value.length() <= MOST_VALUE_CHARS ? value : value.substring(0, MOST_VALUE_CHARS - 1) + "…";
  }

  /** The last name of the field, for people: of an annotation, that without its prefix. */
  public String shortField() {
    int slash = field.lastIndexOf('/');
    return slash > 0 && field.startsWith("metadata.annotations.")
        ? field.substring(slash + 1)
        : field;
  }
}
