package dev.sluice.ingress;

import java.util.List;

/**
 * A provider as it can be called.
 *
 * @param name {@code namespace/name} of the ModelProvider
 * @param baseUrl empty for echo
 * @param capField request field that caps an answer's tokens where the caller sent none
 * @param place where in its account it is called
 * @param chat how it speaks, if that is OpenAI's dialect
 * @param credential key, or what its kind has in its place; empty if it needs none; never printed
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
    List<ModelPrice> prices) {
  @Override
  public String toString() {
    return name + " " + kind + " " + baseUrl + " " + capField + " " + timeouts + " " + prices;
  }
}
