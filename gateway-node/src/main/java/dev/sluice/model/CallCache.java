package dev.sluice.model;

import dev.sluice.ingress.ModelCache;
import dev.sluice.ingress.ModelTable;
import dev.sluice.model.cache.AnswerKey;
import dev.sluice.model.cache.KeptAnswer;
import dev.sluice.model.cache.Recording;
import dev.sluice.wire.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the cache of a route has to do with one call: the answer that it has, or how the one that comes is kept. */
final class CallCache {
  /** Of a route that has none. */
  static final CallCache NONE = new CallCache(null, null, null, null, null);

  private final @Nullable ModelGateway gateway;
  private final @Nullable ModelCache rule;
  private final @Nullable AnswerKey key;
  private final ModelLog.@Nullable Cached how;
  private final @Nullable KeptAnswer found;

  /** @param key null if the answer is not kept */
  private CallCache(
      @Nullable ModelGateway gateway,
      @Nullable ModelCache rule,
      @Nullable AnswerKey key,
      ModelLog.@Nullable Cached how,
      @Nullable KeptAnswer found) {
    this.gateway = gateway;
    this.rule = rule;
    this.key = key;
    this.how = how;
    this.found = found;
  }

  /** @param model that is asked for, perhaps in the place of the one that the body names */
  static CallCache of(
      ModelRequest asked, ModelTable.Entry entry, String model, Supplier<byte[]> body) {
    ModelTable.Caching caching = entry.caching();
    if (caching == null) {
      return NONE;
    }
    ModelGateway gateway = asked.gateway();
    Fields fields = asked.inbound().arrival().head().fields();
    boolean secret = says(fields, "no-store");
    AnswerKey key =
        secret ? null : AnswerKey.of(context(asked, caching.version(), model), body.get());
    boolean looks = !says(fields, "no-cache");
    KeptAnswer found = key == null || !looks ? null : gateway.answers().find(key);
    ModelLog.Cached how = found != null
        ? ModelLog.Cached.HIT
        : key != null && looks ? ModelLog.Cached.MISS : ModelLog.Cached.BYPASS;
    gateway.log().cached(asked.spender().tenant(), how);
    CallCache cache = new CallCache(gateway, caching.rule(), key, how, found);
    asked.inbound().cached(cache.word(), found == null ? 0 : found.saved().total());
    return cache;
  }

  private static List<String> context(ModelRequest asked, String version, String model) {
    List<String> said = new ArrayList<>(List.of(
        asked.spender().tenant(), version, model, asked.call().name(), asked.pathAndQuery()));
    new TreeMap<>(asked.carried()).forEach((name, value) -> said.addAll(List.of(name, value)));
    return said;
  }

  /** Whether the caller says so in Cache-Control. */
  private static boolean says(Fields fields, String directive) {
    for (int i = 0; i < fields.count(); i++) {
      if (fields.hasName(i, "cache-control") && fields.valueLists(i, directive)) {
        return true;
      }
    }
    return false;
  }

  /** The answer, if it is kept. */
  @Nullable
  KeptAnswer found() {
    return found;
  }

  /** For the caller and the log: {@code hit}, {@code miss} or {@code bypass}; empty where the route has no cache. */
  String word() {
    return how == null ? "" : how.name().toLowerCase(Locale.ROOT);
  }

  /** Of an answer that comes; null if it is not to be kept. */
  @Nullable
  Recording recording() {
    return gateway == null || rule == null || key == null
        ? null
        : new Recording(gateway.answers(), key, rule.ttl(), rule.mostBytes());
  }
}
