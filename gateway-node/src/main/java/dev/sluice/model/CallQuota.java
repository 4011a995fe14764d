package dev.sluice.model;

import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Admission;
import dev.sluice.quota.Amounts;
import dev.sluice.quota.Hold;
import dev.sluice.quota.ToNode;
import dev.sluice.wire.HeadSink;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call's hold on the quota of whoever spends: put aside before it runs, and settled once, however it ends. */
final class CallQuota {
  /** A call that asks for room. One of these is told, at once or later, on its worker. */
  interface Asking {
    /** Whether the call has ended meanwhile; then nothing of these is told. */
    boolean over();

    /** There is room, or nothing is held to any. */
    void admitted();

    /** There is none. */
    void refused(Admission.Refused why);

    /** Nobody can say whether there is any. */
    void refuse(Refusal why);
  }

  private final ModelGateway gateway;
  private final TenantTable.Spender spender;
  private final SpendingTree.Path path;
  private final CallBounds bounds;
  private @Nullable Hold hold;
  private long heldAtNanos;
  private boolean attemptCharged;
  private List<ToNode.Room> rooms = List.of();
  private List<ToNode.Room> observed = List.of();

  CallQuota(
      ModelGateway gateway,
      TenantTable.Spender spender,
      SpendingTree.Path path,
      CallBounds bounds) {
    this.gateway = gateway;
    this.spender = spender;
    this.path = path;
    this.bounds = bounds;
  }

  CallBounds bounds() {
    return bounds;
  }

  /** Whether anything is counted. */
  private boolean limited() {
    return !path.limits().isEmpty();
  }

  /** Puts the hold on, if anything is counted. */
  void ask(Asking call) {
    if (!limited()) {
      call.admitted();
      return;
    }
    Amounts need = Amounts.ofRequest(bounds.input(), bounds.output(), bounds.nanos());
    Admission told = gateway
        .leases()
        .hold(
            spender.tenant(),
            path.name(),
            need,
            later -> gateway.scope().execute(() -> answered(later, call)));
    if (told != null) {
      answered(told, call);
    }
  }

  private void answered(Admission told, Asking call) {
    if (told instanceof Admission.Admitted admitted) {
      took(admitted);
      if (call.over()) {
        settle(Amounts.NONE);
      } else {
        call.admitted();
      }
    } else if (call.over()) {
      return;
    } else if (told instanceof Admission.Refused refused) {
      call.refused(refused);
    } else if (!path.enforced()) {
      call.admitted();
    } else {
      call.refuse(new Refusal.QuotaUnreachable(Duration.ofSeconds(1)));
    }
  }

  /** Tells the caller that there is no room. */
  void answer(Inbound request, Admission.Refused refused) {
    gateway.log().refused(spender.tenant(), refused.room().bucket());
    Refusal refusal = QuotaFields.refusal(spender.tenant(), refused, bounds);
    Refusals.answer(request, refusal, head -> QuotaFields.refused(refused, head));
  }

  private void took(Admission.Admitted admitted) {
    hold = admitted.hold();
    heldAtNanos = System.nanoTime();
    rooms = admitted.room();
    observed = admitted.observed();
    for (ToNode.Room room : observed) {
      gateway.log().observed(spender.tenant(), room.bucket());
    }
  }

  /** How much longer the call may run at most; this long if nothing is held for it. */
  Duration left(Duration total) {
    if (hold == null) {
      return total;
    }
    Duration left = gateway.leases().longestHold().minusNanos(System.nanoTime() - heldAtNanos);
    return left.compareTo(total) < 0 ? left : total;
  }

  /**
   * Charges what an attempt has used that came to nothing, beside the hold, which stays for the next one, and which counts the
   * request.
   *
   * @param done told whether there was room, at once or later, on the call's worker
   */
  void charge(Amounts used, Consumer<Boolean> done) {
    if (used.isNone() || !limited()) {
      done.accept(true);
      return;
    }
    Amounts more =
        new Amounts(used.tokens(), used.inputTokens(), used.outputTokens(), 0, 0, used.nanos());
    Admission told = gateway
        .leases()
        .hold(
            spender.tenant(),
            path.name(),
            more,
            later -> gateway.scope().execute(() -> done.accept(charged(later, more))));
    if (told != null) {
      done.accept(charged(told, more));
    }
  }

  private boolean charged(Admission told, Amounts used) {
    if (told instanceof Admission.Admitted admitted) {
      gateway.leases().settle(spender.tenant(), admitted.hold(), used);
      attemptCharged = true;
      return true;
    }
    return !path.enforced();
  }

  /** The same, with a field that tells the provider of the hold, if settings want that. */
  Target.Plan told(Target.Plan plan) {
    Hold held = hold;
    if (held == null || !gateway.settings().tellHolds()) {
      return plan;
    }
    Amounts amount = held.amount();
    return plan.with(
        "x-sluice-hold",
        "tenant=%s; path=%s; at=%d; input=%d; output=%d; nanos=%d"
            .formatted(
                spender.tenant(),
                path.name(),
                held.atMillis(),
                amount.inputTokens(),
                amount.outputTokens(),
                amount.nanos()));
  }

  /** Puts what was really used in the place of the hold, and the request if any attempt was charged. A second time changes nothing. */
  void settle(Amounts used) {
    Hold held = hold;
    hold = null;
    if (held != null) {
      Amounts all = attemptCharged && used.isNone() ? Amounts.ofRequest(0, 0, 0) : used;
      gateway.leases().settle(spender.tenant(), held, all);
    }
  }

  /** How the buckets stand, and which of those that are only observed would have refused the call. */
  void tell(HeadSink head) {
    QuotaFields.rateLimit(rooms, head);
    if (!observed.isEmpty()) {
      head.field(
          "x-sluice-would-refuse",
          String.join(", ", observed.stream().map(ToNode.Room::bucket).toList()));
    }
  }
}
