package dev.sluice.proxy;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.Relay;
import dev.sluice.upstream.Origin;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which endpoint of its backend one request goes to, and how that is spoken to. */
record UpstreamChoice(Inbound request, Backend backend, Relay relay, ProxyScope scope) {
  /**
   * The endpoint for the next try; null if none is ready.
   *
   * @param failed those tried in vain
   */
  @Nullable
  Endpoint endpoint(Set<Endpoint> failed) {
    if (relay.balance() instanceof Relay.Sticky sticky) {
      return Stickiness.endpoint(sticky, request, backend, failed);
    } else if (relay.balance() instanceof Relay.Hashed hashed) {
      String key = Variables.text(hashed.key(), request);
      return hashed.subset() > 1
          ? EndpointChoice.ofSubset(backend, key, hashed.subset())
          : EndpointChoice.keyed(backend, key, passedOver(failed));
    } else if (relay.balance() instanceof Relay.LeastRequests) {
      return scope.endpoints().loads().leastRequests(backend, failed);
    } else if (relay.balance() instanceof Relay.Fastest) {
      return scope.endpoints().loads().fastest(backend, failed, System.nanoTime());
    }
    return scope.endpoints().endpoint(backend, failed);
  }

  /** Endpoints that a key does not go to: those tried in vain, and those too busy, unless these are all. */
  private Set<Endpoint> passedOver(Set<Endpoint> failed) {
    int percent = scope.settings().hashLoadPercent();
    Set<Endpoint> over = failed;
    if (percent > 0 && backend.endpoints().size() > 1) {
      over = scope.endpoints().loads().busy(backend, percent / 100.0);
      over.addAll(failed);
    }
    boolean all = over.size() >= backend.endpoints().size();
    return !all ? over : failed.size() < backend.endpoints().size() ? failed : Set.of();
  }

  /** How it is spoken to. */
  Origin origin(Endpoint to) {
    Origin origin = http1Origin(to);
    return relay.protocol().http2()
        ? origin.overHttp2()
        : relay.protocol() == Relay.Protocol.FCGI ? origin.overFastCgi() : origin;
  }

  private Origin http1Origin(Endpoint to) {
    boolean secure = switch (relay.protocol()) {
      case HTTP, GRPC, FCGI -> false;
      case HTTPS, GRPCS -> true;
      case AUTO -> request.arrival().secure();
    };
    if (!secure) {
      return Origin.plain(to.host(), to.port());
    }
    Relay.Tls tls = relay.tls() == null ? Relay.Tls.UNVERIFIED : relay.tls();
    Certificate client = tls.client();
    String name = !tls.name().isEmpty()
        ? tls.name()
        : relay.host().isEmpty() ? request.arrival().head().host() : relay.host();
    return new Origin(
        to.host(),
        to.port(),
        tls.verify() || tls.sendsName() ? name : to.host(),
        new Origin.Tls(
            tls.verify(),
            tls.sendsName(),
            tls.authorities(),
            client == null ? List.of() : client.chain(),
            client == null ? null : client.privateKey(),
            tls.protocols()));
  }
}
