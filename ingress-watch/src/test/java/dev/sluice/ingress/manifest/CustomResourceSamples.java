package dev.sluice.ingress.manifest;

import java.util.List;
import java.util.stream.IntStream;

/** Objects of our own kinds, good and bad. */
final class CustomResourceSamples {
  private static final String SHA256 = "0123456789abcdef".repeat(4);
  private static final String CREDENTIAL = "credential: {secretRef: {name: s, key: k}}";

  /**
   * @param spec in YAML's flow style, with what precedes it if it is not under {@code spec}
   * @param field the one that is refused, or empty
   */
  record Sample(String kind, String spec, String field) {
    String manifest() {
      String head = "apiVersion: sluice.dev/v1alpha1\nkind: " + kind + "\nmetadata: {name: x}\n";
      return head + (spec.isEmpty() ? "" : "spec: " + spec + "\n");
    }
  }

  private CustomResourceSamples() {}

  static List<Sample> good() {
    return List.of(
        provider("{kind: echo}", ""),
        provider("{kind: echo, outputCap: max_tokens}", ""),
        provider("{kind: openai-compatible, baseUrl: 'https://api.example.com/v1'}", ""),
        provider("{kind: openai-compatible, baseUrl: 'http://llm:8000'}", ""),
        provider("{kind: openai-compatible, baseUrl: 'http://10.0.0.7:65535/a%20b/'}", ""),
        provider("{kind: openai-compatible, baseUrl: 'http://[fd00::7]:8000/v1'}", ""),
        provider(
            "{kind: openai-compatible, baseUrl: 'https://h.example', outputCap: max_completion_tokens,"
                + " credential: {secretRef: {name: a.b-c, key: api-key}}}",
            ""),
        provider("{kind: openai-compatible, preset: groq}", ""),
        provider("{kind: openai-compatible, preset: groq, baseUrl: 'http://proxy:8000/v1'}", ""),
        provider("{kind: openai}", ""),
        provider("{kind: anthropic}", ""),
        provider("{kind: anthropic, baseUrl: 'https://api.example.com'}", ""),
        provider("{kind: gemini}", ""),
        provider("{kind: ollama, baseUrl: 'http://ollama:11434'}", ""),
        provider("{kind: vllm, baseUrl: 'http://vllm:8000/v1'}", ""),
        provider(
            "{kind: azure-openai, baseUrl: 'https://x.openai.azure.com', apiVersion: 2024-10-21-preview}",
            ""),
        provider("{kind: azure-openai, baseUrl: 'https://x.openai.azure.com'}", ""),
        provider("{kind: bedrock, region: eu-west-1, " + CREDENTIAL + "}", ""),
        provider("{kind: bedrock, region: us-gov-west-1, " + CREDENTIAL + "}", ""),
        provider(
            "{kind: bedrock, region: eu-west-1, baseUrl: 'https://vpce-1.example', " + CREDENTIAL
                + "}",
            ""),
        provider("{kind: vertex, project: my-project, location: global, " + CREDENTIAL + "}", ""),
        provider(
            "{kind: vertex, project: '4711', location: europe-west4, baseUrl: 'http://proxy:80', "
                + CREDENTIAL + "}",
            ""),
        provider(
            "{kind: echo, prices: [{models: [a], input: '1', cacheWrite: '1.25', output: '1'}]}",
            ""),
        route("{models: [m], targets: [{provider: p}], unsayable: drop}", ""),
        route(
            "{models: ['a*b', '*'], targets: [{provider: p, model: 'x-*', contextTokens: 9}]}", ""),
        route(
            "{models: [m], groups: [{targets: [{provider: p, weight: 0, maxOutputTokens: 9}]},"
                + " {balance: least-in-flight, targets: [{provider: p}, {provider: q}]},"
                + " {balance: lowest-latency, targets: [{provider: p}]},"
                + " {balance: headroom, targets: [{provider: p}]},"
                + " {balance: prefix-hash, targets: [{provider: p}]},"
                + " {balance: queue, targets: [{provider: p}]}]}",
            ""),
        when(
            "{headers: [{name: X-Tier, value: 'go*'}], tenants: ['team-*'], paths: [/v1/messages]}",
            ""),
        fallback("{attempts: 16, deadline: 100ms, firstToken: 1h}", ""),
        route(
            "{models: [m], targets: [{provider: p}], mostCost: '0.50', whenOutOfQuota: small}", ""),
        provider("{kind: echo, credentials: [{secretRef: {name: s, key: k}}]}", ""),
        route("{models: [m], targets: [{provider: p}], cache: {ttl: 1s}}", ""),
        route(
            "{models: [m], targets: [{provider: p}], cache: {ttl: 168h, mostBytes: 4194304}}", ""),
        passthrough("{paths: [/v1/files, /v1/batches], provider: p}", ""),
        passthrough("{paths: [/v1beta/cachedContents.x], provider: p, charge: context}", ""),
        provider("{kind: echo, timeouts: {silence: 1000ms, total: 24h}}", ""),
        provider("{kind: echo, timeouts: {}}", ""),
        provider("{kind: openai, probe: {every: 1s}}", ""),
        provider(
            "{kind: vllm, baseUrl: 'http://a:8000/v1', probe: {every: 1h, path: /health}}", ""),
        limitOfProvider("{maxInFlight: 10}", ""),
        limitOfProvider(
            "{models: [a, 'b*'], maxInFlight: 1000000, requestsPerMinute: 1, tokensPerMinute: 1099511627776,"
                + " queue: {length: 0, perTenant: 100000, wait: 100ms}}, {tokensPerMinute: 9, queue: {}}",
            ""),
        route("{models: ['*'], targets: [{provider: p}]}", ""),
        route("{models: [a, 'gpt-4o*', 'org/model:7b@x'], targets: [{provider: p, model: m}]}", ""),
        route(
            "{hosts: [ai.example.com, '*.example.com'], models: [m], targets: [{provider: p}, {provider: p}],"
                + " maxOutputTokens: 1, contextTokens: 10000000}",
            ""),
        route("{hosts: [1.2.3.4.5], models: [m], targets: [{provider: p}]}", ""),
        route("{hosts: [], models: [m], targets: [{provider: p}]}", ""),
        route("{models: [m], targets: [{provider: " + "a".repeat(253) + "}]}", ""),
        tenant("{}", ""),
        tenant("{keys: [], limits: []}", ""),
        tenant("{keys: [{name: a, sha256: " + SHA256 + "}]}", ""),
        tenant(
            "{keys: [{name: a, secretRef: {name: s, key: k}}, {name: b, secretRef: {name: s, key: k}}]}",
            ""),
        tenant(
            "{keys: [{name: a, jwt: {issuer: corp, claims: {sub: someone, groups: web}}},"
                + " {name: b, serviceAccount: {namespace: shop, name: web.v2}}]}",
            ""),
        tenant("{limits: [{unit: tokens, amount: 0, window: none}]}", ""),
        tenant("{limits: [{unit: tokens, amount: 1125899906842624, window: second}]}", ""),
        tenant(
            "{limits: [{unit: tokens, amount: 1, window: minute}, {unit: tokens, amount: 9, window: hour},"
                + " {name: more, unit: tokens, amount: 9, window: hour}]}",
            ""),
        tenant(
            "{limits: [{unit: tokens, amount: 1, window: day, timeZone: Europe/Berlin},"
                + " {unit: tokens, amount: 1, window: month, timeZone: America/Argentina/Buenos_Aires}]}",
            ""),
        tenant("{limits: [{unit: tokens, amount: 1, window: day, timeZone: UTC}]}", ""),
        tenant(
            "{limits: [{unit: input-tokens, amount: 1, window: day}, {unit: requests, amount: 1, window: second},"
                + " {unit: in-flight-requests, amount: 1, window: none}, {unit: cost, amount: 1, window: month, mode: observe},"
                + " {unit: output-tokens, amount: 1, window: hour, models: [a, 'b*', '*'], mode: enforce}]}",
            ""),
        tenant(
            "{teams: [{name: t, limits: [{unit: tokens, amount: 1, window: day}], keys: [{name: a, sha256: "
                + SHA256
                + ", limits: [{unit: tokens, amount: 1, window: day}]}]}, {name: u}],"
                + " keys: [{name: a, sha256: " + SHA256
                + ", limits: [{unit: cost, amount: 1, window: none}]}]}",
            ""),
        provider(
            "{kind: echo, prices: [{models: [a, 'b*'], input: '2.50', output: '10'},"
                + " {models: [a], from: '2026-01-31', input: '0.000001', cachedInput: '0', output: '9999.999999'}]}",
            ""));
  }

  static List<Sample> bad() {
    return List.of(
        provider("", "spec"),
        provider("text", "spec"),
        provider("{}", "spec.kind"),
        provider("{kind: Echo}", "spec.kind"),
        provider("{kind: ''}", "spec.kind"),
        provider("{kind: 7}", "spec.kind"),
        provider("{kind: palm, baseUrl: 'https://api.example.com'}", "spec.kind"),
        provider("{kind: bedrock, region: Europe, " + CREDENTIAL + "}", "spec.region"),
        provider(
            "{kind: bedrock, region: eu-west-1.evil.example/, " + CREDENTIAL + "}", "spec.region"),
        provider(
            "{kind: vertex, project: a/b, location: global, " + CREDENTIAL + "}", "spec.project"),
        provider(
            "{kind: vertex, project: p, location: evil.example, " + CREDENTIAL + "}",
            "spec.location"),
        provider("{kind: openai-compatible, preset: grok}", "spec.preset"),
        provider(
            "{kind: azure-openai, baseUrl: 'https://x.example', apiVersion: latest}",
            "spec.apiVersion"),
        route("{models: [m], targets: [{provider: p}], unsayable: ignore}", "spec.unsayable"),
        passthrough("{provider: p}", "spec.passthrough.paths"),
        passthrough("{paths: [], provider: p}", "spec.passthrough.paths"),
        passthrough("{paths: [v1/files], provider: p}", "spec.passthrough.paths[0]"),
        passthrough("{paths: [/v1/../admin], provider: p}", "spec.passthrough.paths[0]"),
        passthrough("{paths: ['/v1/a%2fb'], provider: p}", "spec.passthrough.paths[0]"),
        passthrough("{paths: [/], provider: p}", "spec.passthrough.paths[0]"),
        passthrough("{paths: [/v1/files]}", "spec.passthrough.provider"),
        passthrough("{paths: [/v1/files], provider: p, charge: tokens}", "spec.passthrough.charge"),
        passthrough("{paths: [/v1/files], provider: p, to: q}", "spec.passthrough.to"),
        provider("{kind: echo, timeout: {}}", "spec.timeout"),
        limitOfProvider("{}", "[0]"),
        limitOfProvider("{maxInFlight: 0}", "[0].maxInFlight"),
        limitOfProvider("{maxInFlight: 1.5}", "[0].maxInFlight"),
        limitOfProvider("{requestsPerMinute: ten}", "[0].requestsPerMinute"),
        limitOfProvider("{tokensPerMinute: 0}", "[0].tokensPerMinute"),
        limitOfProvider("{maxInFlight: 1, models: []}", "[0].models"),
        limitOfProvider("{maxInFlight: 1, models: ['*a']}", "[0].models[0]"),
        limitOfProvider("{maxInFlight: 1, burst: 2}", "[0].burst"),
        limitOfProvider("{maxInFlight: 1, queue: {length: -1}}", "[0].queue.length"),
        limitOfProvider("{maxInFlight: 1, queue: {wait: soon}}", "[0].queue.wait"),
        baseUrl("api.example.com"),
        baseUrl(""),
        baseUrl("ftp://api.example.com"),
        baseUrl("https://api.example.com?a=b"),
        baseUrl("https://api.example.com/#a"),
        baseUrl("https://user:secret@api.example.com"),
        baseUrl("https://api.example.com:0"),
        baseUrl("https://api.example.com:65536"),
        baseUrl("https://api.example.com/a b"),
        baseUrl("https://api.example.com/%2"),
        baseUrl("https://-a.example.com"),
        baseUrl("https://a..example.com"),
        baseUrl("https://my_llm:8000"),
        baseUrl("https://"),
        baseUrl("https://a.example/" + "a".repeat(2048)),
        provider("{kind: echo, credential: {}}", "spec.credential.secretRef"),
        provider(
            "{kind: echo, credential: {secretRef: {key: k}}}", "spec.credential.secretRef.name"),
        provider(
            "{kind: echo, credential: {secretRef: {name: '', key: k}}}",
            "spec.credential.secretRef.name"),
        provider(
            "{kind: echo, credential: {secretRef: {name: A, key: k}}}",
            "spec.credential.secretRef.name"),
        provider(
            "{kind: echo, credential: {secretRef: {name: a, key: ''}}}",
            "spec.credential.secretRef.key"),
        provider(
            "{kind: echo, credential: {apiKey: k, secretRef: {name: a, key: k}}}",
            "spec.credential.apiKey"),
        provider("{kind: echo, outputCap: tokens}", "spec.outputCap"),
        provider("{kind: echo, outputCap: ''}", "spec.outputCap"),
        provider("{kind: echo, timeouts: {silence: 30}}", "spec.timeouts.silence"),
        provider("{kind: openai, probe: {path: /health}}", "spec.probe.every"),
        provider("{kind: openai, probe: {every: 5s, path: health}}", "spec.probe.path"),
        provider("{kind: openai, probe: {every: 5s, path: '/a?b'}}", "spec.probe.path"),
        provider("{kind: openai, probe: {every: 5s, path: //other/a}}", "spec.probe.path"),
        provider("{kind: openai, probe: {every: 5s, model: m}}", "spec.probe.model"),
        provider("{kind: echo, timeouts: {silence: 30 s}}", "spec.timeouts.silence"),
        provider("{kind: echo, timeouts: {total: ''}}", "spec.timeouts.total"),
        provider("{kind: echo, timeouts: {total: 1h30m}}", "spec.timeouts.total"),
        provider("{kind: echo, timeouts: {connect: 1s}}", "spec.timeouts.connect"),
        route("{targets: [{provider: p}]}", "spec.models"),
        route("{models: [], targets: [{provider: p}]}", "spec.models"),
        route("{models: m, targets: [{provider: p}]}", "spec.models"),
        route("{models: [''], targets: [{provider: p}]}", "spec.models[0]"),
        route("{models: ['a b'], targets: [{provider: p}]}", "spec.models[0]"),
        route("{models: [m], groups: []}", "spec.groups"),
        route("{models: [m], groups: [{balance: weighted}]}", "spec.groups[0].targets"),
        route("{models: [m], groups: [{targets: []}]}", "spec.groups[0].targets"),
        route(
            "{models: [m], groups: [{balance: random, targets: [{provider: p}]}]}",
            "spec.groups[0].balance"),
        route(
            "{models: [m], groups: [{targets: [{provider: p, weight: -1}]}]}",
            "spec.groups[0].targets[0].weight"),
        when("{headers: [{name: 'a b', value: c}]}", ".headers[0].name"),
        when("{headers: [{name: a}]}", ".headers[0].value"),
        when("{tenants: []}", ".tenants"),
        when("{tenants: [A]}", ".tenants[0]"),
        when("{paths: [v1]}", ".paths[0]"),
        when("{models: [m]}", ".models"),
        fallback("{attempts: 0}", ".attempts"),
        fallback("{deadline: 5}", ".deadline"),
        fallback("{firstToken: soon}", ".firstToken"),
        route("{models: [m], targets: [{provider: p}], mostCost: '-1'}", "spec.mostCost"),
        route("{models: [m], targets: [{provider: p}], mostCost: 1}", "spec.mostCost"),
        route(
            "{models: [m], targets: [{provider: p}], whenOutOfQuota: 'm*'}", "spec.whenOutOfQuota"),
        route("{models: [m], targets: [{provider: p}], cache: {}}", "spec.cache.ttl"),
        route("{models: [m], targets: [{provider: p}], cache: {ttl: 5}}", "spec.cache.ttl"),
        route("{models: [m], targets: [{provider: p}], cache: {ttl: soon}}", "spec.cache.ttl"),
        route(
            "{models: [m], targets: [{provider: p}], cache: {ttl: 1m, mostBytes: 1}}",
            "spec.cache.mostBytes"),
        route(
            "{models: [m], targets: [{provider: p}], cache: {ttl: 1m, semantic: true}}",
            "spec.cache.semantic"),
        provider("{kind: echo, credentials: []}", "spec.credentials"),
        provider("{kind: echo, credentials: [{}]}", "spec.credentials[0].secretRef"),
        route("{models: ['-a'], targets: [{provider: p}]}", "spec.models[0]"),
        route("{models: [" + "a".repeat(202) + "], targets: [{provider: p}]}", "spec.models[0]"),
        route("{models: [m]}", "spec.targets"),
        route("{models: [m], targets: []}", "spec.targets"),
        route("{models: [m], targets: [{model: m}]}", "spec.targets[0].provider"),
        route("{models: [m], targets: [{provider: ''}]}", "spec.targets[0].provider"),
        route("{models: [m], targets: [{provider: a/b}]}", "spec.targets[0].provider"),
        route("{models: [m], targets: [{provider: p, model: ''}]}", "spec.targets[0].model"),
        route("{models: [m], targets: [{provider: p, weight: 1}]}", "spec.targets[0].weight"),
        route("{models: [m], targets: [" + repeated("{provider: p}", 65) + "]}", "spec.targets"),
        host(""),
        host("AI.example.com"),
        host("*"),
        host("a.*.example.com"),
        host("ai.example.com:80"),
        route(
            "{models: [m], targets: [{provider: p}], maxOutputTokens: 0}", "spec.maxOutputTokens"),
        route(
            "{models: [m], targets: [{provider: p}], maxOutputTokens: 10000001}",
            "spec.maxOutputTokens"),
        route(
            "{models: [m], targets: [{provider: p}], maxOutputTokens: 1.5}",
            "spec.maxOutputTokens"),
        route("{models: [m], targets: [{provider: p}], contextTokens: '9'}", "spec.contextTokens"),
        route("{models: [m], targets: [{provider: p}], contextTokens: 0}", "spec.contextTokens"),
        tenant("", "spec"),
        tenant("{limit: []}", "spec.limit"),
        limit("{unit: tokens, amount: , window: hour}", ".amount"),
        tenant("{keys: {a: b}}", "spec.keys"),
        tenant("{keys: [{sha256: " + SHA256 + "}]}", "spec.keys[0].name"),
        tenant("{keys: [{name: '', sha256: " + SHA256 + "}]}", "spec.keys[0].name"),
        tenant(
            "{keys: [{name: a, sha256: " + SHA256.toUpperCase(java.util.Locale.ROOT) + "}]}",
            "spec.keys[0].sha256"),
        tenant("{keys: [{name: a, sha256: ''}]}", "spec.keys[0].sha256"),
        tenant("{keys: [{name: a, sha256: 7}]}", "spec.keys[0].sha256"),
        tenant("{keys: [{name: a, secretRef: {name: s}}]}", "spec.keys[0].secretRef.key"),
        tenant("{keys: [{name: a, jwt: {claims: {sub: x}}}]}", "spec.keys[0].jwt.issuer"),
        tenant("{keys: [{name: a, jwt: {issuer: corp, claims: {}}}]}", "spec.keys[0].jwt.claims"),
        tenant(
            "{keys: [{name: a, jwt: {issuer: corp, claims: {sub: ''}}}]}",
            "spec.keys[0].jwt.claims.sub"),
        tenant(
            "{keys: [{name: a, jwt: {issuer: corp, claims: {sub: [x]}}}]}",
            "spec.keys[0].jwt.claims.sub"),
        tenant(
            "{keys: [{name: a, serviceAccount: {namespace: shop}}]}",
            "spec.keys[0].serviceAccount.name"),
        tenant(
            "{keys: [{name: a, serviceAccount: {namespace: a.b, name: web}}]}",
            "spec.keys[0].serviceAccount.namespace"),
        limit("{unit: tokens, amount: 1, window: hour, models: []}", ".models"),
        limit("{unit: tokens, amount: 1, window: hour, models: ['a b']}", ".models[0]"),
        limit("{unit: tokens, amount: 1, window: hour, mode: warn}", ".mode"),
        tenant("{teams: [{}]}", "spec.teams[0].name"),
        tenant("{teams: [{name: t, teams: []}]}", "spec.teams[0].teams"),
        tenant(
            "{teams: [{name: t, keys: [{name: a, sha256: " + SHA256 + ", limit: []}]}]}",
            "spec.teams[0].keys[0].limit"),
        tenant(
            "{keys: [{name: a, sha256: " + SHA256
                + ", limits: [{unit: tokens, amount: 1, window: era}]}]}",
            "spec.keys[0].limits[0].window"),
        price("{models: [], input: '1', output: '1'}", ".models"),
        price("{models: [m], output: '1'}", ".input"),
        price("{models: [m], input: '1', output: 1}", ".output"),
        price("{models: [m], input: '10000', output: '1'}", ".input"),
        price("{models: [m], input: '1.0000001', output: '1'}", ".input"),
        price("{models: [m], from: yesterday, input: '1', output: '1'}", ".from"),
        limit("{amount: 1, window: hour}", ".unit"),
        limit("{unit: words, amount: 1, window: hour}", ".unit"),
        limit("{unit: tokens, window: hour}", ".amount"),
        limit("{unit: tokens, amount: -1, window: hour}", ".amount"),
        limit("{unit: tokens, amount: 1125899906842625, window: hour}", ".amount"),
        limit("{unit: tokens, amount: '1', window: hour}", ".amount"),
        limit("{unit: tokens, amount: 1}", ".window"),
        limit("{unit: tokens, amount: 1, window: week}", ".window"),
        limit("{unit: tokens, amount: 1, window: dai, timeZone: Europe/Berlin}", ".window"),
        limit("{unit: tokens, amount: 1, window: hour, burst: 2}", ".burst"),
        limit("{name: '', unit: tokens, amount: 1, window: hour}", ".name"),
        limit("{unit: tokens, amount: 1, window: day, timeZone: ''}", ".timeZone"),
        limit("{unit: tokens, amount: 1, window: day, timeZone: 2}", ".timeZone"),
        limit("{unit: tokens, amount: 1, window: day, timeZone: GMT+2}", ".timeZone"),
        limit("{unit: tokens, amount: 1, window: day, timeZone: Europe/}", ".timeZone"),
        tenant(
            "{limits: ["
                + IntStream.range(0, 33)
                    .mapToObj(i -> "{name: l" + i + ", unit: tokens, amount: 1, window: hour}")
                    .reduce((a, b) -> a + ", " + b)
                    .orElseThrow()
                + "]}",
            "spec.limits"));
  }

  private static Sample passthrough(String value, String field) {
    return route("{models: [m], targets: [{provider: p}], passthrough: " + value + "}", field);
  }

  /** Refused by x-kubernetes-validations or x-kubernetes-list-type, which only an API server knows. */
  static List<Sample> badToCelAlone() {
    return List.of(
        provider("{kind: openai-compatible}", "spec.baseUrl"),
        provider("{kind: azure-openai}", "spec.baseUrl"),
        provider("{kind: vllm}", "spec.baseUrl"),
        provider("{kind: bedrock, " + CREDENTIAL + "}", "spec.region"),
        provider("{kind: bedrock, region: eu-west-1}", "spec.credential"),
        provider("{kind: openai, region: eu-west-1}", "spec.region"),
        provider("{kind: vertex, location: global, " + CREDENTIAL + "}", "spec.project"),
        provider("{kind: vertex, project: p, " + CREDENTIAL + "}", "spec.location"),
        provider("{kind: vertex, project: p, location: global}", "spec.credential"),
        provider("{kind: gemini, project: p}", "spec.project"),
        provider("{kind: gemini, location: global}", "spec.location"),
        provider("{kind: openai, preset: groq}", "spec.preset"),
        provider("{kind: anthropic, apiVersion: 2024-10-21}", "spec.apiVersion"),
        provider("{kind: echo, baseUrl: 'https://api.example.com'}", "spec.baseUrl"),
        provider("{kind: echo, probe: {every: 1s}}", "spec.probe"),
        provider("{kind: openai, probe: {every: 999ms}}", "spec.probe.every"),
        provider("{kind: echo, timeouts: {silence: 999ms}}", "spec.timeouts.silence"),
        provider("{kind: echo, timeouts: {total: 1441m}}", "spec.timeouts.total"),
        provider("{kind: echo, timeouts: {total: 999999999h}}", "spec.timeouts.total"),
        route("{models: [m, o, m], targets: [{provider: p}]}", "spec.models[2]"),
        route(
            "{models: [m], targets: [{provider: p}], groups: [{targets: [{provider: p}]}]}",
            "spec.groups"),
        fallback("{attempts: 1, deadline: 99ms}", ".deadline"),
        fallback("{firstToken: 61m}", ".firstToken"),
        when("{headers: [{name: a, value: b}, {name: A, value: c}]}", ".headers[1].name"),
        when("{tenants: [a, a]}", ".tenants[1]"),
        provider(
            "{kind: echo, credential: {secretRef: {name: s, key: k}},"
                + " credentials: [{secretRef: {name: s, key: k}}]}",
            "spec.credentials"),
        route("{hosts: [a, a], models: [m], targets: [{provider: p}]}", "spec.hosts[1]"),
        host("10.0.0.7"),
        passthrough("{paths: [/v1/files, /v1/files], provider: p}", "spec.passthrough.paths[1]"),
        limitOfProvider("{maxInFlight: 1, queue: {wait: 11m}}", "[0].queue.wait"),
        limitOfProvider("{models: [a, a], maxInFlight: 1}", "[0].models[1]"),
        tenant("{keys: [{name: a}]}", "spec.keys[0]"),
        tenant(
            "{keys: [{name: a, sha256: " + SHA256 + ", secretRef: {name: s, key: k}}]}",
            "spec.keys[0]"),
        tenant(
            "{keys: [{name: a, sha256: " + SHA256
                + ", serviceAccount: {namespace: shop, name: web}}]}",
            "spec.keys[0]"),
        tenant(
            "{keys: [{name: a, secretRef: {name: s, key: k}}, {name: a, secretRef: {name: s, key: k}}]}",
            "spec.keys[1].name"),
        tenant(
            "{limits: [{unit: tokens, amount: 1, window: hour}, {unit: tokens, amount: 2, window: hour}]}",
            "spec.limits[1]"),
        tenant(
            "{limits: [{name: tokens-balance, unit: tokens, amount: 1, window: hour},"
                + " {unit: tokens, amount: 2, window: none}]}",
            "spec.limits[1]"),
        limit("{unit: tokens, amount: 1, window: hour, timeZone: UTC}", ".timeZone"),
        limit("{unit: in-flight-requests, amount: 1, window: hour}", ""),
        limit("{unit: tokens, amount: 1, window: hour, models: [a, a]}", ".models[1]"),
        tenant("{teams: [{name: t}, {name: t}]}", "spec.teams[1].name"),
        limit("{unit: tokens, amount: 1, window: day, timeZone: Europe/Berlinn}", ".timeZone"));
  }

  /** Fields without a value, which an API server drops before it looks; and what would cost its rules too much. */
  static List<Sample> badToTheReaderAlone() {
    return List.of(
        limitOfProvider("{maxInFlight: 1}, {tokensPerMinute: 1}", "[1]"),
        tenant("{limits: }", "spec.limits"),
        tenant("{teams: }", "spec.teams"),
        tenant(
            "{teams: [{name: t, limits: [{unit: tokens, amount: 1, window: day}, {unit: tokens, amount: 2, window: day}]}]}",
            "spec.teams[0].limits[1]"),
        price("{models: [m, m], input: '1', output: '1'}", ".models[1]"),
        price("{models: [m], from: '2026-02-30', input: '1', output: '1'}", ".from"),
        tenant("{keys: }", "spec.keys"),
        limit("{name: , unit: tokens, amount: 1, window: hour}", ".name"),
        provider("{kind: echo, credential: }", "spec.credential"),
        provider("{kind: echo, baseUrl: }", "spec.baseUrl"),
        provider("{kind: echo, timeouts: {total: }}", "spec.timeouts.total"),
        route("{models: [m], targets: [{provider: p, model: }]}", "spec.targets[0].model"),
        route("{models: [m], targets: [{provider: p}], contextTokens: }", "spec.contextTokens"));
  }

  private static Sample provider(String spec, String field) {
    return new Sample("ModelProvider", spec, field);
  }

  private static Sample baseUrl(String url) {
    return provider("{kind: openai-compatible, baseUrl: '" + url + "'}", "spec.baseUrl");
  }

  private static Sample limitOfProvider(String limits, String field) {
    return provider(
        "{kind: echo, limits: [" + limits + "]}", field.isEmpty() ? "" : "spec.limits" + field);
  }

  private static Sample route(String spec, String field) {
    return new Sample("ModelRoute", spec, field);
  }

  private static Sample when(String when, String field) {
    return route(
        "{models: [m], targets: [{provider: p}], when: " + when + "}",
        field.isEmpty() ? "" : "spec.when" + field);
  }

  private static Sample fallback(String fallback, String field) {
    return route(
        "{models: [m], targets: [{provider: p}], fallback: " + fallback + "}",
        field.isEmpty() ? "" : "spec.fallback" + field);
  }

  private static Sample host(String host) {
    return route(
        "{hosts: ['" + host + "'], models: [m], targets: [{provider: p}]}", "spec.hosts[0]");
  }

  private static Sample tenant(String spec, String field) {
    return new Sample("Tenant", spec, field);
  }

  private static Sample price(String price, String field) {
    return provider("{kind: echo, prices: [" + price + "]}", "spec.prices[0]" + field);
  }

  private static Sample limit(String limit, String field) {
    return tenant("{limits: [" + limit + "]}", "spec.limits[0]" + field);
  }

  private static String repeated(String item, int times) {
    return String.join(", ", java.util.Collections.nCopies(times, item));
  }
}
