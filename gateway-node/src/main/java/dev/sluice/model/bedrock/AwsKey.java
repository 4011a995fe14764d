package dev.sluice.model.bedrock;

/**
 * A key of AWS.
 *
 * @param id {@code AKIA…}
 * @param sessionToken of a key that is lent for a time; empty if it is not
 */
public record AwsKey(String id, String secret, String sessionToken) {
  /** Tells no secret. */
  @Override
  public String toString() {
    return "AwsKey[" + id + "]";
  }
}
