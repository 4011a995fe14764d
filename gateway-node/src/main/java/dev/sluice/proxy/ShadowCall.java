package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.proxy.Comparison.Difference;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks the other gateway what this one was asked. Where the answers differ it is asked once more: what it does not answer
 * twice alike is no difference between the two.
 */
final class ShadowCall implements UpstreamEvents {
  private final Inbound request;
  private final Answered ours;
  private final Shadow shadow;
  private final ProxyScope scope;
  private final Origin origin;
  private @Nullable Answered first;
  private AnswerCopy theirs;
  private @Nullable UpstreamConnection upstream;
  private int asked;
  private boolean asking;

  ShadowCall(Inbound request, Answered ours, Shadow shadow, ProxyScope scope) {
    this.request = request;
    this.ours = ours;
    this.shadow = shadow;
    this.scope = scope;
    this.origin = origin(request, shadow.settings());
    this.theirs = copy();
  }

  private static Origin origin(Inbound request, ShadowSettings settings) {
    String against = settings.against();
    if (!request.arrival().secure()) {
      return Origin.plain(against, settings.httpPort());
    }
    String host = request.arrival().head().host();
    boolean isName = host.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    return new Origin(
        against, settings.httpsPort(), isName ? host : against, Origin.Tls.UNVERIFIED_BY_NAME);
  }

  private AnswerCopy copy() {
    return new AnswerCopy(shadow.settings().headers(), shadow.settings().bodyBytes());
  }

  void start() {
    int number = ++asked;
    asking = true;
    theirs = copy();
    scope.worker().after(shadow.settings().timeout(), () -> expire(number));
    scope.upstreams().call(origin, shadow.settings().timeout(), this);
  }

  @Override
  public void connected(UpstreamConnection connection) {
    upstream = connection;
    RequestHead head = request.arrival().head();
    HeadSink out = connection.request(
        head.method(),
        head.target(),
        shadow.settings().timeout(),
        shadow.settings().timeout());
    out.field(Field.HOST, head.authority());
    ForwardedFields.copy(request, scope.settings(), out);
    out.field(Shadow.MARK, "1");
    connection.headEnd(0);
  }

  @Override
  public void responseHead(ResponseHead answer) {
    if (!answer.interim()) {
      theirs.head(answer.status(), answer.fields());
    }
  }

  @Override
  public void responseBody(ByteString piece) {
    theirs.piece(piece);
    if (theirs.full() && upstream != null) {
      upstream.cancel();
      answered();
    }
  }

  @Override
  public void responseEnd() {
    theirs.end();
    answered();
  }

  /** What has come by now has to do. */
  private void expire(int number) {
    if (!asking || number != asked) {
      return;
    }
    if (upstream != null) {
      upstream.cancel();
    } else {
      scope.upstreams().cancel(origin, this);
    }
    if (theirs.status() > 0) {
      answered();
    } else {
      unanswered();
    }
  }

  @Override
  public void failed(UpstreamFailure failure) {
    unanswered();
  }

  private void answered() {
    asking = false;
    upstream = null;
    Answered answer = theirs.answered();
    Answered before = first;
    List<Difference> differences =
        Comparison.of(ours, before == null ? answer : before, shadow.settings().headers());
    if (differences.isEmpty()) {
      shadow.over("same");
    } else if (before == null) {
      first = answer;
      start();
    } else {
      told(differences, Comparison.of(before, answer, shadow.settings().headers()));
    }
  }

  private void told(List<Difference> differences, List<Difference> unsteady) {
    Set<String> changing =
        unsteady.stream().map(Difference::what).collect(Collectors.toUnmodifiableSet());
    List<Difference> steady = changing.contains("status")
        ? List.of()
        : differences.stream().filter(one -> !changing.contains(one.what())).toList();
    shadow.differences().add(request, steady);
    shadow.over(steady.isEmpty() ? "unsteady" : "different");
  }

  /** What can't be asked again is taken for steady. */
  private void unanswered() {
    asking = false;
    upstream = null;
    Answered before = first;
    if (before == null) {
      shadow.over("left-out-unanswered");
    } else {
      told(Comparison.of(ours, before, shadow.settings().headers()), List.of());
    }
  }

  @Override
  public void upstreamDrained() {}
}
