/**
 * What is known of the health of targets and of keys: learned from attempts, decided for all nodes by one actor each, read by
 * workers without waiting for anybody. Knows no request.
 */
@NullMarked
package dev.sluice.model.health;

import org.jspecify.annotations.NullMarked;
