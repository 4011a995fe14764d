/**
 * Bedrock's dialects: Converse, which all its models speak, and Claude's own bodies as it invokes them; its streams of frames, and
 * the signatures that it asks for.
 */
@NullMarked
package dev.sluice.model.bedrock;

import org.jspecify.annotations.NullMarked;
