package dev.sluice.ingress;

import dev.sluice.ingress.DeclaredModelProvider.Kind;
import java.util.regex.Pattern;

/** What a provider's credential must look like, by its kind. Shows none. */
final class ProviderCredentials {
  private static final Pattern AWS_KEY = Pattern.compile("\\{.*\\}", Pattern.DOTALL);
  private static final Pattern AWS_ID = member("AccessKeyId");
  private static final Pattern AWS_SECRET = member("SecretAccessKey");
  private static final Pattern GOOGLE_FILE = Pattern.compile(
      "\\{.*\"type\"\\s*:\\s*\"(service_account|authorized_user)\".*\\}", Pattern.DOTALL);
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]*");

  private ProviderCredentials() {}

  private static Pattern member(String name) {
    return Pattern.compile('"' + name + "\"\\s*:\\s*\"[\\x21-\\x7e]+\"");
  }

  /** What was expected instead of it; empty if it can be used. */
  static String expected(Kind kind, String credential) {
    return switch (kind) {
      case BEDROCK ->
        isAwsKey(credential) || !credential.startsWith("{") && isToken(credential)
            ? ""
            : "an API key of Bedrock's, or {\"AccessKeyId\": …, \"SecretAccessKey\": …}";
      case VERTEX ->
        GOOGLE_FILE.matcher(credential).matches()
            ? ""
            : "the JSON file of a key of a service account, or of an authorized user";
      default -> isToken(credential) ? "" : "a key without blanks, in one line";
    };
  }

  private static boolean isAwsKey(String text) {
    return AWS_KEY.matcher(text).matches()
        && AWS_ID.matcher(text).find()
        && AWS_SECRET.matcher(text).find();
  }

  private static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }
}
