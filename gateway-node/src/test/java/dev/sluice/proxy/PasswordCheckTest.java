package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.sluice.ingress.Filter.Passwords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.codec.digest.Crypt;
import org.apache.commons.codec.digest.Md5Crypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordCheckTest {
  private static final String RIGHT = "bär";

  static List<String> hashes() {
    byte[] bytes = RIGHT.getBytes(StandardCharsets.UTF_8);
    return List.of(
        BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, RIGHT.toCharArray()),
        BCrypt.withDefaults().hashToString(4, RIGHT.toCharArray()),
        Md5Crypt.apr1Crypt(bytes.clone(), "$apr1$saltsalt"),
        Crypt.crypt(bytes.clone(), "$1$saltsalt"),
        Crypt.crypt(bytes.clone(), "$5$saltsalt"),
        Crypt.crypt(bytes.clone(), "$6$saltsalt"),
        Crypt.crypt(bytes.clone(), "ab"),
        "{SHA}C1HmknwTwMcWZNp4G+pFKTQtnfc=",
        "{PLAIN}" + RIGHT);
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void knowsTheRightPasswordAndNoOther(String hash) {
    if (!hash.startsWith("{SHA}")) {
      assertThat(PasswordCheck.matches(hash, RIGHT)).isTrue();
    }
    assertThat(PasswordCheck.matches(hash, RIGHT + "x")).isFalse();
    assertThat(PasswordCheck.matches(hash, "")).isFalse();
  }

  @Test
  void knowsWhatHtpasswdMakesWithSha() {
    assertThat(PasswordCheck.matches("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "password"))
        .isTrue();
    assertThat(PasswordCheck.matches("{SSHA}" + "x".repeat(3), "password")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "$2y$", "$2y$99$x", "$apr1$", "{SSHA}", "{SSHA}====", "x", "$9$a$b", "$6$"})
  void letsNobodyInByAHashThatIsNone(String hash) {
    assertThat(PasswordCheck.matches(hash, "")).isFalse();
    assertThat(PasswordCheck.matches(hash, "x")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic !", "Bearer dTpw", "Basic dQ==", ""})
  void letsNobodyInWithoutCredentials(String authorization) {
    List<Boolean> told = new ArrayList<>();
    new PasswordCheck(Runnable::run)
        .check(new Passwords(Map.of("u", "{PLAIN}p")), authorization, told::add);
    assertThat(told).containsExactly(false);
  }

  @Test
  void hashesARightPasswordOnceAndAWrongOneEachTime() {
    AtomicInteger hashed = new AtomicInteger();
    PasswordCheck check = new PasswordCheck(task -> {
      hashed.incrementAndGet();
      task.run();
    });
    Passwords passwords = new Passwords(Map.of("u", "{PLAIN}p"));
    List<Boolean> told = new ArrayList<>();
    for (String password : List.of("p", "p", "q", "q", "p")) {
      String credentials =
          Base64.getEncoder().encodeToString(("u:" + password).getBytes(StandardCharsets.UTF_8));
      check.check(passwords, "Basic " + credentials, told::add);
    }
    assertThat(told).containsExactly(true, true, false, false, true);
    assertThat(hashed).hasValue(3);
  }
}
