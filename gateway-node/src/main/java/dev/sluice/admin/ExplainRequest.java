package dev.sluice.admin;

import akka.http.javadsl.marshallers.jackson.Jackson;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import java.util.List;
import java.util.Map;

/** {@code explain?method=GET&url=https://host/path&header=Name: value}: which route takes a request, and why. */
final class ExplainRequest extends AllDirectives {
  private final AdminView view;

  ExplainRequest(AdminView view) {
    this.view = view;
  }

  Route route() {
    return parameterMultiMap(given -> {
      List<String> urls = given.getOrDefault("url", List.of());
      List<String> methods = given.getOrDefault("method", List.of("GET"));
      if (urls.size() != 1 || methods.size() != 1) {
        return refused("give url once, and method at most once");
      }
      try {
        Object explanation =
            view.explain(methods.get(0), urls.get(0), given.getOrDefault("header", List.of()));
        return completeOK(explanation, Jackson.marshaller(AdminApi.JSON));
      } catch (IllegalArgumentException e) {
        return refused(String.valueOf(e.getMessage()));
      }
    });
  }

  private Route refused(String why) {
    Map<String, String> error = AdminApi.error(why);
    return complete(StatusCodes.BAD_REQUEST, error, Jackson.marshaller(AdminApi.JSON));
  }
}
