/** Gemini's dialect, as the Gemini API and Vertex speak it. */
@NullMarked
package dev.sluice.model.gemini;

import org.jspecify.annotations.NullMarked;
