package dev.sluice.model.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What Google gives out to get access tokens with, as JSON files. Never shows its secret. */
public sealed interface GoogleCredential permits ServiceAccount, AuthorizedUser {
  /**
   * How to ask for a token.
   *
   * @param form of the type {@code application/x-www-form-urlencoded}; a secret
   */
  record Ask(URI endpoint, String form) {
    private static final int LEAST_SECRET = 6;

    /** What the endpoint says, without what it repeats of the form. */
    String masked(String told) {
      String masked = told;
      for (String field : form.split("&", -1)) {
        String value = field.substring(field.indexOf('=') + 1);
        if (value.length() >= LEAST_SECRET && !field.startsWith("grant_type=")) {
          masked = masked
              .replace(value, "[masked]")
              .replace(URLDecoder.decode(value, StandardCharsets.UTF_8), "[masked]");
        }
      }
      return masked;
    }

    @Override
    public String toString() {
      return "Ask[endpoint=" + endpoint + "]";
    }
  }

  /** A request for a token that is made now. */
  Ask ask(Instant now);

  /**
   * Reads a file of the type {@code service_account} or {@code authorized_user}.
   *
   * @throws IllegalArgumentException that names the field that is wrong, and shows no secret
   */
  static GoogleCredential read(byte[] json) {
    JsonNode file = Json.tree(json);
    if (file == null || !file.isObject()) {
      throw new IllegalArgumentException(
          "the credential is not a JSON object (expected: the file of a service account's key)");
    }
    String type = text(file, "type");
    return switch (type) {
      case "service_account" -> ServiceAccount.of(file);
      case "authorized_user" -> AuthorizedUser.of(file);
      default ->
        throw new IllegalArgumentException(
            "type: " + type + " (expected: service_account or authorized_user)");
    };
  }

  /** A field that must be there. */
  static String text(JsonNode file, String field) {
    String text = file.path(field).asText("");
    if (text.isEmpty()) {
      throw new IllegalArgumentException(field + ": missing in the credential");
    }
    return text;
  }

  /** Where tokens are asked for: over TLS, or on this machine. */
  static URI endpoint(JsonNode file) {
    String told = file.path("token_uri").asText("https://oauth2.googleapis.com/token");
    URI uri = URI.create(told);
    String host = uri.getHost();
    boolean local = "localhost".equals(host) || "127.0.0.1".equals(host);
    if (host == null
        || !"https".equals(uri.getScheme()) && !(local && "http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException("token_uri: " + told + " (expected: an https URL)");
    }
    return uri;
  }

  /** Fields of a form. */
  static String form(Map<String, String> fields) {
    StringBuilder form = new StringBuilder();
    new TreeMap<>(fields)
        .forEach((name, value) -> form.append(form.length() == 0 ? "" : "&")
            .append(name)
            .append('=')
            .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return form.toString();
  }
}
