package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.Filter;
import dev.sluice.ingress.Route;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request through the filters of its route, one after the other. A filter lets it pass, refuses it, or
 * lets it wait for somebody else's answer; its body waits with the client meanwhile.
 */
final class Passage implements Arrival.Waiting {
  /** What a filter came to: it passes unless it is refused or waits. */
  private enum Step {
    PASSES,
    ENDS,
    WAITS
  }

  private final Inbound request;
  private final Route route;
  private final ProxyScope scope;
  private final Consumer<Passage> then;
  private int next;
  private @Nullable MirrorCall mirror;
  private @Nullable AuthCall asking;
  private boolean gone;

  /** @param then what follows once all filters have let it pass */
  Passage(Inbound request, Route route, ProxyScope scope, Consumer<Passage> then) {
    this.request = request;
    this.route = route;
    this.scope = scope;
    this.then = then;
  }

  Inbound request() {
    return request;
  }

  Route route() {
    return route;
  }

  /** Who takes a copy, or null. */
  @Nullable
  MirrorCall mirror() {
    return mirror;
  }

  void proceed() {
    List<Filter> filters = route.filters();
    if (next == 0 && endsBefore(filters)) {
      return;
    }
    while (next < filters.size()) {
      Step step = run(filters.get(next++));
      if (step != Step.PASSES) {
        return;
      }
    }
    then.accept(this);
  }

  /** What comes before all filters: what holds for the whole host, then the length of the body. */
  private boolean endsBefore(List<Filter> filters) {
    for (Filter filter : filters) {
      if (filter instanceof Filter.ResponseFields fields
          && (!fields.secureOnly() || request.arrival().secure())) {
        fields.fields().forEach(request::setResponseField);
      } else if (filter instanceof Filter.Unlogged) {
        request.unlogged();
      } else if (filter instanceof Filter.ClientCertificate asked
          && request.arrival().secure()) {
        Refusal refusal = ClientCertificates.judge(request, asked);
        if (refusal != null) {
          refuse(refusal);
          return true;
        }
      } else if (filter instanceof Filter.AppRoot root && request.path().equals("/")) {
        refuse(new Refusal.Redirect(302, Redirects.toPath(request, root.path())));
        return true;
      }
    }
    long declared = request.arrival().head().bodyLength();
    if (route.bodyBytes() > 0 && declared > route.bodyBytes()) {
      refuse(new Refusal.BodyTooLarge(route.bodyBytes()));
      return true;
    }
    return false;
  }

  private Step run(Filter filter) {
    if (filter instanceof Filter.Access access) {
      return new AccessSteps(access).byAddress();
    } else if (filter instanceof Filter.Limits limits) {
      return limited(limits);
    } else if (filter instanceof Filter.Mirror to) {
      if (scope.settings().mirrors() && request.header(MirrorCall.MARK) == null) {
        mirror = new MirrorCall(request, to, scope);
        mirror.start();
      }
      return Step.PASSES;
    }
    Refusal refusal = refusalOf(filter);
    return refusal == null ? Step.PASSES : refuse(refusal);
  }

  private @Nullable Refusal refusalOf(Filter filter) {
    if (filter instanceof Filter.RequireHttps https) {
      return request.scheme().equals("https")
          ? null
          : new Refusal.Redirect(
              https.status(), Redirects.toHttps(request, https, scope.settings()));
    } else if (filter instanceof Filter.Redirect redirect) {
      return new Refusal.Redirect(redirect.status(), Redirects.to(request, redirect));
    } else if (filter instanceof Filter.RedirectHost host) {
      return new Refusal.Redirect(
          host.status(), Redirects.toHost(request, host.host(), scope.settings()));
    } else if (filter instanceof Filter.Cors cors) {
      return CorsFields.set(request, cors) ? new Refusal.Preflight() : null;
    } else if (filter instanceof Filter.Rewrite rewrite) {
      return Rewriting.apply(request, rewrite);
    } else if (filter instanceof Filter.NeedEndpoints) {
      return unavailable();
    } else if (filter instanceof Filter.RequestFields own) {
      Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      all.putAll(own.fields());
      all.putAll(request.upstreamFields());
      request.upstreamFields(all);
    } else if (filter instanceof Filter.SetFields set) {
      Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      set.fields().forEach((name, value) -> all.put(name, Variables.fieldValue(value, request)));
      all.putAll(request.upstreamFields());
      request.upstreamFields(all);
    }
    return null;
  }

  private @Nullable Refusal unavailable() {
    if (route.action() instanceof Action.Forward forward
        && forward.backends().stream().allMatch(one -> one.backend().endpoints().isEmpty())
        && forward.relay().canary() == null
        && (forward.relay().errors() == null || forward.relay().errors().fallback() == null)) {
      return new Refusal.Unavailable(503, "no endpoint is ready", "no_endpoint");
    }
    return null;
  }

  /** Requests that run at once are counted by each node for itself; their rate too, unless all nodes share it. */
  private Step limited(Filter.Limits limits) {
    InetAddress address = request.clientAddress();
    if (contains(limits.exempt(), address)) {
      return Step.PASSES;
    }
    String client = address.getHostAddress();
    ClientLimits counts = scope.memory().limits();
    if (limits.connections() > 0) {
      if (!counts.enter(limits, client)) {
        return refuse(
            new Refusal.TooMany(limits.connectionsStatus(), "too many requests run at once"));
      }
      request.whenOver(() -> counts.leave(limits, client));
    }
    SharedRates shared = scope.memory().sharedRates();
    if (shared == null || limits.perSecond() == 0 && limits.perMinute() == 0) {
      Refusal refusal = tooFast(limits, counts.pass(limits, client, System.nanoTime()));
      return refusal == null ? Step.PASSES : refuse(refusal);
    }
    request.arrival().listen(this);
    shared.count(
        limits,
        client,
        outcome -> scope
            .worker()
            .execute(() -> resume(tooFast(
                limits,
                outcome == SharedRates.Outcome.UNKNOWN
                    ? counts.pass(limits, client, System.nanoTime())
                    : outcome == SharedRates.Outcome.PASSES))));
    return Step.WAITS;
  }

  private static @Nullable Refusal tooFast(Filter.Limits limits, boolean passes) {
    return passes
        ? null
        : new Refusal.TooMany(limits.status(), "too many requests in a short time");
  }

  private Step refuse(Refusal refusal) {
    request.refuse(refusal);
    return Step.ENDS;
  }

  private static boolean contains(
      List<dev.sluice.ingress.AddressRange> ranges, InetAddress address) {
    for (dev.sluice.ingress.AddressRange range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Goes on after an answer has come. */
  private void resume(@Nullable Refusal refusal) {
    asking = null;
    if (gone) {
      return;
    }
    if (refusal != null) {
      request.refuse(refusal);
    } else {
      proceed();
    }
  }

  @Override
  public void clientGone() {
    gone = true;
    if (asking != null) {
      asking.cancel();
    }
    request.gone();
  }

  /** Address, then the authentication service, then the password: all of them, or any. */
  private final class AccessSteps {
    private final Filter.Access access;
    private @Nullable Refusal first;

    AccessSteps(Filter.Access access) {
      this.access = access;
    }

    Step byAddress() {
      InetAddress address = request.clientAddress();
      boolean denied = contains(access.denied(), address);
      boolean listed = contains(access.allowed(), address);
      boolean asksMore = access.external() != null || access.password() != null;
      if (denied || !access.allowed().isEmpty() && !listed) {
        first = new Refusal.Forbidden("not from this address");
        if (!access.any() || !asksMore) {
          return refuse(first);
        }
      } else if (!asksMore || access.any() && listed) {
        return Step.PASSES;
      }
      request.arrival().listen(Passage.this);
      byService();
      return Step.WAITS;
    }

    private void byService() {
      Filter.ExternalAuth auth = access.external();
      if (auth == null) {
        byPassword();
        return;
      }
      String key = auth.cacheKey() == null
          ? null
          : request.arrival().head().host() + " " + route.declaredBy() + " " + route.path() + " "
              + Variables.text(auth.cacheKey(), request);
      AuthAnswers.Answer kept =
          key == null ? null : scope.memory().authAnswers().get(key, System.nanoTime());
      if (kept != null) {
        answered(auth, kept);
        return;
      }
      AuthCall call = new AuthCall(request, auth, route.timeouts().connect(), scope, answer -> {
        Integer seconds = auth.cacheSeconds()
            .getOrDefault(answer.status(), auth.cacheSeconds().get(0));
        if (key != null && seconds != null && seconds > 0) {
          scope.memory().authAnswers().put(key, answer, System.nanoTime(), seconds);
        }
        answered(auth, answer);
      });
      asking = call;
      call.start();
    }

    private void answered(Filter.ExternalAuth auth, AuthAnswers.Answer answer) {
      asking = null;
      if (gone) {
        return;
      }
      if (auth.alwaysSetCookie()) {
        answer.cookies().forEach(cookie -> request.addResponseField("Set-Cookie", cookie));
      }
      Refusal refusal = Redirects.refusalOf(request, auth, answer);
      if (refusal == null) {
        request.upstreamFields(answer.fields());
        if (!auth.alwaysSetCookie()) {
          request.authCookies(answer.cookies());
        }
      } else if (access.any() && access.password() != null) {
        first = refusal;
        byPassword();
        return;
      }
      if (refusal != null || access.any() || access.password() == null) {
        resume(refusal);
      } else {
        byPassword();
      }
    }

    private void byPassword() {
      Filter.PasswordAuth auth = access.password();
      if (auth == null) {
        resume(first);
      } else if (auth.digest() != null) {
        byDigest(auth, auth.digest().key());
      } else {
        scope
            .memory()
            .passwords()
            .check(
                auth.passwords(),
                request.header("Authorization"),
                right -> scope
                    .worker()
                    .execute(() -> judged(right, () -> "Basic realm=\"" + auth.realm() + "\"")));
      }
    }

    private void byDigest(Filter.PasswordAuth auth, String key) {
      long now = System.currentTimeMillis();
      DigestCheck.Outcome outcome = DigestCheck.judge(
          auth,
          key,
          request.method(),
          request.arrival().head().target(),
          request.header("Authorization"),
          now);
      judged(
          outcome == DigestCheck.Outcome.RIGHT,
          () -> DigestCheck.challenge(auth, key, outcome == DigestCheck.Outcome.STALE, now));
    }

    private void judged(boolean right, Supplier<String> challenge) {
      resume(
          right
              ? null
              : first != null ? first : new Refusal.AuthenticationRequired(challenge.get()));
    }
  }
}
