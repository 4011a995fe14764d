package dev.sluice.model;

/** What is done for the model calls of all workers on threads of its own. */
public final class BackOffice implements AutoCloseable {
  private final GoogleTokens google;
  private final TokenCounts counts;
  private final QueuePolls queues;

  public BackOffice(ModelSettings settings) {
    this.google = new GoogleTokens(settings.tokens());
    this.counts = new TokenCounts(settings.countsWaiting());
    this.queues = new QueuePolls(settings.balance().queue());
  }

  GoogleTokens google() {
    return google;
  }

  TokenCounts counts() {
    return counts;
  }

  QueuePolls queues() {
    return queues;
  }

  @Override
  public void close() {
    queues.close();
    google.close();
    counts.close();
  }
}
