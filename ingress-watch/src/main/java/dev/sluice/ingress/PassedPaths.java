package dev.sluice.ingress;

import dev.sluice.ingress.DeclaredModelProvider.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The paths of one host that its ModelRoutes pass through to providers. */
final class PassedPaths {
  private static final String LEFT_OUT = "this path is left out";
  /** Bodies are not kept: files of batches are long. */
  private static final long MOST_BODY_BYTES = 512L * 1024 * 1024;

  /** How paths of a provider's API begin at callers, and behind its base URL. */
  private record Beginning(String here, String there) {}

  private final List<Problem> problems;
  private final Map<String, DeclaredModelRoute> holders = new HashMap<>();
  private final List<Route> routes = new ArrayList<>();

  PassedPaths(List<Problem> problems) {
    this.problems = problems;
  }

  List<Route> routes() {
    return routes;
  }

  /** Whether a path is passed through. */
  boolean holds(String path) {
    return holders.containsKey(path);
  }

  void add(DeclaredModelRoute route, ModelPassthrough passed, Optional<ModelProvider> found) {
    ModelProvider provider = found.orElse(null);
    if (provider == null) {
      return;
    }
    Beginning beginning = beginning(provider);
    if (beginning == null) {
      problems.add(route.problem(
          passed.field() + ".provider",
          "requests can't be passed through to a provider of this kind",
          "a provider whose requests carry a key as it is, such as openai or anthropic",
          "its paths are left out"));
      return;
    }
    if (passed.byContext() && contextTokens(route) == 0) {
      problems.add(route.problem(
          passed.field() + ".charge",
          "the model's context window is not known",
          "spec.contextTokens, or charge: request",
          "its paths are left out"));
      return;
    }
    for (int i = 0; i < passed.paths().size(); i++) {
      add(route, passed, i, provider, beginning);
    }
  }

  private void add(
      DeclaredModelRoute route,
      ModelPassthrough passed,
      int index,
      ModelProvider provider,
      Beginning beginning) {
    String path = passed.paths().get(index);
    String field = passed.field() + ".paths[" + index + "]";
    if (!path.equals(beginning.here()) && !path.startsWith(beginning.here() + "/")) {
      problems.add(route.problem(
          field,
          '"' + path + "\" is no path of this provider's API",
          "a path that begins with " + beginning.here() + "/",
          LEFT_OUT));
      return;
    }
    for (Action.Call call : Action.Call.values()) {
      if (!call.unserved() && call.claims(path)) {
        problems.add(route.problem(
            field,
            '"' + path + "\" is served here, and charged by what it uses",
            "a path that is not",
            LEFT_OUT));
        return;
      }
    }
    DeclaredModelRoute holder = holders.putIfAbsent(path, route);
    if (holder != null) {
      problems.add(route.problem(
          field,
          '"' + path + "\" is held by " + holder.key(),
          "a path that no other ModelRoute of this host has",
          LEFT_OUT));
      return;
    }
    int context = passed.byContext() ? contextTokens(route) : 0;
    routes.add(new Route(
        route.key(),
        new PathRule.Prefix(path),
        null,
        List.of(),
        List.of(),
        new Action.Pass(
            path,
            provider,
            beginning.here(),
            beginning.there(),
            context,
            passed.byContext() ? outputTokens(route) : 0),
        Timeouts.DEFAULT,
        Retries.DEFAULT,
        MOST_BODY_BYTES));
  }

  private static int contextTokens(DeclaredModelRoute route) {
    return route.limits().contextTokens();
  }

  private static int outputTokens(DeclaredModelRoute route) {
    return route.limits().maxOutputTokens();
  }

  /** Null where requests are signed, or need a token that is got for each call. */
  private static @Nullable Beginning beginning(ModelProvider provider) {
    Kind kind = provider.kind();
    return switch (kind) {
      case OPENAI, OPENAI_COMPATIBLE, VLLM -> new Beginning("/v1", "");
      case AZURE_OPENAI -> new Beginning("/v1", "/openai/v1");
      case GEMINI -> new Beginning("/v1beta", "");
      case ANTHROPIC, OLLAMA -> new Beginning("", "");
      case ECHO, BEDROCK, VERTEX -> null;
    };
  }
}
