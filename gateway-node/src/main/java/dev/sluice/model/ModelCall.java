package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Admission;
import dev.sluice.quota.Amounts;
import dev.sluice.wire.Deadlines;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model on its way to a target: read the request, find who can answer, put a hold on the quota, ask the
 * targets in order. The way back is a {@link ModelAnswer}. Whatever happens, a hold is settled, once.
 */
final class ModelCall implements Arrival.Events {
  private final ModelGateway gateway;
  private final Inbound request;
  private final ModelRequest asked;
  private final ModelTable models;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final TotalTime totalTime = new TotalTime();
  private @Nullable Question question;
  private @Nullable Candidates targets;
  private @Nullable CallQuota quota;
  private @Nullable ModelAnswer answer;
  private Losses losses = new Losses(false);
  private Target.@Nullable Plan plan;
  private long outputCap;
  private boolean capCut;
  private boolean over;

  ModelCall(ModelRequest asked, ModelTable models) {
    this.gateway = asked.gateway();
    this.request = asked.inbound();
    this.asked = asked;
    this.models = models;
  }

  void start() {
    Arrival arrival = request.arrival();
    arrival.listen(this);
    arrival.sendContinue();
    arrival.readBody(false);
    if (!arrival.bodyPending()) {
      requestEnd();
    }
  }

  @Override
  public void requestBody(ByteString piece) {
    long most = request.bodyLimit();
    if (over) {
      return;
    }
    if (body.size() + piece.size() > most) {
      refuse(new Refusal.BodyTooLarge(most));
    } else {
      body.writeBytes(piece.toArrayUnsafe());
    }
  }

  @Override
  public void requestEnd() {
    if (over || question != null) {
      return;
    }
    QuestionRead read =
        asked.dialect().read(asked.pathAndQuery(), asked.contentType(), body.toByteArray());
    if (read instanceof QuestionRead.Bad bad) {
      refuse(new Refusal.BadField(bad.field(), bad.message()));
    } else if (read instanceof QuestionRead.Good good) {
      question = good.question();
      choose(good.question());
    }
  }

  /** Finds who can answer, and what it may come to. */
  private void choose(Question said) {
    Envelope envelope = said.envelope();
    Optional<ModelTable.Entry> found = models.find(envelope.model());
    if (found.isEmpty()) {
      refuse(new Refusal.NoSuchModel(envelope.model()));
      return;
    }
    ModelTable.Entry entry = found.get();
    SpendingTree.Path path = asked.spender().place().pathOf(envelope.model());
    Candidates candidates = Candidates.of(gateway, envelope, entry, path);
    targets = candidates;
    if (candidates.isEmpty()) {
      refuse(candidates.nobody());
      return;
    }
    String unbounded = envelope.unbounded();
    if (unbounded != null && entry.contextTokens() == 0) {
      refuse(new Refusal.BadField(
          unbounded,
          "only text can be sent to this model: how many tokens this may cost is not known"));
      return;
    }
    Long ownCap = envelope.outputCap();
    outputCap =
        ownCap == null ? entry.maxOutputTokens() : Math.min(ownCap, entry.maxOutputTokens());
    capCut = ownCap != null && ownCap > outputCap;
    CallBounds bounds = candidates.bounds(unbounded == null ? 0 : entry.contextTokens(), outputCap);
    losses = new Losses(entry.dropsUnsayable());
    Refusal unsayable = sayToFirst(said, candidates);
    if (unsayable != null) {
      refuse(unsayable);
      return;
    }
    admit(new CallQuota(gateway, asked.spender(), path, bounds));
  }

  /**
   * Says the request to the first target that has words for it; those before it are left out.
   *
   * @return why none has; null if one has
   */
  private @Nullable Refusal sayToFirst(Question said, Candidates candidates) {
    Refusal why = null;
    plan = null;
    while (plan == null && !candidates.isEmpty()) {
      try {
        plan = candidates
            .first()
            .target()
            .plan(asked.call(), said, outputCap, asked.carried(), losses);
      } catch (UnsayableException e) {
        why = why == null ? new Refusal.BadField(e.field(), e.why()) : why;
        candidates.take();
      }
    }
    return plan == null ? why : null;
  }

  private void admit(CallQuota held) {
    quota = held;
    if (!held.limited()) {
      attempt();
      return;
    }
    Admission told = held.ask(later -> gateway.scope().execute(() -> admitted(held, later)));
    if (told != null) {
      admitted(held, told);
    }
  }

  private void admitted(CallQuota held, Admission told) {
    if (told instanceof Admission.Admitted admitted) {
      held.took(admitted);
      if (over) {
        held.settle(Amounts.NONE);
      } else {
        attempt();
      }
    } else if (over) {
      return;
    } else if (told instanceof Admission.Refused refused) {
      String tenant = asked.spender().tenant();
      gateway.log().refused(tenant, refused.room().bucket());
      finish();
      Refusal refusal = QuotaFields.refusal(tenant, refused, held.bounds());
      Refusals.answer(request, refusal, head -> QuotaFields.refused(refused, head));
    } else if (!held.enforced()) {
      attempt();
    } else {
      refuse(new Refusal.QuotaUnreachable(Duration.ofSeconds(1)));
    }
  }

  private void attempt() {
    Target.Plan said = plan;
    Candidates candidates = targets;
    CallQuota held = quota;
    if (said == null || held == null || candidates == null || candidates.isEmpty()) {
      return;
    }
    Candidates.Candidate next = candidates.take();
    request.upstream(next.target().name());
    gateway
        .scope()
        .deadlines()
        .set(totalTime, Math.max(1, held.left(candidates.longest()).toNanos()));
    ModelAnswer begun = new ModelAnswer(
        this, asked, next, held.told(said), held, losses, capCut ? Long.toString(outputCap) : "");
    answer = begun;
    begun.start();
  }

  /** The target did not get the request. @return whether another one is asked instead */
  boolean askNext() {
    Question said = question;
    Candidates candidates = targets;
    if (said == null
        || candidates == null
        || candidates.isEmpty()
        || sayToFirst(said, candidates) != null) {
      return false;
    }
    attempt();
    return true;
  }

  @Override
  public void clientDrained() {
    if (answer != null && !over) {
      answer.resume();
    }
  }

  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    ModelAnswer running = answer;
    if (running != null && running.cancel()) {
      running.settleByUsage();
    } else {
      settleUnused();
    }
    finish();
    request.gone();
  }

  private void settleUnused() {
    if (quota != null) {
      quota.settle(Amounts.NONE);
    }
  }

  /** Whether the call has ended, one way or another. */
  boolean over() {
    return over;
  }

  /** Ends it with a refusal; what is still held was not used. */
  void refuse(Refusal refusal) {
    settleUnused();
    finish();
    request.refuse(refusal);
  }

  void finish() {
    over = true;
    gateway.scope().deadlines().clear(totalTime);
  }

  /** An answer must have an end, or its hold would have none. */
  private final class TotalTime extends Deadlines.Deadline {
    @Override
    protected void expired() {
      ModelAnswer running = answer;
      Candidates candidates = targets;
      if (!over && running != null && candidates != null) {
        running.cancel();
        running.targetFailed(
            false, true, "no whole answer within " + candidates.longest().toSeconds() + " s");
      }
    }
  }
}
