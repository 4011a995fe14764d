package dev.sluice.ingress;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What becomes of a request that a route has taken and whose filters let it pass. */
public sealed interface Action {
  /** Goes to one of these, by weight. */
  record Forward(List<WeightedBackend> backends, Relay relay) implements Action {
    public Forward(List<WeightedBackend> backends) {
      this(backends, Relay.PLAIN);
    }
  }

  /** @param weight at least 0; of all weights 0, the first is taken */
  record WeightedBackend(int weight, Backend backend) {}

  /**
   * Where requests for one port of one Service go.
   *
   * @param name for people and metrics: {@code namespace/service:port}
   * @param endpoints those that are ready; none means 503
   */
  record Backend(String name, List<Endpoint> endpoints) {}

  /** @param host an address, or a name for a Service of type ExternalName */
  record Endpoint(String host, int port) {}

  /** The route is closed: something that it must have is missing or can't be honoured. */
  record Refuse(int status, String why) implements Action {}

  /** A call of a language model; which one, its body says. */
  record Models(Call call, ModelTable models) implements Action {}

  /**
   * Passes through to a provider's API as it is.
   *
   * @param path with all below it
   * @param strips what a path begins with here and not at the provider; may be empty
   * @param adds what it begins with there in its place; may be empty
   * @param contextTokens that each request is charged as input; 0 if it is charged as one request
   * @param outputTokens that it is charged as output then
   */
  record Pass(
      String path,
      ModelProvider provider,
      String strips,
      String adds,
      int contextTokens,
      int outputTokens)
      implements Action {}

  /** The calls of models' APIs that are known, by the path they have there. */
  enum Call {
    CHAT_COMPLETIONS("POST", "/v1/chat/completions"),
    RESPONSES("POST", "/v1/responses"),
    COMPLETIONS("POST", "/v1/completions"),
    EMBEDDINGS("POST", "/v1/embeddings"),
    IMAGES("POST", "/v1/images/generations"),
    IMAGE_EDITS("POST", "/v1/images/edits"),
    IMAGE_VARIATIONS("POST", "/v1/images/variations"),
    SPEECH("POST", "/v1/audio/speech"),
    TRANSCRIPTIONS("POST", "/v1/audio/transcriptions"),
    TRANSLATIONS("POST", "/v1/audio/translations"),
    MODERATIONS("POST", "/v1/moderations"),
    RERANK("POST", "/v1/rerank"),
    RERANK_V2("POST", "/v2/rerank"),
    LIST_MODELS("GET", "/v1/models"),
    /** How the caller's own limits stand. */
    QUOTA("GET", "/v1/quota"),
    MESSAGES("POST", "/v1/messages"),
    COUNT_TOKENS("POST", "/v1/messages/count_tokens"),
    /** All of Gemini's calls of a model, which stands in the path with what is wanted of it; and the list of models. */
    GEMINI("", "/v1beta/models", true),
    /** The same in its stable version; and one model of OpenAI's list, or of Anthropic's. */
    GEMINI_V1("", "/v1/models", true),
    OLLAMA_CHAT("POST", "/api/chat"),
    OLLAMA_GENERATE("POST", "/api/generate"),
    OLLAMA_TAGS("GET", "/api/tags"),
    OLLAMA_VERSION("GET", "/api/version"),
    OLLAMA_SHOW("POST", "/api/show"),
    OLLAMA_EMBED("POST", "/api/embed"),
    /** The older way to ask for one. */
    OLLAMA_EMBEDDINGS("POST", "/api/embeddings"),
    /** Known, and not served: refused by name. */
    REALTIME("", "/v1/realtime", true),
    BATCHES("", "/v1/batches", true),
    MESSAGE_BATCHES("", "/v1/messages/batches", true),
    FILES("", "/v1/files", true),
    UPLOADS("", "/v1/uploads", true),
    ASSISTANTS("", "/v1/assistants", true),
    THREADS("", "/v1/threads", true),
    VECTOR_STORES("", "/v1/vector_stores", true),
    FINE_TUNING("", "/v1/fine_tuning", true);

    private static final Set<Call> UNSERVED = EnumSet.range(REALTIME, FINE_TUNING);

    private final String method;
    private final String path;
    private final boolean below;

    Call(String method, String path) {
      this(method, path, false);
    }

    Call(String method, String path, boolean below) {
      this.method = method;
      this.path = path;
      this.below = below;
    }

    public String path() {
      return path;
    }

    /** The method that is served, or empty if the call itself decides. */
    public String method() {
      return method;
    }

    PathRule rule() {
      return below ? new PathRule.Prefix(path) : new PathRule.Exact(path);
    }

    /** Whether requests for this path, or for some below it, are for this call. */
    boolean claims(String asked) {
      return asked.equals(path) || below && asked.startsWith(path + "/");
    }

    /** Whether it is known and not served. */
    public boolean unserved() {
      return UNSERVED.contains(this);
    }
  }
}
