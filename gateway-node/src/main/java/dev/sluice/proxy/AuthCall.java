package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.ingress.Filter.ExternalAuth;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.ResponseHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a service whether a request may pass: with its head, without its body. */
final class AuthCall implements UpstreamEvents {
  private static final int FAILED = 500;

  private final Inbound request;
  private final ExternalAuth auth;
  private final Duration timeout;
  private final ProxyScope scope;
  private final Consumer<AuthAnswers.Answer> told;
  private final String url;
  private @Nullable Origin origin;
  private @Nullable UpstreamConnection upstream;
  private AuthAnswers.@Nullable Answer answer;
  private String target = "/";
  private String host = "";
  private boolean over;

  /** @param told called once, unless the call is given up */
  AuthCall(
      Inbound request,
      ExternalAuth auth,
      Duration timeout,
      ProxyScope scope,
      Consumer<AuthAnswers.Answer> told) {
    this.request = request;
    this.auth = auth;
    this.timeout = timeout;
    this.scope = scope;
    this.told = told;
    this.url = Variables.url(auth.url(), request);
  }

  void start() {
    try {
      Destination to = Destination.of(url.replace("[", "%5B").replace("]", "%5D"));
      host = to.host();
      target = to.target();
      origin = to.origin();
      scope.upstreams().call(to.origin(), timeout, this);
    } catch (IllegalArgumentException e) {
      end(failed());
    }
  }

  private static AuthAnswers.Answer failed() {
    return new AuthAnswers.Answer(FAILED, Map.of(), List.of(), null);
  }

  /** The client is gone. */
  void cancel() {
    over = true;
    if (upstream != null) {
      upstream.cancel();
    } else if (origin != null) {
      scope.upstreams().cancel(origin, this);
    }
  }

  @Override
  public void connected(UpstreamConnection connection) {
    upstream = connection;
    String method = auth.method().isEmpty() ? "GET" : auth.method();
    HeadSink out = connection.request(method, target, timeout.multipliedBy(12), timeout);
    out.field(Field.HOST, host);
    ForwardedFields.question(request, fields(), out);
    connection.headEnd(0);
  }

  private Map<String, String> fields() {
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    String raw = request.arrival().head().target();
    fields.put("X-Original-URL", request.scheme() + "://" + request.authority() + raw);
    fields.put("X-Original-Method", request.method());
    fields.put("X-Sent-From", "nginx-ingress-controller");
    fields.put(
        "X-Auth-Request-Redirect",
        auth.redirect() == null ? raw : Variables.text(auth.redirect(), request));
    if (!auth.method().isEmpty()) {
      fields.put("X-Original-URI", raw);
      fields.put("X-Scheme", request.scheme());
    }
    fields.putAll(auth.requestHeaders());
    return fields;
  }

  @Override
  public void responseHead(ResponseHead head) {
    if (head.interim() || over) {
      return;
    }
    Fields fields = head.fields();
    Map<String, String> copied = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : auth.responseHeaders()) {
      copied.put(name, "");
    }
    List<String> cookies = new ArrayList<>();
    String challenge = null;
    for (int i = 0; i < fields.count(); i++) {
      String name = fields.name(i);
      if (copied.containsKey(name)) {
        copied.put(name, fields.value(i));
      }
      if (name.equalsIgnoreCase("Set-Cookie")) {
        cookies.add(fields.value(i));
      } else if (name.equalsIgnoreCase("WWW-Authenticate") && challenge == null) {
        challenge = fields.value(i);
      }
    }
    answer = new AuthAnswers.Answer(head.status(), copied, List.copyOf(cookies), challenge);
  }

  @Override
  public void responseBody(ByteString piece) {}

  @Override
  public void responseEnd() {
    upstream = null;
    end(answer == null ? failed() : answer);
  }

  @Override
  public void upstreamDrained() {}

  @Override
  public void failed(UpstreamFailure failure) {
    upstream = null;
    if (answer == null) {
      request.note("the authentication service: " + failure.why());
    }
    end(answer == null ? failed() : answer);
  }

  private void end(AuthAnswers.Answer answered) {
    if (!over) {
      over = true;
      told.accept(answered);
    }
  }
}
