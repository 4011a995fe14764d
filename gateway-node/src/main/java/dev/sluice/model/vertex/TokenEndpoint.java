package dev.sluice.model.vertex;

import java.util.concurrent.CompletionStage;

/** Sends a request for a token. */
public interface TokenEndpoint {
  /** @param body at most as long as a token may be */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Reply(int status, byte[] body) {}

  /** Posts the form. Fails where no whole answer comes. */
  CompletionStage<Reply> post(GoogleCredential.Ask ask);
}
