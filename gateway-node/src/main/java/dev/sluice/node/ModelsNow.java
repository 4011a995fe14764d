package dev.sluice.node;

import dev.sluice.ingress.ModelExplanation;
import dev.sluice.ingress.ModelTable;
import dev.sluice.model.ModelNode;
import dev.sluice.model.route.TargetIds;
import dev.sluice.quota.Balance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How targets and the buckets of one tenant stand on this node at one moment, for those who ask what would become of a call. */
final class ModelsNow implements ModelExplanation.Live {
  private final ModelNode node;
  private final Map<String, Long> cooling;
  private final List<Balance> balances;
  private final Instant now;

  ModelsNow(ModelNode node, List<Balance> balances, Instant now) {
    this.node = node;
    this.cooling = node.health().cooling();
    this.balances = List.copyOf(balances);
    this.now = now;
  }

  @Override
  public String state(ModelTable.Target target, String model) {
    TargetIds ids = TargetIds.of(target.provider(), model);
    String standing = standing(ids);
    int inFlight = node.loads().inFlight(ids.target());
    long firstToken = node.loads().firstTokenNanos(ids.target());
    return standing + "; " + inFlight + " under way on this node"
        + (firstToken == 0
            ? ""
            : "; first token after " + Duration.ofNanos(firstToken).toMillis() + " ms of late");
  }

  private String standing(TargetIds ids) {
    Long whole = cooling.get(ids.target());
    if (whole != null) {
      return cools(whole);
    }
    List<String> keys = new ArrayList<>();
    for (TargetIds.Key key : ids.keys()) {
      Long most = later(cooling.get(key.id()), cooling.get(key.pairId()));
      if (most != null) {
        keys.add(cools(most));
      }
    }
    if (keys.isEmpty()) {
      return "well";
    }
    return keys.size() == 1 && ids.keys().size() == 1
        ? "its key " + keys.get(0)
        : keys.size() + " of " + ids.keys().size() + " keys: " + String.join(", ", keys);
  }

  private static @Nullable Long later(@Nullable Long one, @Nullable Long other) {
    return one == null || other != null && other > one ? other : one;
  }

  private static String cools(long nanos) {
    return nanos == 0
        ? "is tried again by the next call"
        : "cools down for " + Duration.ofNanos(nanos).toMillis() + " ms more";
  }

  @Override
  public ModelExplanation.@Nullable Left left(String bucket) {
    for (Balance one : balances) {
      if (one.name().equals(bucket)) {
        String resets = one.resetsInMillis() < 0
            ? null
            : now.plusMillis(one.resetsInMillis()).toString();
        return new ModelExplanation.Left(one.free(), one.settled(), resets);
      }
    }
    return null;
  }
}
