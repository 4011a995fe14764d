package dev.sluice.ingress.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.ingress.ChatTraits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Providers with OpenAI's dialect whose URL is known: {@code presets.json} beside this class. {@code verified} there names the package
 * of others that calls the same URL with a key in the same place, which a test holds true; nothing is read of it here.
 */
final class ProviderPresets {
  /**
   * @param baseUrl that the paths of OpenAI's API are appended to
   * @param outputCap field that caps an answer's tokens
   */
  record Preset(String name, String baseUrl, String outputCap, ChatTraits chat) {}

  private static final Map<String, Preset> ALL = read();

  private ProviderPresets() {}

  static Optional<Preset> of(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  static Collection<String> names() {
    return ALL.keySet();
  }

  private static Map<String, Preset> read() {
    Map<String, Preset> all = new TreeMap<>();
    try (InputStream in = ProviderPresets.class.getResourceAsStream("presets.json")) {
      for (JsonNode one : new ObjectMapper().readTree(in)) {
        String name = one.path("name").asText();
        all.put(
            name,
            new Preset(
                name, one.path("baseUrl").asText(), one.path("outputCap").asText(""), chat(one)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static ChatTraits chat(JsonNode preset) {
    return new ChatTraits(
        preset.path("seedField").asText(ChatTraits.OPENAI.seedField()),
        preset.path("anyTool").asText(ChatTraits.OPENAI.anyTool()),
        words(preset.path("with")),
        words(preset.path("without")));
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }
}
