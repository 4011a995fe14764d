package dev.sluice.node;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider of OpenAI's chat completions that goes wrong as the first part of the path says: {@code /RESET/v1}. Counts what it is
 * asked, by that path, and keeps the keys it is shown.
 */
final class FaultyProvider implements AutoCloseable {
  /** How it goes wrong. */
  enum Fault {
    /** Nobody listens. */
    REFUSED,
    RESET_BEFORE_HEADERS,
    /** 429 with Retry-After. */
    LIMITED,
    BROKEN_500,
    OVERLOADED_529,
    /** Nothing comes for a long time. */
    SLOW_FIRST_TOKEN,
    CUT_AFTER_0,
    CUT_AFTER_1,
    CUT_AFTER_40,
    /** A head, and then silence. */
    STALL,
    MALFORMED_CHUNK,
    MISSING_USAGE,
    /** None. */
    GOOD;

    String path() {
      return "/" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** Words of a whole answer. */
  static final int WORDS = 41;

  private final ServerSocket server;
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Map<String, List<String>> keys = new ConcurrentHashMap<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  FaultyProvider(String host) throws IOException {
    server = new ServerSocket(0, 200, InetAddress.getByName(host));
    Thread acceptor = new Thread(this::accept, "faulty-provider");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  int asked(String path) {
    AtomicInteger count = asked.get(path);
    return count == null ? 0 : count.get();
  }

  /** Values of Authorization that were sent to this path, in order. */
  List<String> keys(String path) {
    return List.copyOf(keys.getOrDefault(path, List.of()));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Thread talk = new Thread(() -> serve(socket), "faulty-provider-connection");
        talk.setDaemon(true);
        talk.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        String line = line(in);
        if (line.isEmpty()) {
          return;
        }
        String path = line.split(" ", -1)[1].replaceFirst("/v1/.*", "");
        int length = 0;
        String key = "";
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
          String lower = field.toLowerCase(Locale.ROOT);
          if (lower.startsWith("content-length:")) {
            length = Integer.parseInt(lower.substring(15).strip());
          } else if (lower.startsWith("authorization:")) {
            key = field.substring(14).strip();
          }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        asked.computeIfAbsent(path, none -> new AtomicInteger()).incrementAndGet();
        keys.computeIfAbsent(path, none -> new CopyOnWriteArrayList<>()).add(key);
        String name = path.substring(1).replaceFirst("/.*", "").toUpperCase(Locale.ROOT);
        if (!answer(
            socket,
            key.contains("bad-key") ? "REJECTED" : name,
            body.contains("\"stream\":true"))) {
          return;
        }
      }
    } catch (IOException e) {
      // the gateway has closed the connection
    }
  }

  /** @return whether the connection goes on */
  private static boolean answer(Socket socket, String fault, boolean stream) throws IOException {
    OutputStream out = socket.getOutputStream();
    switch (fault) {
      case "RESET_BEFORE_HEADERS" -> {
        socket.setSoLinger(true, 0);
        return false;
      }
      case "REJECTED" ->
        whole(out, 401, "", error("Incorrect API key provided: sk-bad-key-0123456789"));
      case "CALLERS_FAULT" -> whole(out, 400, "", error("max_tokens is too large"));
      case "LIMITED" -> whole(out, 429, "Retry-After: 7\r\n", error("Rate limit reached"));
      case "BROKEN_500" -> whole(out, 500, "", error("The server had an error"));
      case "OVERLOADED_529" -> whole(out, 529, "", error("Overloaded"));
      case "SLOW_FIRST_TOKEN" -> waitForTheEnd(socket);
      case "STALL" -> {
        head(out, stream);
        waitForTheEnd(socket);
      }
      case "CUT_AFTER_0" -> {
        head(out, stream);
        return false;
      }
      case "CUT_AFTER_1" -> {
        head(out, stream);
        words(out, stream, 1);
        return false;
      }
      case "CUT_AFTER_40" -> {
        head(out, stream);
        words(out, stream, 40);
        return false;
      }
      case "MALFORMED_CHUNK" -> {
        head(out, stream);
        chunk(out, stream ? "data: {\"choices\":[{\n\n" : "{\"choices\":[{");
        end(out);
      }
      case "MISSING_USAGE" -> good(out, stream, false);
      default -> good(out, stream, true);
    }
    return true;
  }

  private static void waitForTheEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // nothing more is expected
    }
  }

  private static String error(String message) {
    return "{\"error\":{\"message\":\"" + message + "\",\"type\":\"error\",\"code\":null}}";
  }

  private static void whole(OutputStream out, int status, String fields, String body)
      throws IOException {
    out.write(("HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\n" + fields
            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
        .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void head(OutputStream out, boolean stream) throws IOException {
    out.write(("HTTP/1.1 200 OK\r\nContent-Type: "
            + (stream ? "text/event-stream" : "application/json")
            + "\r\nTransfer-Encoding: chunked\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    out.write((Integer.toHexString(text.length()) + "\r\n" + text + "\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void end(OutputStream out) throws IOException {
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void words(OutputStream out, boolean stream, int count) throws IOException {
    if (!stream) {
      chunk(
          out,
          "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
              + "[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"");
    }
    for (int i = 0; i < count; i++) {
      chunk(out, stream ? event("\"content\":\"word" + i + " \"", "null") : "word" + i + " ");
    }
  }

  private static String event(String delta, String finish) {
    return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
        + "\"choices\":[{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":" + finish
        + "}]}\n\n";
  }

  private static void good(OutputStream out, boolean stream, boolean tellsUsage)
      throws IOException {
    String usage =
        "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":" + WORDS + ",\"total_tokens\":44}";
    head(out, stream);
    if (stream) {
      chunk(out, event("\"role\":\"assistant\",\"content\":\"\"", "null"));
    }
    words(out, stream, WORDS);
    if (stream) {
      chunk(out, event("", "\"stop\""));
      if (tellsUsage) {
        chunk(
            out,
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                + "\"choices\":[]," + usage + "}\n\n");
      }
      chunk(out, "data: [DONE]\n\n");
    } else {
      chunk(out, "\"}}]" + (tellsUsage ? "," + usage : "") + "}");
    }
    end(out);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
