package dev.sluice.model;

import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Question;

/** One model of one provider. */
interface Target {
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

  /** Begins to answer. {@code cap} is the most tokens of one answer; {@code requestId} is for the provider's logs. */
  Call start(Question request, long cap, String requestId, Events events);
}
