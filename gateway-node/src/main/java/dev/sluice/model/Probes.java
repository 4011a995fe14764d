package dev.sluice.model;

import dev.sluice.ingress.DeclaredModelProvider.Kind;
import dev.sluice.ingress.ModelProbe;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.ingress.ModelTable;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.health.NodeHealth;
import dev.sluice.model.health.Sign;
import dev.sluice.model.route.TargetIds;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks providers that want it whether they are there, by a GET and without a prompt, on threads of its own. Bad news count as those of
 * calls do: for all targets of the provider whose names are known, or for a key. Good news end nothing: a server that lists its models
 * may refuse a prompt.
 */
public final class Probes implements AutoCloseable {
  /** Counts probes. */
  public interface Log {
    /** @param result {@code good}, {@code failed}, {@code rejected}, or {@code other}, of which nothing is learned */
    void probed(String provider, String result);
  }

  private static final int THREADS = 4;

  /** @param models those of its models that are asked for by whole names */
  private record Probed(ModelProvider provider, Set<String> models) {}

  private record Running(Probed probed, ScheduledFuture<?> schedule) {}

  private final Supplier<Collection<ModelTable>> tables;
  private final NodeHealth health;
  private final ProviderApis apis;
  private final Log log;
  private final ProbeSettings settings;
  private final ScheduledThreadPoolExecutor asking;
  /** By the provider's name. Used by {@link #look} alone. */
  private final Map<String, Running> running = new HashMap<>();

  private Probes(
      Supplier<Collection<ModelTable>> tables,
      ModelNode node,
      BackOffice office,
      Log log,
      ProbeSettings settings) {
    this.tables = tables;
    this.health = node.health();
    this.apis = new ProviderApis(office.google(), InstantSource.system());
    this.log = log;
    this.settings = settings;
    this.asking = new ScheduledThreadPoolExecutor(THREADS, task -> {
      Thread thread = new Thread(task, "sluice-probes");
      thread.setDaemon(true);
      return thread;
    });
    asking.setRemoveOnCancelPolicy(true);
  }

  /** @param tables what is declared, each time anew */
  public static Probes start(
      Supplier<Collection<ModelTable>> tables,
      ModelNode node,
      BackOffice office,
      Log log,
      ProbeSettings settings) {
    Probes probes = new Probes(tables, node, office, log, settings);
    ScheduledFuture<?> unused = probes.asking.scheduleWithFixedDelay(
        probes::look, 0, settings.lookInterval().toMillis(), TimeUnit.MILLISECONDS);
    return probes;
  }

  private void look() {
    Map<String, Probed> wanted = wanted(tables.get());
    running.values().removeIf(one -> {
      boolean gone = !one.probed().equals(wanted.get(one.probed().provider().name()));
      if (gone) {
        one.schedule().cancel(false);
      }
      return gone;
    });
    wanted.forEach((name, probed) -> {
      ModelProbe probe = probed.provider().probe();
      if (probe != null
          && !running.containsKey(name)
          && running.size() < settings.mostProviders()) {
        running.put(
            name,
            new Running(
                probed,
                asking.scheduleWithFixedDelay(
                    () -> probe(probed, probe),
                    0,
                    probe.every().toMillis(),
                    TimeUnit.MILLISECONDS)));
      }
    });
  }

  private static Map<String, Probed> wanted(Collection<ModelTable> tables) {
    Map<String, Probed> wanted = new HashMap<>();
    for (ModelTable table : tables) {
      for (ModelTable.Entry entry : table.entries()) {
        for (ModelTable.Target target : entry.targets()) {
          if (target.provider().probe() != null) {
            Probed probed = wanted.computeIfAbsent(
                target.provider().name(), name -> new Probed(target.provider(), new TreeSet<>()));
            if (entry.exact() || !target.model().isEmpty() && !target.model().contains("*")) {
              probed.models().add(target.modelFor(entry, entry.name().text()));
            }
          }
        }
      }
    }
    return wanted;
  }

  private void probe(Probed probed, ModelProbe probe) {
    ModelProvider provider = probed.provider();
    List<TargetIds> targets = targets(probed);
    List<ModelProvider> ways = new ArrayList<>();
    provider.keys().forEach(key -> ways.add(provider.with(key)));
    if (ways.isEmpty()) {
      ways.add(provider);
    }
    for (int key = 0; key < ways.size(); key++) {
      String result = ask(ways.get(key), probe);
      log.probed(provider.name(), result);
      if (result.equals("failed")) {
        targets.forEach(one -> health.tell(one.target(), Sign.FAILED, null));
        return;
      }
      if (result.equals("rejected") && !targets.isEmpty()) {
        health.tell(targets.get(0).keys().get(key).id(), Sign.REJECTED, null);
      }
    }
  }

  private static List<TargetIds> targets(Probed probed) {
    return probed.models().stream()
        .map(model -> TargetIds.of(probed.provider(), model))
        .toList();
  }

  private String ask(ModelProvider provider, ModelProbe probe) {
    try {
      URI page = page(provider, probe);
      HttpURLConnection connection = ServerPage.open(page, settings.timeout());
      proof(provider, page).forEach(connection::setRequestProperty);
      int status = connection.getResponseCode();
      connection.disconnect();
      return result(status);
    } catch (IOException e) {
      return "failed";
    } catch (IllegalArgumentException e) {
      // a key that no header can have: calls say so
      return "other";
    }
  }

  /** Below 0 it was no HTTP. */
  private static String result(int status) {
    if (status < 0 || status >= 500) {
      return "failed";
    }
    return status == 401 || status == 402 ? "rejected" : status < 300 ? "good" : "other";
  }

  private Map<String, String> proof(ModelProvider provider, URI page) {
    Map<String, String> fields = new HashMap<>();
    if (!provider.credential().isEmpty()) {
      ProviderApi.Sent sent =
          new ProviderApi.Sent(page.getRawAuthority(), page.getRawPath(), "", new byte[0]);
      fields.putAll(apis.of(provider).fields(provider.credential(), sent));
    }
    if (provider.kind() == Kind.ANTHROPIC) {
      fields.put(MessagesProvider.VERSION_FIELD, MessagesProvider.VERSION);
    }
    return fields;
  }

  private URI page(ModelProvider provider, ModelProbe probe) {
    if (!probe.path().isEmpty()) {
      return URI.create(provider.baseUrl()).resolve(probe.path());
    }
    String list = switch (provider.kind()) {
      case ANTHROPIC -> "/v1/models";
      case OLLAMA -> "/api/tags";
      case AZURE_OPENAI -> azure(provider.place().apiVersion());
      default -> "/models";
    };
    return URI.create(provider.baseUrl() + list);
  }

  private static String azure(String version) {
    return version.isEmpty() ? "/openai/v1/models" : "/openai/models?api-version=" + version;
  }

  @Override
  public void close() {
    asking.shutdownNow();
  }
}
