package dev.sluice.ingress;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names that hosts have beside their own. A name that is a host itself stays that host. */
final class HostNames {
  private HostNames() {}

  /** Adds the aliases of hosts, which serve what the host serves, and their twins with or without www. */
  static void add(Declarations all, Map<String, HostRoutes> hosts) {
    Map<String, HostRoutes> more = new TreeMap<>();
    int status = ControllerConfig.of(all).redirectStatus();
    for (DeclaredIngress ingress : all.ingresses()) {
      boolean named = ingress.annotations().containsKey(Annotations.PREFIX + "server-alias")
          || ingress.annotations().containsKey(Annotations.PREFIX + "from-to-www-redirect");
      if (!named) {
        continue;
      }
      IngressOptions options = IngressOptions.of(ingress, all);
      for (String host : IngressRoutes.hostsOf(ingress)) {
        HostRoutes own = hosts.get(host);
        if (own == null || host.isEmpty()) {
          continue;
        }
        for (String alias : options.aliases()) {
          more.putIfAbsent(alias, own);
        }
        if (options.wwwRedirect() && !host.startsWith("*.")) {
          String twin = host.startsWith("www.") ? host.substring(4) : "www." + host;
          more.putIfAbsent(twin, redirect(ingress, status, host));
        }
      }
    }
    more.forEach(hosts::putIfAbsent);
  }

  private static HostRoutes redirect(DeclaredIngress ingress, int status, String host) {
    return new HostRoutes(List.of(new Route(
        ingress.key(),
        new PathRule.Prefix("/"),
        null,
        List.of(),
        List.of(new Filter.RedirectHost(status, host)),
        new Action.Refuse(404, "only a redirect"),
        Timeouts.DEFAULT,
        Retries.DEFAULT,
        0)));
  }

  /** Adds certificates of hosts for those of their aliases that they cover. */
  static void addCertificates(Declarations all, Map<String, Certificate> byHost) {
    for (DeclaredIngress ingress : all.ingresses()) {
      if (!ingress.annotations().containsKey(Annotations.PREFIX + "server-alias")) {
        continue;
      }
      for (String host : IngressRoutes.hostsOf(ingress)) {
        Certificate certificate = byHost.get(host);
        for (String alias : IngressOptions.of(ingress, all).aliases()) {
          if (certificate != null && Certificates.coveredBy(certificate.chain().get(0), alias)) {
            byHost.putIfAbsent(alias, certificate);
          }
        }
      }
    }
  }
}
