package dev.sluice.ingress.manifest;

import dev.sluice.ingress.ChatTraits;
import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.ingress.DeclaredModelProvider.Place;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Where a provider is called: by its URL, or by what its kind or its preset says of it. */
final class ProviderPlaces {
  /** @param capField standard name of the field that caps an answer's tokens */
  record Found(String baseUrl, Place place, String capField, ChatTraits chat) {
    static final Found NOTHING =
        new Found("", Place.NONE, DeclaredModelProvider.DEFAULT_CAP_FIELD, ChatTraits.OPENAI);

    Found speaking(ChatTraits traits) {
      return new Found(baseUrl, place, capField, traits);
    }
  }

  private static final Pattern BASE_URL = Pattern.compile(
      "https?://" // then a name, IPv4 or IPv6
          + "((([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\\.)*[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?\\.?)"
          + "|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]{2,45}\\])"
          + "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
          + "(/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(%[0-9a-fA-F]{2}[A-Za-z0-9._~!$&'()*+,;=:@/-]*)*)?");
  private static final Pattern API_VERSION =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?");
  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]{2,16}){1,3}-[0-9]");
  private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{0,100}");
  private static final Pattern LOCATION = Pattern.compile("[a-z][a-z0-9-]{0,40}");
  private static final int MOST_URL_CHARS = 2048;
  private static final String URL_EXPECTED =
      "an http or https URL without user and query, such as https://api.example.com/v1";

  private ProviderPlaces() {}

  static Found read(Kind kind, Value spec) {
    only(spec, "preset", kind == Kind.OPENAI_COMPATIBLE, "openai-compatible");
    only(spec, "apiVersion", kind == Kind.AZURE_OPENAI, "azure-openai");
    only(spec, "region", kind == Kind.BEDROCK, "bedrock");
    only(spec, "project", kind == Kind.VERTEX, "vertex");
    only(spec, "location", kind == Kind.VERTEX, "vertex");
    Value field = spec.field("baseUrl");
    Value url = field.node().asText().contains("@") ? field.secret() : field;
    return switch (kind) {
      case ECHO -> {
        if (url.exists()) {
          url.refuse("nothing: a provider of kind echo answers by itself");
        }
        yield Found.NOTHING;
      }
      case OPENAI_COMPATIBLE -> compatible(spec, url);
      case OPENAI ->
        found(url(url, "https://api.openai.com/v1"), Place.NONE, "max_completion_tokens");
      case AZURE_OPENAI -> {
        String version = spec.field("apiVersion")
            .textIfAny(text -> API_VERSION.matcher(text).matches(), "a version such as 2024-10-21");
        String base = url.requiredText(ProviderPlaces::isBaseUrl, URL_EXPECTED);
        yield found(base, Place.ofVersion(version), "max_completion_tokens");
      }
      case ANTHROPIC -> found(url(url, "https://api.anthropic.com"), Place.NONE, "");
      case GEMINI ->
        found(url(url, "https://generativelanguage.googleapis.com/v1beta"), Place.NONE, "");
      case OLLAMA -> found(url(url, "http://127.0.0.1:11434"), Place.NONE, "");
      case VLLM ->
        found(url.requiredText(ProviderPlaces::isBaseUrl, URL_EXPECTED), Place.NONE, "")
            .speaking(ChatTraits.ofOpenAi("TOP_K", "THOUGHTS"));
      case BEDROCK -> bedrock(spec, url);
      case VERTEX -> vertex(spec, url);
    };
  }

  private static Found bedrock(Value spec, Value url) {
    credential(spec, "an AWS key, or an API key of Bedrock's");
    String region = spec.field("region")
        .requiredText(text -> REGION.matcher(text).matches(), "a region such as eu-west-1");
    String standard = "https://bedrock-runtime." + region + ".amazonaws.com";
    return found(url(url, standard), Place.ofRegion(region), "");
  }

  private static Found vertex(Value spec, Value url) {
    credential(spec, "the key of a service account");
    String project = spec.field("project")
        .requiredText(text -> PROJECT.matcher(text).matches(), "a project's id or number");
    String location = spec.field("location")
        .requiredText(
            text -> LOCATION.matcher(text).matches(), "global, or a region such as europe-west4");
    String host = switch (location) {
      case "global" -> "aiplatform.googleapis.com";
      case "us", "eu" -> "aiplatform." + location + ".rep.googleapis.com";
      default -> location + "-aiplatform.googleapis.com";
    };
    return found(url(url, "https://" + host), Place.ofProject(project, location), "");
  }

  private static void credential(Value spec, String what) {
    Value credential = spec.field("credential");
    if (!credential.exists()) {
      credential.refuse("a Secret with " + what + ": without it no request can be sent there");
    }
  }

  private static Found compatible(Value spec, Value url) {
    Value named = spec.field("preset");
    String name = named.textIfAny(
        text -> ProviderPresets.of(text).isPresent(),
        "one of " + String.join(", ", ProviderPresets.names()));
    ProviderPresets.Preset preset = ProviderPresets.of(name).orElse(null);
    if (preset == null) {
      String base = named.exists() ? "" : url.requiredText(ProviderPlaces::isBaseUrl, URL_EXPECTED);
      return found(base, Place.NONE, "");
    }
    return found(url(url, preset.baseUrl()), Place.NONE, preset.outputCap())
        .speaking(preset.chat());
  }

  private static Found found(String baseUrl, Place place, String capField) {
    return new Found(
        baseUrl,
        place,
        capField.isEmpty() ? DeclaredModelProvider.DEFAULT_CAP_FIELD : capField,
        ChatTraits.OPENAI);
  }

  private static void only(Value spec, String name, boolean allowed, String kind) {
    Value field = spec.field(name);
    if (!allowed && field.exists()) {
      field.refuse("nothing: only providers of the kind " + kind + " have it");
    }
  }

  private static String url(Value url, String standard) {
    String text = url.textIfAny(ProviderPlaces::isBaseUrl, URL_EXPECTED);
    return text.isEmpty() ? standard : text;
  }

  private static boolean isBaseUrl(String text) {
    if (text.length() > MOST_URL_CHARS || !BASE_URL.matcher(text).matches()) {
      return false;
    }
    try {
      return new URI(text).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
