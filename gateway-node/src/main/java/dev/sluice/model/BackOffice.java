package dev.sluice.model;

/** What is done for the model calls of all workers on threads of its own. */
public final class BackOffice implements AutoCloseable {
  private final GoogleTokens google;
  private final TokenCounts counts;

  public BackOffice(ModelSettings settings) {
    this.google = new GoogleTokens(settings.tokens());
    this.counts = new TokenCounts(settings.countsWaiting());
  }

  GoogleTokens google() {
    return google;
  }

  TokenCounts counts() {
    return counts;
  }

  @Override
  public void close() {
    google.close();
    counts.close();
  }
}
