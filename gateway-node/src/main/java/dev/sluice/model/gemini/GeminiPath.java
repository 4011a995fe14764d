package dev.sluice.model.gemini;

import dev.sluice.model.chat.UnsayableException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What the path of a request to Gemini's API says: {@code /v1beta/models/M:generateContent}, with anything in front.
 *
 * @param model {@code M}, or {@code tunedModels/M}
 * @param method what shall be done: {@code generateContent}
 */
record GeminiPath(String model, String method) {
  private static final String MODELS = "models/";
  private static final String TUNED = "tunedModels/";

  static GeminiPath of(String path) throws UnsayableException {
    int models = path.indexOf("/" + MODELS);
    int tuned = path.indexOf("/" + TUNED);
    int colon = path.lastIndexOf(':');
    int from = models >= 0 ? models + 1 + MODELS.length() : tuned + 1;
    if (models < 0 && tuned < 0 || colon <= from) {
      throw new UnsayableException(
          "model", "the path must name a model and a method: /v1beta/models/MODEL:generateContent");
    }
    String model = decoded(path.substring(from, colon));
    while (model.startsWith(MODELS)) {
      model = model.substring(MODELS.length());
    }
    if (model.isEmpty() || model.equals(TUNED)) {
      throw new UnsayableException("model", "the path names no model");
    }
    stays(model);
    return new GeminiPath(model, path.substring(colon + 1));
  }

  /**
   * Checks that a name leads nowhere else in a path.
   *
   * @throws UnsayableException if it has a segment that leads to another folder
   */
  static void stays(String model) throws UnsayableException {
    for (String segment : model.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw new UnsayableException("model", "a model's name can't have the segment " + segment);
      }
    }
  }

  /** The path behind a provider's base URL, which ends in {@code /v1beta}, or in {@code /publishers/google} at Vertex. */
  static String to(String model, String method) {
    StringBuilder path = new StringBuilder();
    for (String segment : full(model).split("/", -1)) {
      path.append('/').append(encoded(segment));
    }
    return path.append(':').append(method).toString();
  }

  /** The model's name with what it is in front: {@code models/M}. */
  static String full(String model) {
    return model.startsWith(MODELS) || model.startsWith(TUNED) ? model : MODELS + model;
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%3A", ":")
        .replace("%40", "@");
  }

  private static String decoded(String text) throws UnsayableException {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new UnsayableException("model", "the path's model has an escape that can't be decoded");
    }
  }
}
