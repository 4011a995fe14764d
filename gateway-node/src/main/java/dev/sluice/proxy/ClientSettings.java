package dev.sluice.proxy;

import dev.sluice.edge.EdgeSettings;
import dev.sluice.edge.Http2Settings;
import dev.sluice.edge.StreamSettings;
import dev.sluice.ingress.ClientSide;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The node's own settings for clients, but for what is declared otherwise. */
final class ClientSettings {
  private static final Duration LEAST = Duration.ofSeconds(1);

  private ClientSettings() {}

  static EdgeSettings of(EdgeSettings own, ClientSide declared) {
    if (declared.equals(ClientSide.DEFAULT)) {
      return own;
    }
    Http2Settings http2 = own.http2();
    StreamSettings stream = own.stream();
    return new EdgeSettings(
        own.host(),
        own.port(),
        own.tlsPort(),
        own.workers(),
        own.eventLoop(),
        own.nativeTls(),
        own.connections(),
        own.backlog(),
        declared.headBytes() == 0 ? own.headBytes() : declared.headBytes(),
        declared.lineBytes() == 0 ? own.targetBytes() : declared.lineBytes(),
        own.headFields(),
        own.pipelinedBytes(),
        own.readBytes(),
        either(declared.headTimeout(), own.headTimeout()),
        either(declared.bodyTimeout(), own.bodyTimeout()),
        either(declared.keepAlive(), own.idleTimeout()),
        own.sendTimeout(),
        own.timerTick(),
        new Http2Settings(
            declared.http2() == null ? http2.on() : declared.http2(),
            declared.streams() == 0 ? http2.streams() : declared.streams(),
            http2.windowBytes(),
            http2.resets(),
            http2.controlFrames()),
        new StreamSettings(
            stream.connectTimeout(),
            either(declared.streamTimeout(), stream.idleTimeout()),
            stream.tries(),
            stream.unsentBytes(),
            declared.streamAnswers() < 0 ? stream.answers() : declared.streamAnswers(),
            stream.datagramSessions(),
            stream.proxyVersion()));
  }

  /** Whether each answer is the last one of its connection. */
  static boolean keepsNone(ClientSide declared) {
    return declared.keepAlive() != null && declared.keepAlive().isZero();
  }

  private static Duration either(@Nullable Duration declared, Duration own) {
    return declared == null ? own : declared.compareTo(LEAST) < 0 ? LEAST : declared;
  }
}
