package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads which certificates clients must show. What can't be read closes the paths. */
final class CertificateOptions {
  private static final int MOST_DEPTH = 100;

  private final Annotations all;
  private final Declarations declared;

  CertificateOptions(Annotations all, Declarations declared) {
    this.all = all;
    this.declared = declared;
  }

  /** Null if none is asked for. */
  Filter.@Nullable ClientCertificate read() {
    String mode = Optional.ofNullable(all.text("auth-tls-verify-client")).orElse("on");
    int depth = all.number("auth-tls-verify-depth", 1, MOST_DEPTH, 1);
    boolean passes = all.flag("auth-tls-pass-certificate-to-upstream", false);
    String subject = all.text("auth-tls-match-cn");
    if (!all.has("auth-tls-secret")) {
      for (String key : List.of("auth-tls-verify-client", "auth-tls-match-cn")) {
        if (all.has(key)) {
          all.close(key, "without auth-tls-secret", "auth-tls-secret with an authority");
        }
      }
      return null;
    }
    if (!List.of("on", "off", "optional", "optional_no_ca").contains(mode)) {
      all.invalid("auth-tls-verify-client", "on, off, optional or optional_no_ca", "on");
      mode = "on";
    }
    ObjectKey name = all.reference("auth-tls-secret", "Secret", true);
    byte[] authorities = name == null
        ? null
        : declared.secret(name).map(secret -> secret.value("ca.crt")).orElse(null);
    if (authorities == null) {
      all.closeUntil(
          "auth-tls-secret", "no such Secret with ca.crt", "a Secret with the key ca.crt");
      return null;
    }
    try {
      Pattern pattern = null;
      if (subject != null) {
        if (!subject.startsWith("CN=")) {
          all.close("auth-tls-match-cn", '"' + subject + '"', "CN= and a regular expression");
          return null;
        }
        pattern = LinearPattern.compile(subject);
      }
      return mode.equals("off")
          ? null
          : new Filter.ClientCertificate(
              Pem.certificates(authorities),
              mode.equals("on"),
              !mode.equals("optional_no_ca"),
              depth,
              pattern,
              passes);
    } catch (GeneralSecurityException e) {
      all.close("auth-tls-secret", String.valueOf(e.getMessage()), "certificates in PEM in ca.crt");
    } catch (PatternSyntaxException e) {
      all.close(
          "auth-tls-match-cn", String.valueOf(e.getMessage()), "CN= and a regular expression");
    }
    return null;
  }
}
