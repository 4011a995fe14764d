package dev.sluice.model.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers that this node keeps, within a bound of bytes: those go first that are asked for seldom and longest ago. Safe for use
 * by many threads, and none waits for another.
 */
public final class AnswerCache {
  private final Cache<AnswerKey, KeptAnswer> answers;
  private final LongSupplier nanos;
  private final long mostRecordedBytes;
  private final AtomicLong recordedBytes = new AtomicLong();

  /**
   * @param mostBytes of all that is kept; 0 for nothing
   * @param mostRecordedBytes of all answers together that are being recorded while they pass
   * @param nanos monotonic clock
   */
  public AnswerCache(long mostBytes, long mostRecordedBytes, LongSupplier nanos) {
    this.nanos = nanos;
    this.mostRecordedBytes = mostRecordedBytes;
    this.answers = Caffeine.newBuilder()
        .maximumWeight(mostBytes)
        .weigher((AnswerKey key, KeptAnswer answer) -> answer.bytes())
        .expireAfter(Expiry.creating((AnswerKey key, KeptAnswer answer) -> answer.ttl()))
        .ticker(nanos::getAsLong)
        .executor(Runnable::run)
        .build();
  }

  /** Null if it is not kept, or no longer. */
  public @Nullable KeptAnswer find(AnswerKey key) {
    return answers.getIfPresent(key);
  }

  /** Keeps an answer, in the place of one that is kept already. */
  public void keep(AnswerKey key, KeptAnswer answer) {
    answers.put(key, answer);
  }

  public long nowNanos() {
    return nanos.getAsLong();
  }

  /** Sets room aside for a piece of an answer that is being recorded. @return whether there was any */
  public boolean reserve(int bytes) {
    if (recordedBytes.addAndGet(bytes) <= mostRecordedBytes) {
      return true;
    }
    recordedBytes.addAndGet(-bytes);
    return false;
  }

  public void release(int bytes) {
    recordedBytes.addAndGet(-bytes);
  }

  /** Of answers that are being recorded. */
  public long recordedBytes() {
    return recordedBytes.get();
  }

  /** Of all that is kept, about. */
  public long bytes() {
    answers.cleanUp();
    return answers.policy().eviction().stream()
        .mapToLong(bound -> bound.weightedSize().orElse(0))
        .sum();
  }

  /** How many are kept, about. */
  public long count() {
    return answers.estimatedSize();
  }
}
