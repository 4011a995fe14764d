package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.edge.Reply;
import dev.sluice.edge.Service;
import dev.sluice.wire.Malformed;

/** Of tests whose clients send no requests, but what is passed on as it is. */
interface PassingService extends Service {
  @Override
  default void arrived(Arrival arrival) {
    throw new AssertionError("a request");
  }

  @Override
  default void malformed(Malformed malformed, Reply reply) {
    throw new AssertionError("a request");
  }
}
