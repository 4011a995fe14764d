package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes see one form of a path; a path with a second reading is refused. */
class RequestPathTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/|/",
        "/a/b|/a/b",
        "/a/b/|/a/b/",
        "/a?b=/../%2F%zz\\|/a",
        "/?|/",
        "//x|/x",
        "///|/",
        "/a//b///c|/a/b/c",
        "/a//|/a/",
        "/.|/",
        "/./|/",
        "/a/.|/a/",
        "/a/./b|/a/b",
        "/.//x|/x",
        "/a/%2e/b|/a/b",
        "/%61%62|/ab",
        "/%7Ebob|/~bob",
        "/a%20b|/a b",
        "/a+b|/a+b",
        "/.hidden|/.hidden",
        "/a/..b|/a/..b",
        "/a/b..|/a/b..",
        "/a/...|/a/...",
        "/a/.;x|/a/.;x",
        "/a;v=1/b|/a;v=1/b",
        "/%252e%252e/|/%2e%2e/",
        "/%25zz|/%zz",
        "/a|/a"
      })
  void matchesOneFormOfAPath(String target, String path) {
    assertThat(RequestPath.parse(target)).isEqualTo(new RequestPath.Parsed(path, ""));
  }

  @Test
  void readsUtf8EscapedOrNot() {
    assertThat(RequestPath.parse("/caf%C3%A9").path()).isEqualTo("/caf\u00e9");
    assertThat(RequestPath.parse("/caf\u00c3\u00a9").path()).isEqualTo("/caf\u00e9");
  }

  @Test
  void bytesThatAreNoUtf8AreStillAPath() {
    assertThat(RequestPath.parse("/%E9").path()).isEqualTo("/\u00e9");
    assertThat(RequestPath.parse("/\u00ff/x").path()).isEqualTo("/\u00ff/x");
    assertThat(RequestPath.parse("/%c0%ae%c0%ae/").path()).isNotNull().doesNotContain("..");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/..",
        "/..",
        "/../",
        "/a/../b",
        "/a/..?x",
        "/%2e%2e/",
        "/.%2e/",
        "/%2E./x",
        "/a/%2e%2E",
        "//../x",
        "/a/..//b",
        "/a%2fb",
        "/a%2Fb",
        "/%2f",
        "/a\\b",
        "/a%5cb",
        "/a%5C..%5Cb",
        "/%00",
        "/a%00.html",
        "/%",
        "/%zz",
        "/%a",
        "/a%2",
        "/%%",
        "/%2%66",
        "/\u00ff\\",
        "/%+1",
        "/% 1",
        "/a%?20"
      })
  void refusesWhatAnUpstreamCouldReadAsAnotherPath(String target) {
    RequestPath.Parsed parsed = RequestPath.parse(target);
    assertThat(parsed.path()).isNull();
    assertThat(parsed.refusedFor()).isNotEmpty();
  }

  /** Servlet containers take parameters off each segment first, and then climb. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/a/..;/b", "/a/..;x=1/b", "/..;", "/a/%2e%2e;/b", "/a/..%3b/b", "/a/..;?x"})
  void refusesSegmentsThatClimbOnceTheirParametersAreGone(String target) {
    assertThat(RequestPath.parse(target).path()).isNull();
  }
}
