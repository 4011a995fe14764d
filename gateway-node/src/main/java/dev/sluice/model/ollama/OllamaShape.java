package dev.sluice.model.ollama;

/** Ollama has two kinds of requests that ask for an answer, whose answers differ little. */
enum OllamaShape {
  /** Of messages; answered with messages. */
  CHAT,
  /** Of one prompt; answered with text. */
  GENERATE
}
