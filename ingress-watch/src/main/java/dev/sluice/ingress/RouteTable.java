package dev.sluice.ingress;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All routes of a node: an immutable value, replaced whole. A request reads it once. */
public final class RouteTable {
  /** Nothing is declared. */
  public static final RouteTable EMPTY = new RouteTable(Map.of());

  private final Map<String, HostRoutes> hosts;
  private final GatewayWide wide;
  private final StreamRoutes streams;
  private final boolean asksForCertificates;
  private final String version;

  /**
   * @param hosts by host in lower case; {@code *.} and a suffix for one label; empty for all others
   */
  RouteTable(Map<String, HostRoutes> hosts) {
    this(hosts, GatewayWide.DEFAULT);
  }

  RouteTable(Map<String, HostRoutes> hosts, GatewayWide wide) {
    this(hosts, wide, StreamRoutes.NONE);
  }

  RouteTable(Map<String, HostRoutes> hosts, GatewayWide wide, StreamRoutes streams) {
    this.hosts = Map.copyOf(hosts);
    this.wide = wide;
    this.streams = streams;
    this.asksForCertificates = hosts.values().stream().anyMatch(HostRoutes::asksForCertificates);
    StringBuilder all = new StringBuilder(wide.equals(GatewayWide.DEFAULT) ? "" : wide.toString());
    all.append(streams.equals(StreamRoutes.NONE) ? "" : streams.toString());
    new TreeMap<>(hosts)
        .forEach((host, routes) ->
            all.append(host).append(' ').append(routes.digest()).append('\n'));
    this.version = Digest.of(all.toString());
  }

  /** Equal on all nodes that have the same routes, and only there. */
  public String version() {
    return version;
  }

  /** Whether clients of any host are asked for a certificate. */
  public boolean asksForCertificates() {
    return asksForCertificates;
  }

  /** Whom it believes, on all hosts. */
  public Trust trust() {
    return wide.trust();
  }

  /** What else holds for all hosts. */
  public GatewayWide wide() {
    return wide;
  }

  /** Connections that are passed on as they are. */
  public StreamRoutes streams() {
    return streams;
  }

  public int hostCount() {
    return hosts.size();
  }

  public int routeCount() {
    return hosts.values().stream().mapToInt(HostRoutes::count).sum();
  }

  /**
   * The routes of the host itself, else of the wildcard that covers it, else those for all hosts; null if there are
   * none. A host that has routes never falls back to those of others.
   *
   * @param host lower case, without port
   */
  public @Nullable HostRoutes host(String host) {
    HostRoutes own = hosts.get(host);
    if (own != null) {
      return own;
    }
    int dot = host.indexOf('.');
    HostRoutes wildcard = dot > 0 ? hosts.get("*" + host.substring(dot)) : null;
    return wildcard != null ? wildcard : hosts.get("");
  }

  /** What the routes of {@link #host} are declared for: the host, {@code *.} and a suffix, or empty; null if there are none. */
  public @Nullable String declaredHost(String host) {
    if (hosts.containsKey(host)) {
      return host;
    }
    int dot = host.indexOf('.');
    String wildcard = dot > 0 ? "*" + host.substring(dot) : "";
    return hosts.containsKey(wildcard) ? wildcard : hosts.containsKey("") ? "" : null;
  }

  /** The models of all hosts, each table once. */
  public Collection<ModelTable> models() {
    Set<ModelTable> tables = Collections.newSetFromMap(new IdentityHashMap<>());
    for (HostRoutes host : hosts.values()) {
      for (Route route : host.inOrder()) {
        if (route.action() instanceof Action.Models models) {
          tables.add(models.models());
        }
      }
    }
    return tables;
  }

  Map<String, HostRoutes> hosts() {
    return hosts;
  }
}
