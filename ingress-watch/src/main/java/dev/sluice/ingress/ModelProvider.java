package dev.sluice.ingress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider as it can be called.
 *
 * @param name {@code namespace/name} of the ModelProvider
 * @param baseUrl empty for echo
 * @param capField request field that caps an answer's tokens where the caller sent none
 * @param place where in its account it is called
 * @param chat how it speaks, if that is OpenAI's dialect
 * @param credential the key that is sent, or what its kind has in its place; empty if it needs none; never printed
 * @param probe null if it is never asked but by calls
 * @param limits of which the first that takes a model counts for it
 * @param keys all that can be sent, each as good as the others; empty if it needs none
 */
public record ModelProvider(
    String name,
    DeclaredModelProvider.Kind kind,
    String baseUrl,
    String credential,
    String capField,
    DeclaredModelProvider.Place place,
    ChatTraits chat,
    DeclaredModelProvider.Timeouts timeouts,
    List<ModelPrice> prices,
    @Nullable ModelProbe probe,
    List<ModelLimit> limits,
    List<Key> keys) {
  /**
   * One key of an account.
   *
   * @param name {@code secret/entry@} and the beginning of its hash: another secret in the same place is another key
   * @param secret never printed
   */
  public record Key(String name, String secret) {
    private static final int MARK_CHARS = 8;

    static Key of(String place, String secret) {
      String hash = Digest.of(secret);
      return new Key(place + "@" + hash.substring(0, MARK_CHARS), secret);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The same, called with one of its keys. */
  public ModelProvider with(Key key) {
    return new ModelProvider(
        name,
        kind,
        baseUrl,
        key.secret(),
        capField,
        place,
        chat,
        timeouts,
        prices,
        probe,
        limits,
        keys);
  }

  /** What limits calls of a model; null if nothing does. */
  public @Nullable ModelLimit limitOf(String model) {
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).takes(model)) {
        return limits.get(i);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name + " " + kind + " " + baseUrl + " " + capField + " " + timeouts + " " + prices + " "
        + limits + (probe == null ? "" : " " + probe);
  }
}
