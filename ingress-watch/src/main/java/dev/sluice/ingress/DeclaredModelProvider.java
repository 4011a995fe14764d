package dev.sluice.ingress;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ModelProvider (sluice.dev/v1alpha1): an account with someone who runs models.
 *
 * @param kind what it speaks
 * @param baseUrl absolute http or https URL that the paths of its API are appended to; empty for echo
 * @param place where in its account it is called
 * @param chat how it speaks, if that is OpenAI's dialect
 * @param credentials where its API keys, or what stands for them, are, each as good as the others; empty if it needs none
 * @param capField request field that caps an answer's tokens where the caller sent none
 * @param prices empty if nobody has said what it costs
 * @param probe null if it is never asked but by calls
 * @param limits of which the first that takes a model counts for it
 */
public record DeclaredModelProvider(
    ObjectKey key,
    DeclaredAt at,
    Kind kind,
    String baseUrl,
    List<SecretRef> credentials,
    String capField,
    Place place,
    ChatTraits chat,
    Timeouts timeouts,
    List<ModelPrice> prices,
    @Nullable ModelProbe probe,
    List<ModelLimit> limits)
    implements Declaration {
  public static final String DEFAULT_CAP_FIELD = "max_tokens";

  public enum Kind {
    /** Answers by itself, with the words of the last user message; for trying out. */
    ECHO,
    /** Any server with OpenAI's chat completions. */
    OPENAI_COMPATIBLE,
    /** OpenAI itself. */
    OPENAI,
    /** OpenAI's models at Azure. */
    AZURE_OPENAI,
    /** Anthropic's Messages. */
    ANTHROPIC,
    /** Google's Gemini API. */
    GEMINI,
    OLLAMA,
    VLLM,
    /** Models of many makers at Amazon Bedrock. */
    BEDROCK,
    /** Gemini and Claude at Google's Vertex AI. */
    VERTEX;

    /** Whether it speaks OpenAI's dialect. */
    public boolean openai() {
      return this == ECHO
          || this == OPENAI_COMPATIBLE
          || this == OPENAI
          || this == AZURE_OPENAI
          || this == VLLM;
    }
  }

  /**
   * Where in an account models are called; each empty where the kind has none.
   *
   * @param apiVersion of Azure's API by deployments
   * @param region of Bedrock, or location of Vertex
   * @param project of Vertex
   */
  public record Place(String apiVersion, String region, String project) {
    public static final Place NONE = new Place("", "", "");

    public static Place ofVersion(String apiVersion) {
      return new Place(apiVersion, "", "");
    }

    public static Place ofRegion(String region) {
      return new Place("", region, "");
    }

    public static Place ofProject(String project, String location) {
      return new Place("", location, project);
    }
  }

  /**
   * How long is waited for a provider.
   *
   * @param silence for its next byte
   * @param total for an answer as a whole
   */
  public record Timeouts(Duration silence, Duration total) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofMinutes(2), Duration.ofMinutes(10));
  }
}
