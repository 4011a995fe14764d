/** What Vertex asks for beside Gemini's and Anthropic's dialects: where a project is, and access tokens for it. */
@NullMarked
package dev.sluice.model.vertex;

import org.jspecify.annotations.NullMarked;
