/** Anthropic's dialect: Messages, as callers and as providers speak it. */
@NullMarked
package dev.sluice.model.anthropic;

import org.jspecify.annotations.NullMarked;
