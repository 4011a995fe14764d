package dev.sluice.node.cli;

import dev.sluice.ingress.TenantTable;
import dev.sluice.proxy.Asking;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose call of a model is explained, and where it is made. */
final class ModelCallOptions {
  @Option(names = "--tenant", paramLabel = "NAME", description = "whose call of a model it is")
  private String tenant = "";

  @Option(
      names = "--key",
      paramLabel = "NAME",
      description =
          "its key: KEY, or TEAM/KEY for one of a team; without --tenant, of the only declared tenant that has it")
  private String key = "";

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "whose models; needed if several hosts have some")
  private String host = "";

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "that is called (default: /v1/chat/completions)")
  private String path = "";

  Asking.OfModel asked(String model, List<String> headers) {
    return new Asking.OfModel(model, host, path, headers);
  }

  TenantTable.@Nullable Spender caller(TenantTable tenants) {
    return Asking.caller(tenants, tenant, key);
  }

  /** For the admin API. */
  String query(String model, List<String> headers) {
    Map<String, String> all = given();
    all.put("model", model);
    if (!headers.isEmpty()) {
      all.put("headers", String.join("\n", headers));
    }
    return "/explain/model?"
        + all.entrySet().stream()
            .map(one -> one.getKey() + "=" + ExplainCommand.encoded(one.getValue()))
            .collect(Collectors.joining("&"));
  }

  private Map<String, String> given() {
    Map<String, String> all =
        new LinkedHashMap<>(Map.of("tenant", tenant, "key", key, "host", host, "path", path));
    all.values().removeIf(String::isEmpty);
    return all;
  }

  /** @throws IllegalArgumentException if one is given, where a URL says all */
  void refuseAny() {
    Map<String, String> all = given();
    if (!all.isEmpty()) {
      throw new IllegalArgumentException("--" + all.keySet().iterator().next()
          + ": given beside a URL (expected: only with the name of a model)");
    }
  }
}
