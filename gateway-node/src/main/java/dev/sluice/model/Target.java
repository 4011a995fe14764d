package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.route.TargetIds;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One model of one provider. */
interface Target {
  /**
   * A request as it goes to the target.
   *
   * @param translation of its answer; null if it comes in the caller's own dialect
   * @param untold dialect of the answer, if it may come without its usage; null if it never does
   * @param counted what is only counted, here, rather than sent; null if the target is asked
   * @param errors dialect that its errors must be translated from; null if they come in the caller's own
   */
  record Plan(
      Question question,
      Outgoing outgoing,
      String contentType,
      long outputCap,
      @Nullable Translation translation,
      @Nullable ProviderDialect errors,
      @Nullable ProviderDialect untold,
      @Nullable Conversation counted) {
    private static final Outgoing NOTHING = new Outgoing("", new byte[0]);

    /** Nothing is sent, and this is counted. */
    static Plan counting(Question question, Conversation counted) {
      return new Plan(question, NOTHING, "", 0, null, null, null, counted);
    }

    /** The answer comes from here, so that nothing is sent. */
    static Plan local(Question question, long outputCap, @Nullable ProviderDialect dialect) {
      Translation translation = dialect == null ? null : new Interpreter(dialect);
      return new Plan(question, NOTHING, "", outputCap, translation, dialect, null, null);
    }

    /** The same with one more header field. */
    Plan with(String name, String value) {
      Map<String, String> fields = new HashMap<>(outgoing.fields());
      fields.put(name, value);
      Outgoing more = new Outgoing(outgoing.path(), fields, outgoing.body());
      return new Plan(question, more, contentType, outputCap, translation, errors, untold, counted);
    }
  }

  /**
   * Head of an answer.
   *
   * @param contentType of the body, or empty
   * @param length bytes of the body, or below 0 if they are not known
   * @param fields as the provider sent them; null if it is none that sends any
   */
  record Head(
      int status, String contentType, long length, @Nullable Fields fields) {
    /** Value of the provider's Retry-After, or empty. */
    String retryAfter() {
      String value = fields == null ? null : fields.first(Field.RETRY_AFTER);
      return value == null ? "" : value;
    }

    /** The first value of a field of the provider's, or empty. */
    String field(String name) {
      String value = fields == null ? null : fields.first(name);
      return value == null ? "" : value;
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
    /** An answer begins. */
    void targetHead(Head head);

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

  /** For health and load; the same with each of its keys. */
  TargetIds ids();

  /** What it says errors in. */
  ProviderDialect speaks();

  /** As its provider calls it. */
  String model();

  /** Most tokens that the request's input can come to, by its bytes. */
  long inputBound(Envelope request);

  /** Whether it counts texts by the vocabulary that its model's name tells. */
  default boolean countsByName() {
    return false;
  }

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
