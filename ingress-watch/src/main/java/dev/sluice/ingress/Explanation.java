package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which route takes a request, and why; and why others don't. Made by the code that takes requests; holds no secrets.
 *
 * @param request method, host and path as they are matched
 * @param host whose routes are looked at, and why
 * @param route null if none takes it: that is 404
 * @param others other routes of the host, in the order in which they are tried
 * @param moreOthers how many more there are
 * @param problems of what the route is made of
 */
public record Explanation(
    String request,
    String host,
    @Nullable Taken route,
    List<Other> others,
    int moreOthers,
    List<String> problems) {
  private static final int MOST_OTHERS = 50;

  /**
   * The route that takes it.
   *
   * @param rule path, method and conditions
   * @param order which of how many it is, in the order in which they are tried
   * @param declaredBy object, file and line, field
   * @param filters in the order they run
   * @param leadsTo backends with their endpoints, or what is answered instead
   * @param bounds time-outs, tries, sizes
   */
  public record Taken(
      String rule,
      String order,
      String declaredBy,
      List<String> filters,
      List<String> leadsTo,
      List<String> bounds) {}

  /** A route that does not take it. */
  public record Other(String rule, String declaredBy, String why) {}

  /**
   * What is asked.
   *
   * @param host lower case, without port
   * @param path in the form in which it is matched
   * @param secure whether it comes over TLS
   */
  public record Question(String host, String path, boolean secure, RequestView view) {}

  /**
   * Explains a request.
   *
   * @param made what serves
   * @param problems all that are known, of which those are told that touch the route
   */
  public static Explanation of(Reconciled made, List<Problem> problems, Question asked) {
    return new Explaining(made, problems, asked).explanation();
  }

  private static final class Explaining {
    private final Reconciled made;
    private final List<Problem> problems;
    private final Question asked;
    private final @Nullable String name;

    Explaining(Reconciled made, List<Problem> problems, Question asked) {
      this.made = made;
      this.problems = problems;
      this.asked = asked;
      this.name = made.routes().declaredHost(asked.host());
    }

    Explanation explanation() {
      HostRoutes routes = made.routes().host(asked.host());
      String request = asked.view().method() + " " + (asked.secure() ? "https" : "http") + "://"
          + asked.host() + asked.path();
      if (routes == null) {
        return new Explanation(request, hostWords(), null, List.of(), 0, List.of());
      }
      Route taken = routes.match(asked.path(), asked.view());
      List<Route> all = routes.inOrder();
      List<Other> others = new ArrayList<>();
      boolean passed = taken == null;
      int place = 0;
      for (int i = 0; i < all.size(); i++) {
        Route route = all.get(i);
        if (!passed && route.equals(taken)) {
          passed = true;
          place = i + 1;
        } else if (others.size() < MOST_OTHERS) {
          others.add(new Other(RouteWords.rule(route), declaredBy(route), why(route, passed)));
        }
      }
      int left = all.size() - others.size() - (taken == null ? 0 : 1);
      return new Explanation(
          request,
          hostWords(),
          taken == null ? null : taken(taken, place, all.size()),
          List.copyOf(others),
          left,
          taken == null ? List.of() : touching(taken));
    }

    private String hostWords() {
      if (name == null) {
        return "no routes for " + asked.host() + ", and none for every host";
      }
      if (name.equals(asked.host())) {
        return name;
      }
      return name.isEmpty()
          ? "every host, because " + asked.host() + " has no routes of its own"
          : name + ", because " + asked.host() + " has no routes of its own";
    }

    private Taken taken(Route route, int place, int count) {
      return new Taken(
          RouteWords.rule(route),
          "number " + place + " of " + count
              + " by exact paths, then regular expressions, then prefixes; longer first",
          declaredBy(route),
          RouteWords.filters(route, asked.secure()),
          RouteWords.leadsTo(route.action()),
          RouteWords.bounds(route));
    }

    /** Of one that was looked at before the route that was taken, or would have been after it. */
    private String why(Route route, boolean passed) {
      if (!route.path().matches(asked.path())) {
        return "the path does not match";
      }
      String method = route.method();
      if (method != null && !method.equals(asked.view().method())) {
        return "it takes " + method + " only";
      }
      for (ValueRule condition : route.conditions()) {
        if (!condition.matches(asked.view())) {
          return RouteWords.condition(condition) + " does not hold";
        }
      }
      return passed ? "another one comes first" : "it is not the first that takes it";
    }

    private String declaredBy(Route route) {
      for (Declaration one : inputs()) {
        if (one.key().equals(route.declaredBy())) {
          String field = one instanceof DeclaredIngress ingress ? field(ingress, route) : "";
          String at = one.at().place(field);
          return route.declaredBy()
              + (at.isEmpty() ? "" : " [" + at + "]")
              + (field.isEmpty() ? "" : " " + field);
        }
      }
      return route.declaredBy().toString();
    }

    /** What the host was made of; of an alias, what all hosts were made of. */
    private List<Declaration> inputs() {
      Reconciled.Part part = name == null ? null : made.parts().get(name);
      if (part != null) {
        return part.inputs();
      }
      List<Declaration> all = new ArrayList<>();
      new TreeMap<>(made.parts()).values().forEach(one -> all.addAll(one.inputs()));
      return all;
    }

    /** Where the path stands of which the route was made; the default backend; empty for what follows from all. */
    private String field(DeclaredIngress ingress, Route route) {
      String elsewhere = "";
      for (DeclaredIngress.Rule rule : ingress.rules()) {
        for (DeclaredIngress.Path path : rule.paths()) {
          if (isMadeOf(route.path(), path)) {
            if (rule.host().equals(name)) {
              return path.field();
            }
            elsewhere = elsewhere.isEmpty() ? path.field() : elsewhere;
          }
        }
      }
      boolean rest = route.path().equals(new PathRule.Prefix("/"));
      return elsewhere.isEmpty() && rest && ingress.defaultBackend() != null
          ? ingress.defaultBackend().field()
          : elsewhere;
    }

    private static boolean isMadeOf(PathRule rule, DeclaredIngress.Path path) {
      if (rule instanceof PathRule.Exact exact) {
        return path.type() == DeclaredIngress.PathType.EXACT && exact.path().equals(path.path());
      }
      if (rule instanceof PathRule.Prefix) {
        return path.type() != DeclaredIngress.PathType.EXACT
            && rule.equals(new PathRule.Prefix(path.path()));
      }
      return rule instanceof PathRule.Regex regex
          && regex.pattern().pattern().equals("^" + path.path());
    }

    /** Problems of the route's object, and of what its backends are. */
    private List<String> touching(Route route) {
      Map<String, Boolean> objects = new TreeMap<>();
      objects.put(route.declaredBy().toString(), true);
      for (String backend : RouteWords.services(route.action())) {
        objects.put("Service " + backend, true);
      }
      return problems.stream()
          .filter(problem -> objects.containsKey(problem.object()))
          .map(Problem::toString)
          .toList();
    }
  }
}
