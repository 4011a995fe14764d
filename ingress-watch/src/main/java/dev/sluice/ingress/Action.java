package dev.sluice.ingress;

import java.util.List;

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

  /** The calls of OpenAI's API that are served, and ours by which a tenant sees how its limits stand. */
  enum Call {
    CHAT_COMPLETIONS("/v1/chat/completions", "POST"),
    LIST_MODELS("/v1/models", "GET"),
    QUOTA("/v1/quota", "GET");

    private final String path;
    private final String method;

    Call(String path, String method) {
      this.path = path;
      this.method = method;
    }

    public String path() {
      return path;
    }

    public String method() {
      return method;
    }
  }
}
