package dev.sluice.model.anthropic;

/** Where Claude is served; each has its own way to name version, model and streaming. */
public enum Platform {
  ANTHROPIC("2023-06-01"),
  VERTEX("vertex-2023-10-16"),
  BEDROCK("bedrock-2023-05-31");

  private final String version;

  Platform(String version) {
    this.version = version;
  }

  /** Of the API: in the field {@code anthropic-version} at Anthropic itself, elsewhere in the body. */
  public String version() {
    return version;
  }

  /** Whether images and documents may be named by their URL. */
  boolean fetches() {
    return this == ANTHROPIC;
  }
}
