package dev.sluice.ingress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Routes in words. No word of a Secret is among them. */
final class RouteWords {
  private static final int MOST_ENDPOINTS = 20;

  private RouteWords() {}

  static String rule(Route route) {
    StringBuilder words = new StringBuilder(path(route.path()));
    if (route.method() != null) {
      words.append(", method ").append(route.method());
    }
    route.conditions().forEach(one -> words.append(", ").append(condition(one)));
    return words.toString();
  }

  private static String path(PathRule rule) {
    if (rule instanceof PathRule.Exact exact) {
      return "exact path " + exact.path();
    }
    if (rule instanceof PathRule.Prefix prefix) {
      return "prefix " + (prefix.path().isEmpty() ? "/" : prefix.path());
    }
    return "regular expression " + ((PathRule.Regex) rule).pattern().pattern();
  }

  static String condition(ValueRule rule) {
    String name = (rule.where() == ValueRule.Where.HEADER ? "header " : "parameter ") + rule.name();
    if (rule.exact() != null) {
      return name + " = " + rule.exact();
    }
    return rule.pattern() == null
        ? name + " is there"
        : name + " like " + rule.pattern().pattern();
  }

  /** @param secure whether the request comes over TLS */
  static List<String> filters(Route route, boolean secure) {
    List<String> words = new ArrayList<>();
    route.filters().forEach(filter -> words.add(filter(filter, secure)));
    return List.copyOf(words);
  }

  private static String filter(Filter filter, boolean secure) {
    if (filter instanceof Filter.RequireHttps https) {
      return "sends plain HTTP to HTTPS with " + https.status()
          + (secure ? ": this one is secure, and goes on" : ": this one ends here");
    } else if (filter instanceof Filter.ClientCertificate certificate) {
      return (certificate.required() ? "needs" : "takes") + " a certificate of the client"
          + (certificate.verified() ? "" : ", made by anybody")
          + (certificate.subject() == null
              ? ""
              : ", its subject like " + certificate.subject().pattern());
    } else if (filter instanceof Filter.ResponseFields fields) {
      return "sets or hides fields of the answer" + (fields.secureOnly() ? " over TLS" : "") + ": "
          + String.join(", ", new TreeSet<>(fields.fields().keySet()));
    } else if (filter instanceof Filter.AppRoot root) {
      return "sends / to " + root.path() + " with 302";
    } else if (filter instanceof Filter.Redirect redirect) {
      return "sends every request to " + redirect.location() + " with " + redirect.status();
    } else if (filter instanceof Filter.RedirectHost redirect) {
      return "sends every request to " + redirect.host() + " with " + redirect.status();
    } else if (filter instanceof Filter.Cors cors) {
      return "answers preflights, and lets pages of " + origins(cors) + " in";
    } else if (filter instanceof Filter.Rewrite rewrite) {
      return (rewrite.redirect() ? "sends clients" : "asks upstreams") + " for what "
          + rewrite.pattern().pattern() + " becomes as " + target(rewrite);
    } else if (filter instanceof Filter.NeedEndpoints) {
      return "503 while no endpoint is ready";
    } else if (filter instanceof Filter.Limits limits) {
      return "limits a client's address" + limits(limits) + ", else " + limits.status();
    } else if (filter instanceof Filter.Access access) {
      return access(access);
    } else if (filter instanceof Filter.Mirror mirror) {
      return "sends a copy elsewhere" + (mirror.body() ? "" : ", without its body");
    }
    return filter.getClass().getSimpleName();
  }

  private static String origins(Filter.Cors cors) {
    if (cors.any()) {
      return "every origin";
    }
    List<String> origins = new ArrayList<>();
    cors.origins()
        .forEach(one -> origins.add((one.scheme().isEmpty() ? "" : one.scheme() + "://")
            + (one.wildcard() ? "*" : "")
            + one.rest()));
    return String.join(", ", origins);
  }

  private static String target(Filter.Rewrite rewrite) {
    StringBuilder target = new StringBuilder();
    rewrite
        .parts()
        .forEach(part -> target.append(part.group() < 0 ? part.text() : "$" + part.group()));
    return target.toString();
  }

  private static String limits(Filter.Limits limits) {
    return (limits.connections() == 0 ? "" : " to " + limits.connections() + " at once")
        + (limits.perSecond() == 0 ? "" : " to " + limits.perSecond() + " a second")
        + (limits.perMinute() == 0 ? "" : " to " + limits.perMinute() + " a minute")
        + (limits.exempt().isEmpty() ? "" : ", but for " + limits.exempt().size() + " ranges");
  }

  private static String access(Filter.Access access) {
    List<String> asks = new ArrayList<>();
    if (!access.denied().isEmpty()) {
      asks.add("no address of " + access.denied().size() + " ranges");
    }
    if (!access.allowed().isEmpty()) {
      asks.add("an address of " + access.allowed().size() + " ranges");
    }
    if (access.external() != null) {
      asks.add("a 2xx of the authentication service");
    }
    if (access.password() != null) {
      asks.add(
          "one of " + access.password().passwords().hashes().size() + " users with a password");
    }
    return "lets in " + (access.any() ? "with any of: " : "with: ") + String.join(", ", asks);
  }

  static List<String> leadsTo(Action action) {
    List<String> words = new ArrayList<>();
    if (action instanceof Action.Refuse refuse) {
      words.add(refuse.status() + ": " + refuse.why());
    } else if (action instanceof Action.Models models) {
      words.add("a language model: " + models.call().path());
    } else if (action instanceof Action.Pass pass) {
      words.add("the API of " + pass.provider().name() + ", as it is");
    } else if (action instanceof Action.Forward forward) {
      Relay relay = forward.relay();
      for (Action.WeightedBackend one : forward.backends()) {
        String weight = forward.backends().size() == 1 ? "" : "weight " + one.weight() + ": ";
        words.add(weight + backend(one.backend()));
      }
      if (relay.canary() != null) {
        words.add(
            "canary, " + canary(relay.canary()) + ": " + backend(relay.canary().backend()));
      }
      words.add(relay(relay));
      if (relay.errors() != null) {
        words.add(errors(relay.errors()));
      }
    }
    return List.copyOf(words);
  }

  private static String backend(Action.Backend backend) {
    List<String> endpoints = new ArrayList<>();
    backend.endpoints().stream()
        .limit(MOST_ENDPOINTS)
        .forEach(one -> endpoints.add(one.host() + ":" + one.port()));
    int more = backend.endpoints().size() - endpoints.size();
    return "Service " + backend.name() + ", "
        + (endpoints.isEmpty() ? "no endpoint is ready: 503" : String.join(", ", endpoints))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static String canary(Relay.Canary canary) {
    List<String> rules = new ArrayList<>();
    if (!canary.header().isEmpty()) {
      rules.add("by header " + canary.header());
    }
    if (!canary.cookie().isEmpty()) {
      rules.add("by cookie " + canary.cookie());
    }
    if (canary.weight() > 0) {
      rules.add(canary.weight() + " of " + canary.total());
    }
    return rules.isEmpty() ? "never taken" : String.join(", ", rules);
  }

  private static String relay(Relay relay) {
    String protocol = switch (relay.protocol()) {
      case HTTP -> "over HTTP";
      case HTTPS -> "over HTTPS";
      case AUTO -> "over HTTP or HTTPS, as the client comes";
      default -> "over " + relay.protocol();
    };
    Relay.Tls tls = relay.tls();
    String balance = relay.balance() instanceof Relay.Sticky sticky
        ? "; a client stays by its cookie " + sticky.cookie()
        : relay.balance() instanceof Relay.Hashed hashed
            ? "; by a hash, " + hashed.subset() + " for a key"
            : "; endpoints take turns";
    return protocol
        + (tls != null && tls.verify() ? ", verified" : "")
        + (relay.host().isEmpty() ? "" : ", Host " + relay.host())
        + balance;
  }

  private static String errors(Relay.ErrorPages errors) {
    return (errors.statuses().isEmpty()
            ? "no endpoint"
            : "answers " + new TreeSet<>(errors.statuses()))
        + " replaced by "
        + (errors.fallback() == null ? "nobody" : "Service " + errors.fallback().name());
  }

  /** Those that requests may reach, as {@code namespace/name}. */
  static List<String> services(Action action) {
    List<String> names = new ArrayList<>();
    if (action instanceof Action.Forward forward) {
      forward.backends().forEach(one -> names.add(withoutPort(one.backend().name())));
      if (forward.relay().canary() != null) {
        names.add(withoutPort(forward.relay().canary().backend().name()));
      }
    }
    return names;
  }

  private static String withoutPort(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  static List<String> bounds(Route route) {
    Timeouts timeouts = route.timeouts();
    Retries retries = route.retries();
    return List.of(
        "time-outs: connect " + seconds(timeouts.connect()) + ", read " + seconds(timeouts.read())
            + ", send " + seconds(timeouts.send()),
        "tries: " + retries.tries()
            + (retries.within().isZero() ? "" : " within " + seconds(retries.within())),
        "request body: "
            + (route.bodyBytes() == 0 ? "of any length" : "up to " + route.bodyBytes() + " bytes"));
  }

  private static String seconds(Duration time) {
    return time.toSeconds() + " s";
  }
}
