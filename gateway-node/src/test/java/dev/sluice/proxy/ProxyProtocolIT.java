package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with what a proxy says of its client. */
class ProxyProtocolIT {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String V2 = "0d0a0d0a000d0a515549540a";

  private static RunningEdge edge;
  private static ScriptedUpstream upstream;

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of());
    upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    edge.route("a", Map.of(), upstream);
    edge.declare(
        "config",
        List.of(new DeclaredConfigMap(
            new ObjectKey("ConfigMap", "ingress-nginx", "ingress-nginx-controller"),
            DeclaredAt.API_SERVER,
            Map.of("use-proxy-protocol", "true"))));
  }

  @AfterAll
  static void stop() {
    edge.close();
    upstream.close();
  }

  private static String seen(byte[] header) {
    try (RawClient client = edge.client()) {
      client.send(header).send(REQUEST);
      assertThat(client.answer()).endsWith("ok");
    }
    return upstream.heads().remove();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void sayWhoTheClientIsAndWhichPortItReached() {
    assertThat(seen(bytes("PROXY TCP4 203.0.113.7 198.51.100.1 1111 443\r\n")))
        .contains("\r\nX-Forwarded-For: 203.0.113.7\r\n")
        .contains("\r\nX-Forwarded-Port: 443\r\n", "\r\nX-Forwarded-Proto: https\r\n");
    assertThat(seen(bytes("PROXY TCP6 2001:db8::7 2001:db8::1 1111 80\r\n")))
        .contains("\r\nX-Forwarded-For: 2001:db8:0:0:0:0:0:7\r\n");
  }

  @Test
  void sayItInBytesToo() {
    assertThat(
            seen(HexFormat.of().parseHex(V2 + "2111000c" + "cb007107" + "c6336401" + "045701bb")))
        .contains("\r\nX-Forwarded-For: 203.0.113.7\r\n", "\r\nX-Forwarded-Port: 443\r\n");
  }

  @Test
  void mayBeTheProxysOwn() {
    for (byte[] own :
        List.of(bytes("PROXY UNKNOWN\r\n"), HexFormat.of().parseHex(V2 + "20000000"))) {
      assertThat(seen(own)).contains("\r\nX-Forwarded-Port: 80\r\n");
    }
  }

  @Test
  void mayArriveByteByByte() {
    try (RawClient client = edge.client()) {
      for (char c : "PROXY TCP4 203.0.113.7 198.51.100.1 1111 80\r\n".toCharArray()) {
        client.send("" + c);
      }
      client.send(REQUEST);
      assertThat(client.answer()).endsWith("ok");
    }
    assertThat(upstream.heads().remove()).contains("\r\nX-Forwarded-For: 203.0.113.7\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PROXY TCP4 nowhere 198.51.100.1 1111 443\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 1111 99999\r\n",
        "PROXY TCP4 203.0.113.7\r\n",
        "\r\n\r\n\0\r\nQUIT\n\u0011\u0011\0\u000c"
      })
  void areBrokenOffIfTheySayAnythingElse(String header) {
    try (RawClient client = edge.client()) {
      client.send(header);
      assertThat(client.untilReset()).isEmpty();
    }
    assertThat(upstream.heads()).isEmpty();
  }
}
