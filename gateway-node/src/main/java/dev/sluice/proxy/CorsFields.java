package dev.sluice.proxy;

import dev.sluice.ingress.Filter;

/** What answers say to browsers about pages of other origins. */
final class CorsFields {
  private CorsFields() {}

  /** Sets the fields, if the origin is one of those allowed; true if the request is a preflight that they answer. */
  static boolean set(Inbound request, Filter.Cors cors) {
    String origin = request.header("Origin");
    if (!cors.any()
        && (origin == null || cors.origins().stream().noneMatch(one -> one.matches(origin)))) {
      return false;
    }
    request.setResponseField(
        "Access-Control-Allow-Origin", cors.any() || origin == null ? "*" : origin);
    if (cors.credentials()) {
      request.setResponseField("Access-Control-Allow-Credentials", "true");
    }
    request.setResponseField("Access-Control-Allow-Methods", cors.methods());
    request.setResponseField("Access-Control-Allow-Headers", cors.headers());
    if (!cors.expose().isEmpty()) {
      request.setResponseField("Access-Control-Expose-Headers", cors.expose());
    }
    request.setResponseField("Access-Control-Max-Age", Integer.toString(cors.maxAgeSeconds()));
    return request.method().equals("OPTIONS");
  }
}
