/** Ollama's own dialect: chat and generate, answered in lines of JSON. */
@NullMarked
package dev.sluice.model.ollama;

import org.jspecify.annotations.NullMarked;
