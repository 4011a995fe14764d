/** Anthropic's dialect: messages, and how many tokens they have; there, at Vertex, and as Bedrock invokes it. */
@NullMarked
package dev.sluice.model.anthropic;

import org.jspecify.annotations.NullMarked;
