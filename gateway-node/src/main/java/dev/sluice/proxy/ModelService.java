package dev.sluice.proxy;

import dev.sluice.ingress.Action;

/** What serves the model routes of one worker. */
public interface ModelService {
  /** Takes a request over: it answers or refuses it. */
  void call(Inbound request, Action.Models models);

  /** The same for a request that a provider gets as it is. */
  void pass(Inbound request, Action.Pass pass);
}
