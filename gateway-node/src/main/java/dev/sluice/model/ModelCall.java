package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.ModelAsk;
import dev.sluice.ingress.ModelLimit;
import dev.sluice.ingress.ModelTable;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.model.cache.KeptAnswer;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.count.TextSavings;
import dev.sluice.model.route.Ending;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Admission;
import dev.sluice.quota.Amounts;
import dev.sluice.wire.Deadlines;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model on its way to a target: read the request, find who can answer, put a hold on the quota, ask one after the
 * other until somebody answers. The way back is a {@link ModelAnswer}. Whatever happens, a hold is settled, once; it covers the
 * attempt that runs. What an attempt before has cost is charged to the same limits by itself.
 */
final class ModelCall implements Arrival.Events, CallQuota.Asking {
  private final ModelGateway gateway;
  private final Inbound request;
  private final ModelRequest asked;
  private final ModelTable models;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final TotalTime totalTime = new TotalTime();
  private @Nullable Question question;
  private ModelTable.@Nullable Entry entry;
  private @Nullable Candidates candidates;
  private @Nullable Attempts attempts;
  private Attempts.@Nullable Ready ready;
  private @Nullable CallQuota quota;
  private @Nullable ModelAnswer answer;
  private CallCache cache = CallCache.NONE;
  private @Nullable ToldAgain toldAgain;
  private @Nullable Entrance entrance;
  private String model = "";
  private TextSavings counted = TextSavings.NONE;
  private boolean wasCounted;
  private final Set<String> moved = new HashSet<>();
  private boolean charging;
  private boolean timeUp;
  private boolean over;

  ModelCall(ModelRequest asked, ModelTable models) {
    this.gateway = asked.gateway();
    this.request = asked.inbound();
    this.asked = asked;
    this.models = models;
  }

  void start() {
    request.arrival().readWhole(this);
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
      choose(good.question(), good.question().envelope().model());
    }
  }

  /** Finds who can answer, and what it may come to. */
  private void choose(Question said, String wanted) {
    model = wanted;
    Optional<ModelTable.Entry> found = find(wanted);
    if (found.isEmpty()) {
      refuse(new Refusal.NoSuchModel(wanted));
      return;
    }
    SpendingTree.Path path = asked.spender().place().pathOf(wanted);
    entry = found.get();
    cache = CallCache.of(asked, found.get(), wanted, body::toByteArray);
    if (cache.found() != null) {
      CallQuota held = new CallQuota(gateway, asked.spender(), path, CallBounds.NONE);
      quota = held;
      held.ask(this);
      return;
    }
    weigh(said, wanted, found.get(), path);
  }

  /** Finds out what it may come to at those who can answer, and asks for room for that. */
  private void weigh(Question said, String wanted, ModelTable.Entry route, SpendingTree.Path path) {
    Candidates all = Candidates.of(gateway, said.envelope(), counted, wanted, route, path);
    candidates = all;
    String unbounded = said.envelope().unbounded();
    if (all.isEmpty()) {
      refuse(all.nobody(wanted));
    } else if (unbounded != null && route.contextTokens() == 0) {
      refuse(new Refusal.BadField(
          unbounded,
          "only text can be sent to this model: how many tokens this may cost is not known"));
    } else {
      Attempts begun = new Attempts(asked, all, said);
      attempts = begun;
      ready = begun.ready(said);
      if (ready == null) {
        refuse(begun.refusal());
      } else {
        CallQuota held = new CallQuota(gateway, asked.spender(), path, all.bounds());
        quota = held;
        held.ask(this);
      }
    }
  }

  /** Who answers this caller for a model of this name. */
  private Optional<ModelTable.Entry> find(String wanted) {
    return models.find(new ModelAsk(wanted, asked.spender().tenant(), request.path(), request));
  }

  @Override
  public void admitted() {
    KeptAnswer kept = cache.found();
    CallQuota held = quota;
    if (kept != null && held != null) {
      ToldAgain begun = new ToldAgain(this, asked, held, kept);
      toldAgain = begun;
      begun.start();
    } else {
      attempt();
    }
  }

  @Override
  public void refused(Admission.Refused why) {
    CallQuota held = quota;
    if (held != null && !counts(why) && !goesElsewhere()) {
      finish();
      held.answer(request, why);
    }
  }

  /**
   * What the bytes of a request may come to is more than its tokens are: before it is refused for that, they are counted where
   * the vocabulary is known, and it asks once more.
   */
  private boolean counts(Admission.Refused why) {
    Question said = question;
    Candidates all = candidates;
    ModelTable.Entry route = entry;
    if (said == null || all == null || route == null || wasCounted) {
      return false;
    }
    Set<String> names = all.countable(why);
    if (names.isEmpty()) {
      return false;
    }
    wasCounted = true;
    gateway
        .counts()
        .count(() -> savings(said, names))
        .whenComplete((savings, failure) -> gateway.scope().execute(() -> {
          if (over) {
            return;
          }
          if (savings == null) {
            refused(why);
          } else {
            counted = savings;
            weigh(said, model, route, asked.spender().place().pathOf(model));
          }
        }));
    return true;
  }

  /** Not on the worker. */
  private static TextSavings savings(Question said, Set<String> names) {
    try {
      return TextSavings.of(said.conversation(), names);
    } catch (UnsayableException e) {
      return TextSavings.NONE;
    }
  }

  /** Where the quota for one model is used up, its route may name another one. That one is held to its own quota. */
  private boolean goesElsewhere() {
    ModelTable.Entry before = entry;
    Question said = question;
    String other = before == null ? "" : before.limits().whenOutOfQuota();
    if (said == null || other.isEmpty() || !moved.add(model) || moved.contains(other)) {
      return false;
    }
    if (find(other).isEmpty()) {
      request.note("out of quota, and no ModelRoute takes " + other);
      return false;
    }
    counted = TextSavings.NONE;
    wasCounted = false;
    choose(said, other);
    return true;
  }

  /** Asks whoever is ready, or else the next one. */
  void attempt() {
    Question said = question;
    Attempts made = attempts;
    if (said == null || made == null) {
      return;
    }
    Attempts.Ready next = ready == null ? made.ready(said) : ready;
    ready = null;
    ModelLimit limit = next == null ? null : Attempts.limitOf(next);
    while (next != null && limit == null && !made.begin(next)) {
      next = made.ready(said);
      limit = next == null ? null : Attempts.limitOf(next);
    }
    Entrance way = entrance;
    if (next != null && limit != null) {
      if (way == null) {
        way = new Entrance(this, asked, made);
        entrance = way;
      }
      way.ask(next, limit);
    } else if (next != null) {
      ask(next);
    } else if (way == null || !way.queue()) {
      refuse(made.refusal());
    }
  }

  /** Asks somebody, who has begun to be counted as asked. */
  void ask(Attempts.Ready next) {
    Candidates all = candidates;
    Attempts made = attempts;
    CallQuota held = quota;
    if (all == null || made == null || held == null) {
      return;
    }
    request.upstream(next.target().name());
    gateway
        .scope()
        .deadlines()
        .set(totalTime, Math.max(1, held.left(all.longest()).toNanos()));
    ModelAnswer begun = new ModelAnswer(this, asked, next, made, held);
    answer = begun;
    begun.start();
  }

  /** Whether somebody else may be asked if the one who is asked now ends so. */
  boolean mayGoOn(Attempts.Ready asking, Ending ending) {
    return !over && !timeUp && attempts != null && attempts.mayGoOn(asking, ending);
  }

  /**
   * An attempt has come to nothing, and nothing of it has reached the caller: somebody else is asked, or the caller is told.
   *
   * @param used what it has cost all the same
   */
  void failed(Attempts.Ready asking, Ending ending, ProviderError told, CallUse used) {
    Attempts made = attempts;
    CallQuota held = quota;
    if (over || made == null || held == null) {
      return;
    }
    boolean goesOn = mayGoOn(asking, ending);
    made.failed(asking, ending, told);
    if (!goesOn) {
      held.settle(used.amounts());
      refuse(made.refusal());
      return;
    }
    gateway.scope().deadlines().clear(totalTime);
    charging = true;
    held.charge(used.amounts(), charged -> {
      charging = false;
      if (over) {
        held.settle(charged ? Amounts.NONE : used.amounts());
      } else if (charged) {
        attempt();
      } else {
        // What it has cost takes the place of the hold, and nothing is left for another attempt.
        held.settle(used.amounts());
        refuse(made.refusal());
      }
    });
  }

  /** What the cache of the route has to do with it. */
  CallCache cache() {
    return cache;
  }

  /** The model that is asked for in the end. */
  String model() {
    return model;
  }

  /** The model that is asked for, if it is another one than the caller's; else empty. */
  String otherModel() {
    return moved.isEmpty() ? "" : model;
  }

  @Override
  public void clientDrained() {
    if (answer != null && !over) {
      answer.resume();
    } else if (toldAgain != null && !over) {
      toldAgain.resume();
    }
  }

  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    ModelAnswer running = answer;
    if (running == null || !running.abandoned()) {
      settleUnused();
    }
    finish();
    request.gone();
  }

  private void settleUnused() {
    if (quota != null && !charging) {
      quota.settle(Amounts.NONE);
    }
  }

  /** Whether the call has ended, one way or another. */
  @Override
  public boolean over() {
    return over;
  }

  /** Ends it with a refusal; what is still held was not used. */
  @Override
  public void refuse(Refusal refusal) {
    settleUnused();
    finish();
    request.refuse(refusal);
  }

  /** The same, of one that was in a queue, or would have been; told if nobody has failed before. */
  void refuse(Refusal refusal, int position) {
    Attempts made = attempts;
    if (made != null && made.anyFailed()) {
      refuse(made.refusal());
      return;
    }
    settleUnused();
    finish();
    Refusals.answer(request, refusal, head -> {
      if (position > 0) {
        head.field(Place.POSITION, Integer.toString(position));
      }
    });
  }

  /** The place of the attempt that runs may be another call's now. */
  void lostPlace() {
    ModelAnswer running = answer;
    if (!over && running != null) {
      timeUp = true;
      running.cancel();
      running.targetFailed(
          false, false, "nobody could say for too long that the target still has room for it");
    }
  }

  void finish() {
    over = true;
    gateway.scope().deadlines().clear(totalTime);
    if (entrance != null) {
      entrance.leave();
    }
  }

  /** An answer must have an end, or its hold would have none. */
  private final class TotalTime extends Deadlines.Deadline {
    @Override
    protected void expired() {
      ModelAnswer running = answer;
      Candidates all = candidates;
      if (!over && running != null && all != null) {
        timeUp = true;
        running.cancel();
        running.targetFailed(
            false, true, "no whole answer within " + all.longest().toSeconds() + " s");
      }
    }
  }
}
