package dev.sluice.chaos.fault;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An ordinary service behind the gateway: says hello to all. */
public final class Backend implements AutoCloseable {
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;

  /** On a loopback address. */
  public Backend() throws IOException {
    this(InetAddress.getLoopbackAddress());
  }

  private Backend(InetAddress address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> {
      byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  /** On the machine's own address: an API server takes no loopback addresses into EndpointSlices. */
  public static Backend ofMachine() throws IOException {
    for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(one.getInetAddresses())) {
        if (one.isUp() && address instanceof Inet4Address && !address.isLoopbackAddress()) {
          return new Backend(address);
        }
      }
    }
    throw new AssertionError("this machine has no IPv4 address but loopback");
  }

  public String address() {
    return server.getAddress().getAddress().getHostAddress();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
