package dev.sluice.model;

import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.model.chat.Envelope;
import dev.sluice.proxy.Refusal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who can answer a call, in the order they are asked. */
final class Candidates {
  /** @param price of its tokens; null if nobody has said */
  record Candidate(Target target, @Nullable ModelPrice price) {}

  private final Envelope envelope;
  private final ModelTable.Entry entry;
  private final Deque<Candidate> left = new ArrayDeque<>();
  private Duration longest = Duration.ZERO;
  private boolean unpriced;

  private Candidates(Envelope envelope, ModelTable.Entry entry) {
    this.envelope = envelope;
    this.entry = entry;
  }

  /** @param path of the spender: where a limit of it counts cost, targets without a price are left out */
  static Candidates of(
      ModelGateway gateway, Envelope envelope, ModelTable.Entry entry, SpendingTree.Path path) {
    Candidates found = new Candidates(envelope, entry);
    boolean priced = path.enforces(DeclaredTenant.Unit.COST);
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (ModelTable.Target one : entry.targets()) {
      Optional<Target> target = gateway.target(one, envelope.model());
      String model = one.model().isEmpty() ? envelope.model() : one.model();
      ModelPrice price = ModelPrice.of(one.provider().prices(), model, today).orElse(null);
      if (target.isPresent() && price == null && priced) {
        found.unpriced = true;
      } else if (target.isPresent()) {
        found.left.add(new Candidate(target.get(), price));
        Duration most = one.provider().timeouts().total();
        found.longest = found.longest.compareTo(most) < 0 ? most : found.longest;
      }
    }
    return found;
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  Candidate first() {
    return left.element();
  }

  Candidate take() {
    return left.remove();
  }

  /** The longest that an answer may take. */
  Duration longest() {
    return longest;
  }

  /**
   * The most that the call can come to, whoever answers it.
   *
   * @param context tokens of the context window if the input's bytes don't bound it; else 0
   */
  CallBounds bounds(long context, long outputCap) {
    CallBounds bounds = CallBounds.NONE;
    for (Candidate one : left) {
      long input = context > 0 ? context : one.target().inputBound(envelope);
      long output = one.target().outputBound(envelope, outputCap) * envelope.choices();
      long nanos = one.price() == null ? 0 : one.price().nanosAtMost(input, output);
      bounds = bounds.max(new CallBounds(input, output, nanos));
    }
    return bounds;
  }

  /** Why there is nobody. */
  Refusal nobody() {
    if (unpriced) {
      return new Refusal.Unavailable(
          503,
          "what the model \"" + envelope.model() + "\" costs is not known, and a limit counts cost",
          "unknown_price");
    }
    return entry.targets().isEmpty()
        ? new Refusal.Unavailable(
            503,
            "the model \"" + envelope.model() + "\" has no target that can be called",
            "no_target")
        : new Refusal.NoSuchModel(envelope.model());
  }
}
