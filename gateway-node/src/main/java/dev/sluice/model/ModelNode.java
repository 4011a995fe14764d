package dev.sluice.model;

import dev.sluice.model.cache.AnswerCache;
import dev.sluice.model.gate.NodeGates;
import dev.sluice.model.health.NodeHealth;
import dev.sluice.model.route.TargetLoads;

/** What all workers of a node share for model calls. Safe for use by many threads. */
public record ModelNode(
    NodeHealth health, TargetLoads loads, AnswerCache answers, NodeGates gates) {
  /** @param uid of the node, in this life */
  public static ModelNode of(String uid, ModelSettings settings) {
    return new ModelNode(
        new NodeHealth(uid, settings.health(), System::nanoTime),
        new TargetLoads(
            settings.health().mostKnown(), System::nanoTime, settings.balance().lasts()),
        new AnswerCache(settings.cacheBytes(), settings.recordedBytes(), System::nanoTime),
        new NodeGates(uid, settings.limits(), System::nanoTime));
  }
}
