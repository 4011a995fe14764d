package dev.sluice.ingress;

/**
 * Which requests and connections stand in the access log, on all hosts.
 *
 * @param requests whether requests do
 * @param streams whether connections that are passed on do
 * @param skipped targets of requests that don't
 */
public record Logging(boolean requests, boolean streams, TextRules skipped) {
  /** All. */
  public static final Logging ALL = new Logging(true, true, TextRules.NONE);

  static Logging of(ControllerConfig config, ControllerProblems problems) {
    boolean none = config.is("disable-access-log", false);
    return new Logging(
        !none && !config.is("disable-http-access-log", false),
        !none && !config.is("disable-stream-access-log", false),
        TextRules.of(
            config.list("skip-access-log-urls"), problems.patternOf("skip-access-log-urls")));
  }

  /** @param target of the request, as sent */
  public boolean takes(String target) {
    return requests && !skipped.mean(target);
  }
}
