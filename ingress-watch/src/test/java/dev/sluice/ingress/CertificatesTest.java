package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CertificatesTest {
  private static Pki rsa;
  private static Pki shop;
  private static Pki wildcard;

  @BeforeAll
  static void issue() throws GeneralSecurityException {
    rsa = Pki.rsa("shop.example.com");
    shop = Pki.ec("secp256r1", "shop.example.com", "Blog.Example.com");
    wildcard = Pki.ec("secp384r1", "*.example.com");
  }

  private static Manifests secret(Manifests all, String name, String certificate, String key) {
    return all.secret(name, "tls.crt: " + quoted(certificate) + ", tls.key: " + quoted(key));
  }

  private static Manifests secret(String name, Pki pki) {
    return secret(new Manifests(), name, pki.certificate(), pki.privateKey());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\r", "").replace("\n", "\\n") + '"';
  }

  private static String tls(String secret, String hosts) {
    return "{tls: [{secretName: " + secret + hosts + "}], rules: [{host: shop.example.com}]}";
  }

  private static void assertServed(Reconciled made, String host, String secret) {
    assertThat(made.problems()).isEmpty();
    assertThat(made.certificates().get(host).secret().name()).isEqualTo(secret);
  }

  private static void assertRefused(Manifests all, String object, String field, String what) {
    Reconciled made = all.reconcile();
    assertThat(made.certificates()).isEmpty();
    assertThat(made.problems()).hasSize(1);
    Problem problem = made.problems().get(0);
    assertThat(problem.object()).isEqualTo(object);
    assertThat(problem.field()).isEqualTo(field);
    assertThat(problem.what()).contains(what);
    assertThat(problem.effect()).contains("default certificate");
  }

  static Stream<String> keys() {
    return Stream.of(
        rsa.certificate() + "|" + rsa.privateKey(),
        rsa.certificate() + "|" + rsa.olderPrivateKey(),
        shop.certificate() + "|" + shop.privateKey(),
        shop.certificate() + "|" + shop.olderPrivateKey(),
        shop.certificate()
            + "|-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + shop.olderPrivateKey(),
        wildcard.certificate() + "|" + wildcard.privateKey(),
        wildcard.certificate() + "|" + wildcard.olderPrivateKey(),
        "leaf first:\n" + shop.certificate() + rsa.certificate() + "|" + shop.privateKey());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void serveKeysInEachFormThatSecretsHold(String certificateAndKey) {
    String[] parts = certificateAndKey.split("\\|", 2);
    Reconciled made = secret(new Manifests(), "s", parts[0], parts[1])
        .ingress("name: i", tls("s", ", hosts: [shop.example.com]"))
        .reconcile();
    assertServed(made, "shop.example.com", "s");
    Certificate certificate = made.certificates().get("shop.example.com");
    assertThat(certificate.privateKey().getAlgorithm())
        .isEqualTo(certificate.chain().get(0).getPublicKey().getAlgorithm());
    assertThat(certificate.toString()).isEqualTo("Secret default/s");
  }

  @Test
  void serveEachHostOfATlsEntryThatTheyCover() {
    Reconciled made = secret("s", shop)
        .ingress("name: i", tls("s", ", hosts: [shop.example.com, blog.example.com]"))
        .reconcile();
    assertServed(made, "blog.example.com", "s");
    assertServed(made, "shop.example.com", "s");
  }

  @Test
  void serveTheHostsOfTheRulesWhereATlsEntryNamesNone() {
    assertServed(
        secret("s", shop).ingress("name: i", tls("s", "")).reconcile(), "shop.example.com", "s");
  }

  @Test
  void serveTheHostOnlyThatTheyCover() {
    Manifests all = secret("s", shop)
        .ingress("name: i", tls("s", ", hosts: [shop.example.com, other.example.com]"));
    Reconciled made = all.reconcile();
    assertThat(made.certificates()).containsOnlyKeys("shop.example.com");
    assertThat(made.problems())
        .extracting(Problem::what)
        .containsExactly("Secret default/s does not cover other.example.com");
  }

  @Test
  void areThoseOfTheOldestIngressThatHasAUsableOne() {
    Manifests all = secret("young", shop);
    secret(all, "old", rsa.certificate(), rsa.privateKey())
        .ingress("name: a, creationTimestamp: '2026-03-01T00:00:00Z'", tls("young", ""))
        .ingress("name: b, creationTimestamp: '2026-02-01T00:00:00Z'", tls("old", ""))
        .ingress("name: c, creationTimestamp: '2026-01-01T00:00:00Z'", tls("missing", ""));
    Reconciled made = all.reconcile();
    assertThat(made.certificates().get("shop.example.com").secret().name()).isEqualTo("old");
    assertThat(made.problems()).extracting(Problem::object).containsExactly("Ingress default/c");
  }

  @Test
  void areLeftOutWhereTheSecretIsMissingOrHalf() {
    assertRefused(
        new Manifests().ingress("name: i", tls("s", "")),
        "Ingress default/i",
        "spec.tls[0].secretName",
        "Secret default/s does not exist");
    assertRefused(
        new Manifests().secret("s", "tls.key: x").ingress("name: i", tls("s", "")),
        "Secret default/s",
        "data.tls.crt",
        "missing");
    assertRefused(
        new Manifests().secret("s", "tls.crt: x").ingress("name: i", tls("s", "")),
        "Secret default/s",
        "data.tls.key",
        "missing");
  }

  @Test
  void areLeftOutWhereTheKeyIsAnothersOrNoPem() {
    assertRefused(
        secret(new Manifests(), "s", shop.certificate(), wildcard.privateKey())
            .ingress("name: i", tls("s", "")),
        "Secret default/s",
        "data.tls.key",
        "no private key");
    assertRefused(
        secret(new Manifests(), "s", shop.certificate(), rsa.privateKey())
            .ingress("name: i", tls("s", "")),
        "Secret default/s",
        "data.tls.key",
        "no private key");
    assertRefused(
        secret(new Manifests(), "s", "text", shop.privateKey()).ingress("name: i", tls("s", "")),
        "Secret default/s",
        "data.tls.crt",
        "no certificate");
  }

  @Test
  void areLeftOutWhereTheirBytesAreNone() {
    String broken = shop.certificate().replaceAll("(?m)^[A-Za-z0-9+/]{20}", "AAAAAAAAAAAAAAAAAAAA");
    Reconciled made = secret(new Manifests(), "s", broken, shop.privateKey())
        .ingress("name: i", tls("s", ""))
        .reconcile();
    assertThat(made.certificates()).isEmpty();
    assertThat(made.problems()).extracting(Problem::field).containsExactly("data.tls.crt");
  }

  @Test
  void areNotTakenFromAnotherNamespace() {
    assertRefused(
        secret("s", shop).ingress("name: i, namespace: other", tls("s", "")),
        "Ingress other/i",
        "spec.tls[0].secretName",
        "Secret other/s does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com, a.example.com, true",
    "*.example.com, a.example.com, true",
    "*.example.com, *.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, a.b.example.com, false",
    "a.example.com, *.example.com, false",
    "*.com, *.example.com, false",
    "*.example.com, a.example.com.org, false",
    "*.example.com, aexample.com, false"
  })
  void coverOneLabelByAWildcard(String name, String host, boolean covers) {
    assertThat(Certificates.covers(name, host)).isEqualTo(covers);
  }

  @Test
  void aSecretCanBeTheCertificateOfAllHostsThatHaveNone() {
    ControllerFlags flags = new ControllerFlags(
        ControllerFlags.DEFAULT.configMap(),
        null,
        new ObjectKey("Secret", "default", "rest"),
        true,
        true);
    Reconciled made = RouteReconciler.reconcile(
        secret("rest", rsa).read(), ClassRules.DEFAULT, flags, Reconciled.NOTHING);
    assertServed(made, Reconciled.ALL_OTHER_HOSTS, "rest");
  }
}
