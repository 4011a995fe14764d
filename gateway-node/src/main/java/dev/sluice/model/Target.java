package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One model of one provider. */
interface Target {
  /**
   * A request as it goes to the target.
   *
   * @param dialect that its answer must be translated from; null if it comes in the caller's own
   */
  record Plan(
      Question question,
      Outgoing outgoing,
      String contentType,
      long outputCap,
      @Nullable ProviderDialect dialect) {
    /** The same with one more header field. */
    Plan with(String name, String value) {
      Map<String, String> fields = new HashMap<>(outgoing.fields());
      fields.put(name, value);
      Outgoing more = new Outgoing(outgoing.path(), fields, outgoing.body());
      return new Plan(question, more, contentType, outputCap, dialect);
    }
  }

  /** An answer under way. */
  interface Call {
    /** The caller has left or time is up: the answer is given up, and nothing more is told. */
    void cancel();

    /** The caller reads too slowly: nothing more for now. */
    void pause();

    void resume();
  }

  /** What a target tells. */
  interface Events {
    /**
     * An answer begins.
     *
     * @param status of the provider
     * @param contentType of the body, or empty
     * @param retryAfter value of the provider's Retry-After, or empty
     * @param length bytes of the body, or below 0 if they are not known
     */
    void targetHead(int status, String contentType, String retryAfter, long length);

    void targetBody(byte[] bytes, int from, int to);

    void targetEnd();

    /**
     * There is no answer, or no more of it.
     *
     * @param nothingSent whether the provider can't have seen the request
     * @param timedOut whether it was too slow, rather than gone or wrong
     * @param why for logs
     */
    void targetFailed(boolean nothingSent, boolean timedOut, String why);
  }

  /** For logs and the caller: {@code namespace/provider/model}. */
  String name();

  /** Most tokens that the request's input can come to. */
  long inputBound(Envelope request);

  /** Most tokens that one answer can come to, if it is capped at {@code cap}. */
  long outputBound(Envelope request, long cap);

  /**
   * Says the request as the target understands it.
   *
   * @param cap most tokens of one answer
   * @param carried header fields of the caller's that belong to its dialect
   * @throws UnsayableException if it can't be said there
   */
  Plan plan(
      Action.Call call, Question question, long cap, Map<String, String> carried, Losses losses)
      throws UnsayableException;

  /** Begins to answer. {@code requestId} is for the provider's logs. */
  Call start(Plan plan, String requestId, Events events);
}
