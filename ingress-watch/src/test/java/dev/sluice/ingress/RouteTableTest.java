package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
  private static final ValueRule V2 = header("X-Version", "2");
  private static final ValueRule DEBUG = new ValueRule(ValueRule.Where.QUERY, "debug", null, null);

  private static ValueRule header(String name, String exact) {
    return new ValueRule(ValueRule.Where.HEADER, name, exact, null);
  }

  private static Route route(String name, PathRule path, String method, ValueRule... conditions) {
    return new Route(
        new ObjectKey("Ingress", "shop", name),
        path,
        method.isEmpty() ? null : method,
        List.of(conditions),
        List.of(),
        new Action.Forward(List.of()),
        Timeouts.DEFAULT,
        Retries.DEFAULT,
        0);
  }

  private static Route prefix(String path) {
    return route(path, new PathRule.Prefix(path), "");
  }

  private static PathRule.Regex regex(String pattern) {
    return new PathRule.Regex(Pattern.compile(pattern));
  }

  private static @Nullable String match(List<Route> routes, String path, RequestView request) {
    Route found = new HostRoutes(routes).match(path, request);
    return found == null ? null : found.declaredBy().name();
  }

  private static HostRoutes host(String path) {
    return new HostRoutes(List.of(prefix(path)));
  }

  @Test
  void takesTheHostItselfThenItsWildcardThenTheRoutesForAll() {
    HostRoutes exact = host("/exact");
    HostRoutes wildcard = host("/wildcard");
    HostRoutes all = host("/all");
    RouteTable table =
        new RouteTable(Map.of("shop.example.com", exact, "*.example.com", wildcard, "", all));
    assertThat(table.host("shop.example.com")).isSameAs(exact);
    assertThat(table.host("blog.example.com")).isSameAs(wildcard);
    assertThat(table.host("a.blog.example.com")).isSameAs(all);
    assertThat(table.host("example.com")).isSameAs(all);
    assertThat(table.host("other.org")).isSameAs(all);
    assertThat(table.host("")).isSameAs(all);
  }

  @Test
  void tellsWhatTheRoutesOfAHostAreDeclaredFor() {
    RouteTable table =
        new RouteTable(Map.of("shop.example.com", host("/1"), "*.example.com", host("/2")));
    assertThat(table.declaredHost("shop.example.com")).isEqualTo("shop.example.com");
    assertThat(table.declaredHost("blog.example.com")).isEqualTo("*.example.com");
    assertThat(table.declaredHost("a.blog.example.com")).isNull();
    assertThat(new RouteTable(Map.of("", host("/"))).declaredHost("any.example.com"))
        .isEmpty();
  }

  @Test
  void hasNoRoutesForAHostThatNobodyHas() {
    RouteTable table = new RouteTable(Map.of("shop.example.com", host("/")));
    assertThat(table.host("other.org")).isNull();
    assertThat(table.host("shop.example.com.evil.org")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/foo, /foo, true",
    "/foo, /foo/, true",
    "/foo, /foo/bar, true",
    "/foo, /foobar, false",
    "/foo, /fo, false",
    "/foo, /FOO, false",
    "/foo/, /foo, true",
    "/foo/, /foo/bar, true",
    "/foo/, /foobar, false",
    "/foo/bar, /foo, false",
    "/foo/bar, /foo/bar/, true",
    "/foo/bar, /foo/barbara, false",
    "/, /, true",
    "/, /foo, true"
  })
  void matchesPrefixesByWholeSegments(String prefix, String path, boolean matches) {
    assertThat(match(List.of(prefix(prefix)), path, Asked.GET) != null).isEqualTo(matches);
    assertThat(new PathRule.Prefix(prefix).matches(path)).isEqualTo(matches);
  }

  @Test
  void takesTheLongestPrefix() {
    List<Route> routes = List.of(prefix("/"), prefix("/a"), prefix("/a/b/c"), prefix("/a/b"));
    assertThat(match(routes, "/a/b/c/d", Asked.GET)).isEqualTo("/a/b/c");
    assertThat(match(routes, "/a/b/x", Asked.GET)).isEqualTo("/a/b");
    assertThat(match(routes, "/a/x", Asked.GET)).isEqualTo("/a");
    assertThat(match(routes, "/x", Asked.GET)).isEqualTo("/");
  }

  @Test
  void takesExactPathsThenRegularExpressionsThenPrefixes() {
    List<Route> routes = List.of(
        route("prefix", new PathRule.Prefix("/a/b/c"), ""),
        route("short", regex("/a/.*"), ""),
        route("long", regex("/a/[b-c]/.*"), ""),
        route("exact", new PathRule.Exact("/a/b/c"), ""));
    assertThat(match(routes, "/a/b/c", Asked.GET)).isEqualTo("exact");
    assertThat(match(routes, "/a/b/c/d", Asked.GET)).isEqualTo("long");
    assertThat(match(routes, "/a/x", Asked.GET)).isEqualTo("short");
    assertThat(match(routes, "/x/a/x", Asked.GET)).isNull();
  }

  @Test
  void takesOnlyTheMethodOfARoute() {
    List<Route> routes = List.of(
        route("any", new PathRule.Prefix("/a"), ""),
        route("post", new PathRule.Prefix("/a"), "POST"),
        route("get", new PathRule.Exact("/b"), "GET"));
    assertThat(match(routes, "/a", Asked.GET)).isEqualTo("any");
    assertThat(match(routes, "/a", Asked.POST)).isEqualTo("post");
    assertThat(match(routes, "/b", Asked.POST)).isNull();
  }

  @Test
  void takesARouteOnlyIfAllItsConditionsHoldAndMoreBeforeFewer() {
    PathRule path = new PathRule.Prefix("/");
    List<Route> routes = List.of(
        route("plain", path, ""), route("one", path, "", V2), route("two", path, "", V2, DEBUG));
    assertThat(match(routes, "/", Asked.GET)).isEqualTo("plain");
    assertThat(match(routes, "/", Asked.GET.header("x-version", "2"))).isEqualTo("one");
    assertThat(match(routes, "/", Asked.GET.header("x-version", "2").query("debug", "")))
        .isEqualTo("two");
    assertThat(match(routes, "/", Asked.GET.header("x-version", "3").query("debug", "")))
        .isEqualTo("plain");
  }

  @Test
  void turnsToAShorterPathWhereTheConditionsOfALongerOneDoNotHold() {
    List<Route> routes = List.of(
        route("exact", new PathRule.Exact("/a/b"), "", V2),
        route("long", new PathRule.Prefix("/a/b"), "POST"),
        route("short", new PathRule.Prefix("/a"), ""));
    assertThat(match(routes, "/a/b", Asked.GET)).isEqualTo("short");
  }

  @Test
  void matchesTheWholeValueOfAHeaderByAPattern() {
    ValueRule beta =
        new ValueRule(ValueRule.Where.HEADER, "x-track", null, Pattern.compile("beta-[0-9]+"));
    assertThat(beta.matches(Asked.GET.header("X-Track", "beta-7"))).isTrue();
    assertThat(beta.matches(Asked.GET.header("X-Track", "not beta-7"))).isFalse();
    assertThat(beta.matches(Asked.GET.header("X-Track", "beta-7x"))).isFalse();
    assertThat(beta.matches(Asked.GET)).isFalse();
  }

  @Test
  void takesTheOlderOfTwoRoutesThatAreAlike() {
    PathRule path = new PathRule.Prefix("/");
    List<Route> routes = List.of(route("older", path, "", V2), route("younger", path, "", V2));
    assertThat(match(routes, "/", Asked.GET.header("x-version", "2"))).isEqualTo("older");
  }

  @Test
  void hasOneVersionForTheSameRoutesAndAnotherForOthers() {
    String version = new RouteTable(Map.of("a", host("/"), "b", host("/x"))).version();
    assertThat(new RouteTable(Map.of("b", host("/x"), "a", host("/"))).version())
        .isEqualTo(version);
    assertThat(new RouteTable(Map.of("a", host("/x"), "b", host("/"))).version())
        .isNotEqualTo(version);
    assertThat(new RouteTable(Map.of("a", host("/"))).version()).isNotEqualTo(version);
  }
}
