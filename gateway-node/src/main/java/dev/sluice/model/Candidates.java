package dev.sluice.model;

import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.count.TextSavings;
import dev.sluice.model.route.AttemptPlan;
import dev.sluice.model.route.Spot;
import dev.sluice.proxy.Refusal;
import dev.sluice.quota.Admission;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who can answer a call, and what it may come to there. */
final class Candidates {
  /** Of most texts, at least: by it prompts are found too long for a model. What is held rests on no estimate. */
  private static final int BYTES_PER_TOKEN = 4;

  /** Of texts that are worth counting. */
  private static final int MOST_BYTES_PER_TOKEN = 8;

  /**
   * One who can.
   *
   * @param model name that the provider knows it by
   * @param target as it is called with its first key
   * @param price of its tokens; null if nobody has said
   * @param outputCap of its answers, in tokens
   * @param bounds of the call there
   */
  record Candidate(
      ModelTable.Target declared,
      String model,
      Target target,
      @Nullable ModelPrice price,
      long outputCap,
      CallBounds bounds) {}

  private final Envelope envelope;
  private final TextSavings counted;
  private final ModelTable.Entry entry;
  private final List<Candidate> all = new ArrayList<>();
  private final List<AttemptPlan.Tier> tiers = new ArrayList<>();
  private boolean unpriced;
  private boolean tooDear;

  private Candidates(Envelope envelope, TextSavings counted, ModelTable.Entry entry) {
    this.envelope = envelope;
    this.counted = counted;
    this.entry = entry;
  }

  /**
   * Those of a route.
   *
   * @param counted what is known of the tokens of the request's texts
   * @param model that is asked for
   * @param path of the spender: where a limit of it counts cost, targets without a price are left out
   */
  static Candidates of(
      ModelGateway gateway,
      Envelope envelope,
      TextSavings counted,
      String model,
      ModelTable.Entry entry,
      SpendingTree.Path path) {
    Candidates found = new Candidates(envelope, counted, entry);
    boolean priced = entry.needsPrice(path);
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (ModelTable.Group group : entry.groups()) {
      List<Spot> spots = new ArrayList<>();
      for (ModelTable.Target one : group.targets()) {
        Candidate candidate = found.candidate(gateway, one, model, today);
        if (candidate != null && found.affordable(candidate, priced)) {
          spots.add(found.spot(candidate));
          found.all.add(candidate);
        }
      }
      if (!spots.isEmpty()) {
        found.tiers.add(new AttemptPlan.Tier(group.balance(), spots));
      }
    }
    return found;
  }

  private @Nullable Candidate candidate(
      ModelGateway gateway, ModelTable.Target one, String asked, LocalDate today) {
    String model = one.modelFor(entry, asked);
    Optional<Target> target = gateway.target(one.provider(), 0, model);
    if (target.isEmpty()) {
      return null;
    }
    ModelPrice price = ModelPrice.of(one.provider().prices(), model, today).orElse(null);
    long cap = outputCap(one);
    long input = inputBound(target.get());
    long output = target.get().outputBound(envelope, cap) * envelope.choices();
    long nanos = price == null ? 0 : price.nanosAtMost(input, output);
    return new Candidate(
        one, model, target.get(), price, cap, new CallBounds(input, output, nanos));
  }

  private long inputBound(Target target) {
    if (envelope.unbounded() != null) {
      return entry.contextTokens() * envelope.contexts();
    }
    long bytes = target.inputBound(envelope);
    return target.countsByName() ? bytes - counted.of(target.model()) : bytes;
  }

  /**
   * The models whose texts can be counted, so that the call may have room that was refused for what its bytes may come to.
   *
   * @return empty if there is none, or if even the fewest tokens would find no room
   */
  Set<String> countable(Admission.Refused why) {
    CallBounds most = bounds();
    long least = most.input() / MOST_BYTES_PER_TOKEN;
    long free = why.room().free();
    boolean mayFit = switch (why.room().unit()) {
      case TOKENS -> least + most.output() <= free;
      case INPUT_TOKENS -> least <= free;
      case COST -> free > 0;
      case OUTPUT_TOKENS, REQUESTS, IN_FLIGHT_REQUESTS -> false;
    };
    if (!mayFit || envelope.unbounded() != null) {
      return Set.of();
    }
    return all.stream()
        .map(Candidate::target)
        .filter(Target::countsByName)
        .map(Target::model)
        .collect(Collectors.toSet());
  }

  private long outputCap(ModelTable.Target one) {
    long cap = entry.capOf(one);
    Long own = envelope.outputCap();
    return own == null ? cap : Math.min(own, cap);
  }

  private boolean affordable(Candidate one, boolean priced) {
    long most = entry.limits().mostNanos();
    if (envelope.dearer() != null && (priced || most > 0)) {
      return false;
    }
    if (one.price() == null && priced) {
      unpriced = true;
      return false;
    }
    if (most > 0 && one.bounds().nanos() > most) {
      tooDear = true;
      return false;
    }
    return true;
  }

  private Spot spot(Candidate one) {
    return new Spot(all.size(), one.declared().weight(), one.target().ids());
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  Candidate at(Spot spot) {
    return all.get(spot.index());
  }

  List<AttemptPlan.Tier> tiers() {
    return tiers;
  }

  ModelTable.Entry entry() {
    return entry;
  }

  /** Whether a prompt is too long for one and not for another; where it is for all, they may judge. */
  boolean isTooLongFor(Spot spot) {
    return isTooLong(at(spot)) && !all.stream().allMatch(this::isTooLong);
  }

  private boolean isTooLong(Candidate one) {
    int context = one.declared().contextTokens();
    return context > 0 && envelope.inputBound() / BYTES_PER_TOKEN + one.outputCap() > context;
  }

  /** The longest that an answer may take. */
  Duration longest() {
    Duration longest = Duration.ZERO;
    for (Candidate one : all) {
      Duration total = one.declared().provider().timeouts().total();
      longest = total.compareTo(longest) > 0 ? total : longest;
    }
    return longest;
  }

  /** The most that the call can come to, whoever answers it. */
  CallBounds bounds() {
    CallBounds most = CallBounds.NONE;
    for (Candidate one : all) {
      most = most.max(one.bounds());
    }
    return most;
  }

  /** Why there is nobody. */
  Refusal nobody(String model) {
    if (envelope.dearer() != null && !entry.groups().isEmpty()) {
      return new Refusal.BadField(
          envelope.dearer(),
          "what this costs is not known, and a limit counts cost: leave it out, or ask for the usual");
    }
    if (tooDear) {
      return new Refusal.BadField(
          "model",
          "this request may cost more than its route allows: a shorter prompt or a lower cap of the answer may do");
    }
    if (unpriced) {
      return new Refusal.Unavailable(
          503,
          "what the model \"" + model + "\" costs is not known, and a limit counts cost",
          "unknown_price");
    }
    return entry.groups().isEmpty()
        ? new Refusal.Unavailable(
            503, "the model \"" + model + "\" has no target that can be called", "no_target")
        : new Refusal.NoSuchModel(model);
  }
}
