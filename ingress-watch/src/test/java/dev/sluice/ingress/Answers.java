package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of requests. */
final class Answers {
  static final String HOST = "shop.example.com";

  private Answers() {}

  static Manifests twoServices() {
    return new Manifests().service("a", "10.0.0.1").service("b", "10.0.0.2");
  }

  static @Nullable Route match(Reconciled made, String host, String path) {
    HostRoutes routes = made.routes().host(host);
    return routes == null ? null : routes.match(path, Asked.GET);
  }

  /** Where a request goes: {@code address:port}s, a status, or nowhere. */
  static String answer(Reconciled made, String host, String path) {
    Route route = match(made, host, path);
    if (route == null) {
      return "no route";
    }
    if (route.action() instanceof Action.Forward forward) {
      List<String> endpoints = new ArrayList<>();
      forward
          .backends()
          .get(0)
          .backend()
          .endpoints()
          .forEach(one -> endpoints.add(one.host() + ":" + one.port()));
      return endpoints.isEmpty() ? "503" : String.join(" ", endpoints);
    }
    return route.action() instanceof Action.Refuse refuse
        ? "" + refuse.status()
        : route.action().toString();
  }

  static String answer(Reconciled made, String path) {
    return answer(made, HOST, path);
  }
}
