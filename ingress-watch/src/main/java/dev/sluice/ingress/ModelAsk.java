package dev.sluice.ingress;

import org.jspecify.annotations.Nullable;

/**
 * What decides which ModelRoute takes a request.
 *
 * @param model that is asked for
 * @param tenant who asks
 * @param path normalised
 * @param head of the request
 */
public record ModelAsk(String model, String tenant, String path, RequestView head) {
  private static final RequestView BARE = new RequestView() {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public @Nullable String header(String name) {
      return null;
    }

    @Override
    public @Nullable String query(String name) {
      return null;
    }
  };

  /** A request that says nothing but its model. */
  public static ModelAsk of(String model) {
    return new ModelAsk(model, "", "", BARE);
  }
}
