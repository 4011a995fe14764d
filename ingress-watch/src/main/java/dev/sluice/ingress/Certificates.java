package dev.sluice.ingress;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which certificate each host is served with. The oldest Ingress that gives a host one decides. */
final class Certificates {
  private static final String EFFECT = "these hosts are served with the default certificate";
  private static final int DNS_NAME = 2;

  private final Declarations declared;
  private final Collection<Problem> problems;
  private final Map<ObjectKey, Optional<Certificate>> read = new HashMap<>();
  private final Map<String, Certificate> byHost = new HashMap<>();

  private Certificates(Declarations declared, Collection<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
  }

  static Certificates of(Declarations declared, Collection<Problem> problems) {
    Certificates all = new Certificates(declared, problems);
    for (DeclaredIngress ingress : declared.ingresses()) {
      for (DeclaredIngress.Tls tls : ingress.tls()) {
        if (!tls.secretName().isEmpty()) {
          all.add(ingress, tls);
        }
      }
    }
    HostNames.addCertificates(declared, all.byHost);
    ObjectKey rest = declared.flags().defaultCertificate();
    if (rest != null) {
      declared
          .secret(rest, rest.name())
          .flatMap(all::parse)
          .ifPresent(one -> all.byHost.put(Reconciled.ALL_OTHER_HOSTS, one));
    }
    return all;
  }

  Map<String, Certificate> byHost() {
    return Map.copyOf(byHost);
  }

  /** Whether a name of a certificate or of a tls entry, maybe with a wildcard label, covers a host. */
  static boolean covers(String name, String host) {
    if (name.equals(host)) {
      return true;
    }
    int dot = host.indexOf('.');
    return name.startsWith("*.")
        && dot > 0
        && !host.startsWith("*.")
        && name.regionMatches(1, host, dot, host.length() - dot)
        && name.length() - 1 == host.length() - dot;
  }

  private void add(DeclaredIngress ingress, DeclaredIngress.Tls tls) {
    String field = tls.field() + ".secretName";
    Optional<Certificate> certificate = read(ingress, field, tls.secretName());
    if (certificate.isEmpty()) {
      return;
    }
    for (String host : hosts(ingress, tls)) {
      if (coveredBy(certificate.get().chain().get(0), host)) {
        byHost.putIfAbsent(host, certificate.get());
      } else {
        String what = certificate.get().secret() + " does not cover " + host;
        problems.add(
            ingress.problem(field, what, "a certificate with that name", EFFECT).differing());
      }
    }
  }

  /** A tls entry that names no hosts stands for those of its Ingress' rules. */
  private static Collection<String> hosts(DeclaredIngress ingress, DeclaredIngress.Tls tls) {
    if (!tls.hosts().isEmpty()) {
      return tls.hosts();
    }
    Set<String> hosts = new TreeSet<>();
    for (DeclaredIngress.Rule rule : ingress.rules()) {
      if (!rule.host().isEmpty()) {
        hosts.add(rule.host());
      }
    }
    return hosts;
  }

  private Optional<Certificate> read(DeclaredIngress ingress, String field, String name) {
    Optional<DeclaredSecret> secret = declared.secret(ingress.key(), name);
    if (secret.isEmpty()) {
      ObjectKey key = ingress.key().sibling("Secret", name);
      problems.add(ingress
          .problem(field, key + " does not exist", "a Secret with tls.crt and tls.key", EFFECT)
          .missing());
      return Optional.empty();
    }
    return read.computeIfAbsent(secret.get().key(), key -> parse(secret.get()));
  }

  private Optional<Certificate> parse(DeclaredSecret secret) {
    byte[] certificate = secret.value("tls.crt");
    byte[] key = secret.value("tls.key");
    String field = certificate == null ? "data.tls.crt" : "data.tls.key";
    if (certificate == null || key == null) {
      problems.add(
          secret.problem(field, "missing", "tls.crt and tls.key in PEM", EFFECT).differing());
      return Optional.empty();
    }
    field = "data.tls.crt";
    try {
      List<X509Certificate> chain = Pem.certificates(certificate);
      field = "data.tls.key";
      return Optional.of(
          new Certificate(secret.key(), chain, Pem.privateKey(key, chain.get(0).getPublicKey())));
    } catch (GeneralSecurityException e) {
      problems.add(secret
          .problem(field, String.valueOf(e.getMessage()), "tls.crt and tls.key in PEM", EFFECT)
          .differing());
      return Optional.empty();
    }
  }

  static boolean coveredBy(X509Certificate leaf, String host) {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(name -> name.get(0).equals(DNS_NAME)
                  && covers(name.get(1).toString().toLowerCase(java.util.Locale.ROOT), host));
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
