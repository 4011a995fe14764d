/**
 * Requests for embeddings and their answers, in no dialect, and the dialects that have them: OpenAI's, Gemini's and Ollama's.
 * Pure.
 */
@NullMarked
package dev.sluice.model.embed;

import org.jspecify.annotations.NullMarked;
