/**
 * The admin API: who may spend how much, how quotas and this node stand, who changed what. {@link
 * dev.sluice.admin.AdminServer} takes a request, finds the caller and the {@link dev.sluice.admin.Operation}, and answers;
 * the operations stand by noun in classes of their own, and the OpenAPI document is made of their table.
 *
 * <p>Decides nothing about quotas, and keeps nothing in memory.
 */
@NullMarked
package dev.sluice.admin;

import org.jspecify.annotations.NullMarked;
