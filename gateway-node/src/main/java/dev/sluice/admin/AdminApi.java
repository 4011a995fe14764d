package dev.sluice.admin;

import akka.http.javadsl.marshallers.jackson.Jackson;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The routes of the admin API, {@code /api/v1}. */
public final class AdminApi extends AllDirectives {
  private static final String BEARER = "Bearer ";
  static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final AdminView view;
  private final AdminSettings settings;

  public AdminApi(AdminView view, AdminSettings settings) {
    this.view = view;
    this.settings = settings;
  }

  public Route route() {
    return pathPrefix(
        PathMatchers.segment("api").slash("v1"),
        () -> optionalHeaderValueByName(
            "Authorization",
            authorization -> allowed(authorization) ? get(this::reads) : unauthorized()));
  }

  private Route reads() {
    return concat(
        path("status", () -> json(view.status())),
        path("problems", () -> json(view.problems())),
        path("tenants", () -> json(view.tenants())),
        path("explain", new ExplainRequest(view)::route),
        path(
            PathMatchers.segment("tenants").slash(PathMatchers.segment()).slash("balances"),
            this::balances));
  }

  private Route balances(String tenant) {
    Optional<CompletionStage<Object>> balances = view.balances(tenant);
    if (balances.isEmpty()) {
      return complete(
          StatusCodes.NOT_FOUND,
          error("no tenant \"" + tenant + "\" is declared"),
          Jackson.marshaller(JSON));
    }
    return onComplete(
        balances.get(),
        answer -> answer.isSuccess()
            ? json(answer.get())
            : complete(
                StatusCodes.SERVICE_UNAVAILABLE,
                error("the tenant's quota can't be reached right now; try again"),
                Jackson.marshaller(JSON)));
  }

  private Route json(Object value) {
    return completeOK(value, Jackson.marshaller(JSON));
  }

  private Route unauthorized() {
    return complete(
        StatusCodes.UNAUTHORIZED,
        error("send the admin token as a bearer token"),
        Jackson.marshaller(JSON));
  }

  private boolean allowed(Optional<String> authorization) {
    if (settings.token().isEmpty()) {
      return true;
    }
    byte[] expected = (BEARER + settings.token()).getBytes(StandardCharsets.UTF_8);
    return authorization
        .map(sent -> MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), expected))
        .orElse(false);
  }

  static Map<String, String> error(String message) {
    return Map.of("error", message);
  }
}
