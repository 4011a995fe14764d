/** Load, fault and judge put together: each class is one story that a user could live through. */
package dev.sluice.chaos.scenario;
