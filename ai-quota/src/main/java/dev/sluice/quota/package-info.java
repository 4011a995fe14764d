/**
 * What a tenant may spend, and what it spent: the lease protocol between a tenant's entity and the nodes.
 *
 * <p>The arithmetic and the decisions are plain objects that know no actor, no clock and no thread: {@link
 * dev.sluice.quota.QuotaLedger} and {@link dev.sluice.quota.LeaseDesk} on the entity's side, {@link
 * dev.sluice.quota.TenantLeases} on the node's. Around them {@link dev.sluice.quota.TenantQuota} journals, and {@link
 * dev.sluice.quota.NodeLeases} serves the workers. The protocol, rule by rule: docs/quota-protocol.md.
 */
@NullMarked
package dev.sluice.quota;

import org.jspecify.annotations.NullMarked;
