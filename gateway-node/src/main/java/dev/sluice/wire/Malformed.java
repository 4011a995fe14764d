package dev.sluice.wire;

/**
 * A message that can't be read safely.
 *
 * @param status what a client is answered: 400, 408, 414, 431, 501 or 505
 * @param reason for people: what was wrong and where; holds no bytes of the message
 */
public record Malformed(int status, String reason) implements RequestRead, ResponseRead {
  static Malformed bad(String reason) {
    return new Malformed(400, reason);
  }
}
