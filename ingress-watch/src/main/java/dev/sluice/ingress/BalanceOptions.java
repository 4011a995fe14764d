package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which endpoint a request goes to, and which requests go to a canary. */
final class BalanceOptions {
  private static final int MOST = 1_000_000_000;

  /** What a canary Ingress says of the requests it takes. */
  record CanaryRules(
      String header,
      String value,
      @Nullable Pattern pattern,
      boolean broken,
      String cookie,
      int weight,
      int total,
      boolean sticky) {}

  private final Annotations all;

  BalanceOptions(Annotations all) {
    this.all = all;
  }

  /** The balance but for the cookie's path, which is empty where the path of the rule shall stand. */
  Relay.Balance balance() {
    Relay.Sticky sticky = sticky();
    Template key = all.template("upstream-hash-by");
    boolean subset = all.flag("upstream-hash-by-subset", false);
    int size = all.number("upstream-hash-by-subset-size", 1, MOST, 3);
    String load = all.text("load-balance");
    Relay.Balance plain = plain(load == null ? "round_robin" : load);
    if (sticky != null) {
      return sticky;
    }
    return key == null ? plain : new Relay.Hashed(key, subset ? size : 1);
  }

  private Relay.Balance plain(String load) {
    switch (load) {
      case "ewma" -> {
        return new Relay.Fastest();
      }
      case "least_requests" -> {
        return new Relay.LeastRequests();
      }
      case "round_robin" -> {}
      default -> all.invalid("load-balance", "round_robin, ewma or least_requests", "round_robin");
    }
    return Relay.Balance.IN_TURN;
  }

  private Relay.@Nullable Sticky sticky() {
    String name = Optional.ofNullable(all.text("session-cookie-name")).orElse("INGRESSCOOKIE");
    String path = attribute("session-cookie-path");
    String domain = attribute("session-cookie-domain");
    int expires = all.number("session-cookie-expires", 0, MOST, 0);
    int maxAge = all.number("session-cookie-max-age", 0, MOST, 0);
    boolean secure = all.flag("session-cookie-secure", false);
    String sameSite = attribute("session-cookie-samesite");
    boolean change = all.flag("session-cookie-change-on-failure", false);
    boolean noneIfKnown = all.flag("session-cookie-conditional-samesite-none", false);
    all.has("session-cookie-hash");
    String mode = Optional.ofNullable(all.text("affinity-mode")).orElse("balanced");
    String affinity = all.text("affinity");
    if (affinity == null) {
      return null;
    }
    if (!affinity.equals("cookie")) {
      all.note("affinity", '"' + affinity + '"', "cookie", "it has no effect");
      return null;
    }
    if (!mode.equals("balanced") && !mode.equals("persistent")) {
      all.invalid("affinity-mode", "balanced or persistent", "balanced");
    }
    if (!Annotations.isToken(name)) {
      all.invalid("session-cookie-name", "the name of a cookie", "INGRESSCOOKIE");
      name = "INGRESSCOOKIE";
    }
    if (!Set.of("", "None", "Lax", "Strict").contains(sameSite)) {
      all.invalid("session-cookie-samesite", "None, Lax or Strict", "none");
      sameSite = "";
    }
    return new Relay.Sticky(
        name,
        path,
        domain,
        expires,
        maxAge,
        secure,
        sameSite,
        noneIfKnown,
        change,
        mode.equals("persistent"));
  }

  private String attribute(String key) {
    String value = Optional.ofNullable(all.text(key)).orElse("");
    if (!Annotations.isFieldValue(value) || value.contains(";") || value.contains(",")) {
      all.invalid(key, "a text without ; and ,", "none");
      return "";
    }
    return value;
  }

  /** Null unless the Ingress is a canary. */
  @Nullable
  CanaryRules canary() {
    String behaviour = Optional.ofNullable(all.text("affinity-canary-behavior")).orElse("sticky");
    String header = Optional.ofNullable(all.text("canary-by-header")).orElse("");
    String value = Optional.ofNullable(all.text("canary-by-header-value")).orElse("");
    String pattern = Optional.ofNullable(all.text("canary-by-header-pattern")).orElse("");
    String cookie = Optional.ofNullable(all.text("canary-by-cookie")).orElse("");
    int weight = all.number("canary-weight", Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
    int total = all.number("canary-weight-total", Integer.MIN_VALUE, Integer.MAX_VALUE, 100);
    if (!all.flag("canary", false)) {
      return null;
    }
    Pattern compiled = null;
    boolean broken = false;
    if (value.isEmpty() && !pattern.isEmpty()) {
      try {
        compiled = LinearPattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        broken = true;
        all.note(
            "canary-by-header-pattern",
            String.valueOf(e.getMessage()),
            "a regular expression in RE2's syntax",
            "requests with the header go to the main Ingress");
      }
    }
    return new CanaryRules(
        header,
        value,
        compiled,
        broken,
        cookie,
        Math.max(0, weight),
        Math.max(100, total),
        !behaviour.equals("legacy"));
  }
}
