package dev.sluice.proxy;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.Route;
import dev.sluice.wire.RequestHead;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Has another gateway answer some of the requests that this one has answered, and compares the two. The client waits for
 * none of it: the other one is asked once the client has its answer. One for each worker.
 */
final class Shadow {
  /** Marks what is asked for comparison, so that two gateways that mirror to each other come to an end. */
  static final String MARK = "X-Sluice-Shadow";

  private static final int THOUSAND = 1000;

  private final ShadowSettings settings;
  private final Differences differences;
  private final ProxyScope scope;
  private int running;

  Shadow(ProxyScope scope) {
    this.settings = scope.settings().shadow();
    this.differences = scope.memory().differences();
    this.scope = scope;
  }

  /** Takes note of a request whose head has come. */
  void watch(Inbound request) {
    if (!settings.on()) {
      return;
    }
    RequestHead head = request.arrival().head();
    if (head.fields().first(MARK) != null) {
      return;
    }
    String why = reasonToLeaveOut(head);
    if (why != null) {
      differences.compared(why);
      return;
    }
    if (ThreadLocalRandom.current().nextInt(THOUSAND) >= settings.perThousand()) {
      return;
    }
    if (running >= settings.atOnce()) {
      differences.compared("left-out-busy");
      return;
    }
    running++;
    AnswerCopy copy = new AnswerCopy(settings.headers(), settings.bodyBytes());
    request.copyAnswer(copy);
    request.whenOver(() -> answered(request, copy));
  }

  /** Null if it may be compared. */
  private @Nullable String reasonToLeaveOut(RequestHead head) {
    if (!settings.methods().contains(head.method())) {
      return "left-out-method";
    } else if (head.hasBody()) {
      return "left-out-body";
    }
    return head.asksUpgrade() ? "left-out-upgrade" : null;
  }

  private void answered(Inbound request, AnswerCopy copy) {
    Route route = request.route();
    boolean model = route != null
        && (route.action() instanceof Action.Models || route.action() instanceof Action.Pass);
    if (!copy.over() || model) {
      over(copy.over() ? "left-out-model" : "left-out-unfinished");
      return;
    }
    new ShadowCall(request, copy.answered(), this, scope).start();
  }

  ShadowSettings settings() {
    return settings;
  }

  Differences differences() {
    return differences;
  }

  /** A comparison has come to its end. */
  void over(String result) {
    running--;
    differences.compared(result);
  }
}
