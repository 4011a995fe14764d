package dev.sluice.model.chat;

import java.util.Map;

/**
 * How a request goes to one target.
 *
 * @param model name that the target knows the model by
 * @param outputCap largest answer that is held for, in tokens
 * @param capField field of OpenAI's dialect that says the cap where the caller's request has none
 * @param carried header fields of the caller's that go with its request where the target speaks its dialect
 * @param asksUsage whether the request may ask for the usage of an answer that comes as it is made, where OpenAI's dialect
 *     has a field for that
 */
public record Terms(
    String model, long outputCap, String capField, Map<String, String> carried, boolean asksUsage) {
  public Terms {
    carried = Map.copyOf(carried);
  }

  public Terms(String model, long outputCap, String capField) {
    this(model, outputCap, capField, Map.of());
  }

  public Terms(String model, long outputCap, String capField, Map<String, String> carried) {
    this(model, outputCap, capField, carried, true);
  }
}
