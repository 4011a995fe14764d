package dev.sluice.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Secrets that must be seen nowhere; looks for them in all that is logged, at every level, while it is open. */
final class Canaries implements AutoCloseable {
  private static final int MOST_FOUND = 100;

  private final String own;
  private final Map<String, String> secrets = new TreeMap<>();
  private final Queue<String> found = new ConcurrentLinkedQueue<>();
  private final Set<String> places = ConcurrentHashMap.newKeySet();
  private final AtomicLong traces = new AtomicLong();
  private final AtomicLong accesses = new AtomicLong();
  private final AtomicLong javaLines = new AtomicLong();

  private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory())
      .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private final Log log = new Log();
  private final java.util.logging.Logger javaRoot = LogManager.getLogManager().getLogger("");
  private final java.util.logging.Level javaBefore = javaRoot.getLevel();
  private final JavaLog javaLog = new JavaLog();

  /**
   * @param secrets by what they are
   * @param own part of the lines that the test's own client logs of its calls
   */
  Canaries(Map<String, String> secrets, String own) {
    this.own = own;
    secrets.forEach((name, secret) -> {
      this.secrets.put(name, secret);
      this.secrets.put(
          name + " in base64",
          Base64.getEncoder()
              .withoutPadding()
              .encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    });
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    log.setContext(root.getLoggerContext());
    log.start();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    javaLog.setLevel(java.util.logging.Level.ALL);
    javaRoot.addHandler(javaLog);
    javaRoot.setLevel(java.util.logging.Level.ALL);
  }

  /** Notes the secrets in a text, but for one that may be there. */
  void look(String where, String text, String allowed) {
    secrets.forEach((name, secret) -> {
      if (!name.equals(allowed)
          && text.contains(secret)
          && found.size() < MOST_FOUND
          && places.add(name + where)) {
        int at = text.indexOf(secret);
        String around = text.substring(
            Math.max(0, at - 150), Math.min(text.length(), at + secret.length() + 50));
        found.add(name + " in " + where + ": …" + around);
      }
    });
  }

  void look(String where, String text) {
    look(where, text, "");
  }

  List<String> found() {
    return List.copyOf(found);
  }

  /** Lines that were logged at TRACE. */
  long traces() {
    return traces.get();
  }

  long accesses() {
    return accesses.get();
  }

  /** Those of {@code java.util.logging}. */
  long javaLines() {
    return javaLines.get();
  }

  @Override
  public void close() {
    root.detachAppender(log);
    others.forEach(root::addAppender);
    root.setLevel(before);
    javaRoot.removeHandler(javaLog);
    javaRoot.setLevel(javaBefore);
  }

  private final class Log extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      traces.addAndGet(event.getLevel() == Level.TRACE ? 1 : 0);
      accesses.addAndGet(event.getLoggerName().equals("sluice.access") ? 1 : 0);
      String where = "the log of " + event.getLoggerName() + " at " + event.getLevel();
      look(where, event.getFormattedMessage());
      look(where, event.getMDCPropertyMap().toString());
      if (event.getThrowableProxy() != null) {
        look(where, ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }

  private final class JavaLog extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord line) {
      javaLines.incrementAndGet();
      String text = formatter.format(line);
      if (!text.contains(own)) {
        look("the Java log of " + line.getLoggerName(), text);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
