package dev.sluice.proxy;

/** In which words a caller expects to be refused. */
public enum Dialect {
  /** A line of text. */
  PLAIN,
  /** OpenAI's error object. */
  OPENAI,
  /** Anthropic's error object. */
  ANTHROPIC,
  /** Google's error object. */
  GEMINI,
  /** Ollama's error object. */
  OLLAMA,
  /** A status of gRPC, in place of an answer. */
  GRPC
}
