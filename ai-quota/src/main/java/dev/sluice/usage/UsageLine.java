package dev.sluice.usage;

/** What is counted together. {@code hour} is its start in milliseconds since 1970. */
record UsageLine(
    long hour,
    String tenant,
    String team,
    String key,
    String model,
    String target,
    Spent.Source source) {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final String OTHER = "other";
  private static final int MOST_MODEL_CHARS = 256;
  private static final int MOST_TARGET_CHARS = 512;

  static UsageLine of(Spent spent, long nowMillis) {
    return new UsageLine(
        nowMillis - nowMillis % HOUR_MILLIS,
        spent.tenant(),
        spent.team(),
        spent.key(),
        cut(spent.model(), MOST_MODEL_CHARS),
        cut(spent.target(), MOST_TARGET_CHARS),
        spent.source());
  }

  /** The same without model and target, for when there are too many lines. */
  UsageLine coarse() {
    return new UsageLine(hour, tenant, team, key, OTHER, OTHER, source);
  }

  /** PostgreSQL takes no NUL. */
  private static String cut(String text, int most) {
    String clean = text.indexOf('\0') < 0 ? text : text.replace('\0', ' ');
    return clean.length() <= most ? clean : clean.substring(0, most);
  }
}
