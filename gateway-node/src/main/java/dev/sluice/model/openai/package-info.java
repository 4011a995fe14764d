/** OpenAI's dialect: chat completions, responses and what else its API has. */
@NullMarked
package dev.sluice.model.openai;

import org.jspecify.annotations.NullMarked;
