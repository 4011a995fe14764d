package dev.sluice.ingress.kube;

/** The API server has answered, but not with what was asked for. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int MOST_CHARS = 200;

  private final int status;

  /** @param status of HTTP, or of the Kubernetes status that ended a watch */
  ApiFailure(int status, String message) {
    super(shortened(message), null, false, false);
    this.status = status;
  }

  private static String shortened(String message) {
    return message.length() > MOST_CHARS ? message.substring(0, MOST_CHARS) + "…" : message;
  }

  int status() {
    return status;
  }

  /** What was listed is too long ago to be gone on from. */
  boolean isGone() {
    return status == 410;
  }

  Seen.Reason reason() {
    return switch (status) {
      case 401, 403 -> Seen.Reason.REFUSED;
      case 404, 405 -> Seen.Reason.UNKNOWN;
      default -> Seen.Reason.AWAY;
    };
  }
}
