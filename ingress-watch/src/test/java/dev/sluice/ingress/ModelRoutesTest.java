package dev.sluice.ingress;

import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelRoutesTest {
  private static final String HOST = "ai.example.com";

  private static ModelTable models(Reconciled made, String host) {
    Route route = made.routes().host(host).match("/v1/chat/completions", Asked.POST);
    Action.Models action = (Action.Models) route.action();
    assertThat(action.call()).isEqualTo(Action.Call.CHAT_COMPLETIONS);
    return action.models();
  }

  private static String route(String models, String targets) {
    return "{hosts: [" + HOST + "], models: [" + models + "], targets: [" + targets + "]}";
  }

  private static Manifests echo() {
    return new Manifests().sluice("ModelProvider", "echo", "{kind: echo}");
  }

  private static List<String> targets(ModelTable.Entry entry) {
    return entry.targets().stream()
        .map(target -> target.provider().name() + " " + target.model())
        .toList();
  }

  @Test
  void answerAtThePathsOfOpenAiOnTheirHostsOnly() {
    Reconciled made =
        echo().sluice("ModelRoute", "m", route("m", "{provider: echo}")).reconcile();
    HostRoutes host = made.routes().host(HOST);
    assertThat(host.match("/v1/models", Asked.GET).action()).isInstanceOf(Action.Models.class);
    assertThat(host.match("/v1/chat/completions", Asked.POST).declaredBy().toString())
        .isEqualTo("ModelRoute default/m");
    assertThat(host.match("/v1/chat/completions/x", Asked.POST)).isNull();
    assertThat(made.routes().host("other.example.com")).isNull();
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void answerWithoutHostsOnEachHostThatNobodyHas() {
    Reconciled made = echo()
        .sluice("ModelRoute", "m", "{models: [m], targets: [{provider: echo}]}")
        .ingress("name: i", rules(rule("shop.example.com", path("Prefix", "/", "s"))))
        .service("s", "10.0.0.1")
        .reconcile();
    assertThat(models(made, HOST).names()).containsExactly("m");
    assertThat(made.routes()
            .host("shop.example.com")
            .match("/v1/chat/completions", Asked.POST)
            .action())
        .isInstanceOf(Action.Forward.class);
  }

  private static ModelTable.Caching caching(String more, String provider) {
    Reconciled made = new Manifests()
        .sluice("ModelProvider", "echo", provider)
        .sluice("ModelRoute", "m", "{models: [m], targets: [{provider: echo}]" + more + "}")
        .reconcile();
    assertThat(made.problems()).isEmpty();
    return models(made, HOST).entries().get(0).caching();
  }

  @Test
  void keptAnswersBelongToWhatTheRouteAndItsTargetsSay() {
    String kept = ", cache: {ttl: 5m}";
    ModelTable.Caching caching = caching(kept, "{kind: echo}");
    assertThat(caching.rule()).isEqualTo(new ModelCache(Duration.ofMinutes(5), 256 * 1024));
    assertThat(caching(kept, "{kind: echo}")).isEqualTo(caching);
    assertThat(caching(kept + ", maxOutputTokens: 9", "{kind: echo}").version())
        .isNotEqualTo(caching.version());
    assertThat(caching(kept, "{kind: echo, prices: [{models: [m], input: '1', output: '1'}]}")
            .version())
        .isNotEqualTo(caching.version());
    assertThat(caching("", "{kind: echo}")).isNull();
  }

  @Test
  void shareTheirHostWithTheOtherPathsOfIngresses() {
    Reconciled made = echo()
        .sluice("ModelRoute", "m", route("m", "{provider: echo}"))
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "s"))))
        .service("s", "10.0.0.1")
        .reconcile();
    assertThat(models(made, HOST).names()).containsExactly("m");
    assertThat(made.routes().host(HOST).match("/v1/other", Asked.GET).action())
        .isInstanceOf(Action.Forward.class);
  }

  @Test
  void sayWhereAnIngressHoldsTheirPath() {
    Reconciled made = echo()
        .sluice("ModelRoute", "m", route("m", "{provider: echo}"))
        .ingress("name: i", rules(rule(HOST, path("Exact", "/v1/models", "s"))))
        .service("s", "10.0.0.1")
        .reconcile();
    assertThat(made.routes().host(HOST).match("/v1/models", Asked.GET).action())
        .isInstanceOf(Action.Forward.class);
    assertThat(made.problems())
        .extracting(Problem::what)
        .containsExactly("\"/v1/models\" is held by Ingress default/i");
  }

  @Test
  void findTheWholeNameThenTheLongestBeginning() {
    Reconciled made = echo()
        .sluice("ModelRoute", "all", route("'*'", "{provider: echo, model: all}"))
        .sluice("ModelRoute", "begin", route("'gpt-*'", "{provider: echo, model: begin}"))
        .sluice("ModelRoute", "longer", route("'gpt-4o*'", "{provider: echo, model: longer}"))
        .sluice("ModelRoute", "whole", route("gpt-4o-mini", "{provider: echo, model: whole}"))
        .reconcile();
    ModelTable models = models(made, HOST);
    assertThat(
            models.find(ModelAsk.of("gpt-4o-mini")).orElseThrow().declaredBy().name())
        .isEqualTo("whole");
    assertThat(models.find(ModelAsk.of("gpt-4o-max")).orElseThrow().declaredBy().name())
        .isEqualTo("longer");
    assertThat(models.find(ModelAsk.of("gpt-5")).orElseThrow().declaredBy().name())
        .isEqualTo("begin");
    assertThat(models.find(ModelAsk.of("claude")).orElseThrow().declaredBy().name())
        .isEqualTo("all");
    assertThat(models.names()).containsExactly("gpt-4o-mini");
  }

  @Test
  void doNotHaveAModelThatNobodyDeclared() {
    Reconciled made =
        echo().sluice("ModelRoute", "m", route("m", "{provider: echo}")).reconcile();
    assertThat(models(made, HOST).find(ModelAsk.of("mm"))).isEmpty();
  }

  @Test
  void leaveAModelToTheFirstRouteByName() {
    Reconciled made = echo()
        .sluice("ModelRoute", "b", route("m, other", "{provider: echo, model: b}"))
        .sluice("ModelRoute", "a", route("m", "{provider: echo, model: a}"))
        .reconcile();
    ModelTable models = models(made, HOST);
    assertThat(targets(models.find(ModelAsk.of("m")).orElseThrow()))
        .containsExactly("default/echo a");
    assertThat(targets(models.find(ModelAsk.of("other")).orElseThrow()))
        .containsExactly("default/echo b");
    assertThat(made.problems()).hasSize(1);
    assertThat(made.problems().get(0).field()).isEqualTo("spec.models[0]");
    assertThat(made.problems().get(0).what()).contains("held by ModelRoute default/a");
  }

  @Test
  void tryTheirTargetsInTheOrderDeclaredWithoutThoseThatAreMissing() {
    Reconciled made = echo()
        .sluice("ModelProvider", "far", "{kind: openai-compatible, baseUrl: 'http://far/v1/'}")
        .sluice(
            "ModelRoute",
            "m",
            route("m", "{provider: far, model: x}, {provider: none}, {provider: echo}"))
        .reconcile();
    ModelTable.Entry entry = models(made, HOST).find(ModelAsk.of("m")).orElseThrow();
    assertThat(targets(entry)).containsExactly("default/far x", "default/echo ");
    assertThat(entry.targets().get(0).provider().baseUrl()).isEqualTo("http://far/v1");
    assertThat(made.problems())
        .extracting(Problem::field)
        .containsExactly("spec.targets[1].provider");
  }

  @Test
  void keepAModelWithoutTargetsSoThatItIsRefusedAndNotTakenByAnother() {
    Reconciled made = echo()
        .sluice("ModelRoute", "all", route("'*'", "{provider: echo}"))
        .sluice("ModelRoute", "m", route("m", "{provider: none}"))
        .reconcile();
    assertThat(models(made, HOST).find(ModelAsk.of("m")).orElseThrow().targets())
        .isEmpty();
  }

  @Test
  void callAProviderWithItsCredentialAndLeaveItOutWhileThatIsMissing() {
    Manifests all = new Manifests()
        .sluice("ModelProvider", "p", """
            {kind: openai-compatible, baseUrl: 'https://p.example', outputCap: max_completion_tokens,
             credential: {secretRef: {name: s, key: api-key}}, timeouts: {silence: 5s}}""")
        .sluice("ModelRoute", "m", route("m", "{provider: p}"));
    Reconciled without = all.reconcile();
    assertThat(models(without, HOST).find(ModelAsk.of("m")).orElseThrow().targets())
        .isEmpty();
    assertThat(without.problems())
        .extracting(Problem::object, Problem::field)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(
            "ModelProvider default/p", "spec.credential.secretRef"));

    Reconciled with =
        RouteReconciler.reconcile(all.secret("s", "api-key: \"sk-p\\n\"").read(), without);
    ModelProvider provider =
        models(with, HOST).find(ModelAsk.of("m")).orElseThrow().targets().get(0).provider();
    assertThat(provider.credential()).isEqualTo("sk-p");
    assertThat(provider.capField()).isEqualTo("max_completion_tokens");
    assertThat(provider.timeouts().silence()).isEqualTo(Duration.ofSeconds(5));
    assertThat(provider.timeouts().total()).isEqualTo(Duration.ofMinutes(10));
    assertThat(provider.toString()).doesNotContain("sk-p");
    assertThat(with.problems()).isEmpty();
  }

  @Test
  void callAProviderWithAChangedCredentialThoughNothingElseChanged() {
    String provider = "{kind: echo, credential: {secretRef: {name: s, key: api-key}}}";
    String route = route("m", "{provider: p}");
    Reconciled before = new Manifests()
        .sluice("ModelProvider", "p", provider)
        .sluice("ModelRoute", "m", route)
        .secret("s", "api-key: sk-1")
        .reconcile();
    List<Declaration> declared = new Manifests()
        .sluice("ModelProvider", "p", provider)
        .sluice("ModelRoute", "m", route)
        .secret("s", "api-key: sk-2")
        .read();
    Reconciled after = RouteReconciler.reconcile(declared, before);
    assertThat(models(after, HOST)
            .find(ModelAsk.of("m"))
            .orElseThrow()
            .targets()
            .get(0)
            .provider()
            .credential())
        .isEqualTo("sk-2");
  }

  @Test
  void capAnswersAt4096TokensAndRefuseUnboundInputsUnlessTheySayOtherwise() {
    Reconciled made = echo()
        .sluice("ModelRoute", "plain", route("plain", "{provider: echo}"))
        .sluice(
            "ModelRoute",
            "set",
            "{hosts: [" + HOST + "], models: [set], targets: [{provider: echo}],"
                + " maxOutputTokens: 9, contextTokens: 128000}")
        .reconcile();
    ModelTable.Entry plain = models(made, HOST).find(ModelAsk.of("plain")).orElseThrow();
    assertThat(plain.maxOutputTokens()).isEqualTo(4096);
    assertThat(plain.contextTokens()).isZero();
    ModelTable.Entry set = models(made, HOST).find(ModelAsk.of("set")).orElseThrow();
    assertThat(set.maxOutputTokens()).isEqualTo(9);
    assertThat(set.contextTokens()).isEqualTo(128_000);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      bedrock, region: eu-west-1                  | {"AccessKeyId": "AKIA1", "SecretAccessKey": "s/+"} | yes
      bedrock, region: eu-west-1                  | bedrock-api-key-YWJj                               | yes
      bedrock, region: eu-west-1                  | {"AccessKeyId": "AKIA1"}                           | no
      bedrock, region: eu-west-1                  | AKIA1 secret                                       | no
      vertex, project: p, location: global        | {"type": "service_account", "client_email": "a"}   | yes
      vertex, project: p, location: global        | {"type": "external_account"}                       | no
      vertex, project: p, location: global        | ya29.token                                         | no
      openai                                      | sk-1                                               | yes
      openai                                      | sk-1 sk-2                                          | no
      """)
  void leaveOutAProviderWhoseCredentialIsNoneOfItsKindAndShowNothingOfIt(
      String kind, String credential, String good) {
    Reconciled made = new Manifests()
        .sluice(
            "ModelProvider",
            "p",
            "{kind: " + kind + ", credential: {secretRef: {name: s, key: k}}}")
        .sluice("ModelRoute", "m", route("m", "{provider: p}"))
        .secret("s", "k: '" + credential + "'")
        .reconcile();
    boolean used = good.equals("yes");
    assertThat(models(made, HOST).find(ModelAsk.of("m")).orElseThrow().targets())
        .hasSize(used ? 1 : 0);
    assertThat(made.problems()).hasSize(used ? 0 : 1);
    for (Problem problem : made.problems()) {
      assertThat(problem.field()).isEqualTo("spec.credential.secretRef");
      assertThat(problem.toString()).doesNotContain("AKIA1", "ya29", "sk-1");
    }
  }

  private static Reconciled passing(String kind, String passthrough) {
    return new Manifests()
        .sluice("ModelProvider", "p", kind)
        .sluice(
            "ModelRoute",
            "m",
            "{hosts: [" + HOST + "], models: [m], targets: [{provider: p}], passthrough: "
                + passthrough + "}")
        .reconcile();
  }

  @Test
  void passThroughThePathsTheyNameAndAllBelow() {
    Reconciled made = passing("{kind: openai}", "{paths: [/v1/files, /v1/videos], provider: p}");
    assertThat(made.problems()).isEmpty();
    HostRoutes host = made.routes().host(HOST);
    for (String path : List.of("/v1/files", "/v1/files/f-1/content", "/v1/videos/v-1")) {
      assertThat(host.match(path, Asked.GET).action())
          .isInstanceOfSatisfying(
              Action.Pass.class, pass -> assertThat(pass.provider().name()).isEqualTo("default/p"));
    }
    assertThat(host.match("/v1/batches", Asked.GET).action())
        .isInstanceOfSatisfying(
            Action.Models.class, call -> assertThat(call.call()).isEqualTo(Action.Call.BATCHES));
    assertThat(host.match("/v1/filesystem", Asked.GET)).isNull();
    assertThat(models(made, HOST).names()).containsExactly("m");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {kind: openai}                   | {paths: [/v1/chat/completions], provider: p}     | .paths[0] | is served here
      {kind: openai}                   | {paths: [/v1/models/m], provider: p}             | .paths[0] | is served here
      {kind: openai}                   | {paths: [/v1beta/files], provider: p}            | .paths[0] | is no path of this provider's API
      {kind: gemini}                   | {paths: [/v1/files], provider: p}                | .paths[0] | is no path of this provider's API
      {kind: echo}                     | {paths: [/v1/files], provider: p}                | .provider | can't be passed through
      {kind: openai}                   | {paths: [/v1/files], provider: other}            | .provider | ModelProvider default/other does not exist
      {kind: openai}                   | {paths: [/v1/realtime], provider: p, charge: context} | .charge | context window is not known
      """)
  void sayWhatCanNotBePassedThrough(String kind, String passthrough, String field, String what) {
    Reconciled made = passing(kind, passthrough);
    assertThat(made.problems()).hasSize(1);
    assertThat(made.problems().get(0).field()).isEqualTo("spec.passthrough" + field);
    assertThat(made.problems().get(0).what()).contains(what);
    assertThat(made.routes().host(HOST).match("/v1/files", Asked.GET).action())
        .isInstanceOf(Action.Models.class);
  }
}
