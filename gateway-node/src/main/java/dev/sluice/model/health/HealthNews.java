package dev.sluice.model.health;

import dev.sluice.state.WireMessage;

/**
 * What all nodes shall know of one target or key. Spans of time are relative, so that no node's wall clock matters: whoever
 * hears it late waits longer, never shorter.
 *
 * @param version newer news of the same id replace older ones
 * @param level 0 if it is well
 * @param coolMillis for how much longer nobody may ask it, from the moment it was said
 * @param trial uid of the node that may ask once, after that
 */
public record HealthNews(
    String id, long version, int level, Sign why, long coolMillis, String trial)
    implements WireMessage {}
