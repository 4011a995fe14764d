/**
 * What callers say to models and models answer, in no dialect: a {@link dev.sluice.model.chat.Conversation} and the
 * {@link dev.sluice.model.chat.AnswerEvent}s of its answer, and what each dialect must be able to do. A dialect package
 * reads and writes these; none knows another.
 *
 * <p>Pure: no connection, no clock, no quota.
 */
@NullMarked
package dev.sluice.model.chat;

import org.jspecify.annotations.NullMarked;
