package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What has been seen of the API server, put together. Keeps what it has of objects that can't be read now. */
final class Picture {
  private static final class Part {
    private Map<ObjectKey, Seen.Entry> objects = new TreeMap<>();
    private boolean listed;
    private String version = "";
    private Seen.@Nullable Unreadable trouble;
  }

  private final String apiServer;
  private final Map<Watched, Part> parts = new LinkedHashMap<>();
  private @Nullable Listing last;
  private String whyAway = "";
  private boolean waitTold;

  /**
   * Nothing has been seen.
   *
   * @param apiServer its address, for messages
   */
  Picture(String apiServer, List<Watched> all) {
    this.apiServer = apiServer;
    all.forEach(what -> parts.put(what, new Part()));
  }

  /** A listing if everything has been seen once and something, or up to where it has been seen, is other than in the last one. */
  Optional<Listing> after(List<Seen> news) {
    boolean changed = false;
    for (Seen one : news) {
      changed |= take(one);
    }
    boolean whole = parts.values().stream()
        .allMatch(part -> part.listed || part.trouble != null && whyAway(part).isEmpty());
    if (!whole) {
      return Optional.empty();
    }
    Listing before = last;
    Listing now = before == null || changed ? listing() : before;
    if (before != null && now.saysTheSameAs(before)) {
      now = before;
    }
    now = now.upTo(seen());
    last = now;
    return now.equals(before) ? Optional.empty() : Optional.of(now);
  }

  private Map<String, String> seen() {
    Map<String, String> seen = new TreeMap<>();
    parts.forEach((what, part) -> seen.put(
        what.namespace().isEmpty() ? what.kind() : what.kind() + " in " + what.namespace(),
        part.version));
    return seen;
  }

  /** Why there is no listing yet, if it is the API server's fault. Told once. */
  Optional<String> waitsFor() {
    if (last != null || waitTold) {
      return Optional.empty();
    }
    Optional<String> why = parts.values().stream()
        .flatMap(part -> whyAway(part).stream())
        .findFirst()
        .map(message -> apiServer + ": " + message);
    waitTold = why.isPresent();
    return why;
  }

  private boolean take(Seen one) {
    Part part = parts.get(one.what());
    if (part == null) {
      return false;
    }
    if (one instanceof Seen.UpTo seen) {
      part.version = seen.version();
      return false;
    }
    if (one instanceof Seen.Unreadable unreadable) {
      boolean told = unreadable.equals(part.trouble);
      part.trouble = unreadable;
      return !told;
    }
    boolean changed = part.trouble != null;
    part.trouble = null;
    if (one instanceof Seen.Listed listed) {
      changed |= replace(part, listed.objects()) || !part.listed;
      part.listed = true;
    } else if (one instanceof Seen.Put put) {
      changed |= !put.entry().equals(part.objects.get(put.key()));
      if (changed) {
        part.objects.put(put.key(), keptIfEqual(part.objects.get(put.key()), put.entry()));
      }
    } else if (one instanceof Seen.Gone gone) {
      changed |= part.objects.remove(gone.key()) != null;
    }
    return changed;
  }

  /** Objects that are as before stay the same instances. */
  private static boolean replace(Part part, Map<ObjectKey, Seen.Entry> objects) {
    Map<ObjectKey, Seen.Entry> next = new TreeMap<>();
    objects.forEach((key, entry) -> next.put(key, keptIfEqual(part.objects.get(key), entry)));
    boolean changed = !next.equals(part.objects);
    part.objects = next;
    return changed;
  }

  private static Seen.Entry keptIfEqual(Seen.@Nullable Entry before, Seen.Entry now) {
    return before != null && before.equals(now) ? before : now;
  }

  private static Optional<String> whyAway(Part part) {
    return Optional.ofNullable(part.trouble)
        .filter(trouble -> trouble.reason() == Seen.Reason.AWAY)
        .map(Seen.Unreadable::message);
  }

  private Listing listing() {
    List<Declaration> declared = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    String away = "";
    for (Part part : parts.values()) {
      part.objects.forEach((key, entry) -> {
        problems.addAll(entry.problems());
        if (entry.declared() != null) {
          declared.add(entry.declared());
        }
      });
      Optional<String> why = whyAway(part);
      if (why.isPresent()) {
        away = away.isEmpty() ? why.get() : away;
      } else if (part.trouble != null && !isNoProblem(part.trouble)) {
        problems.add(problem(part.trouble, part.listed));
      }
    }
    whyAway = away.isEmpty() || whyAway.isEmpty() ? away : whyAway;
    if (!whyAway.isEmpty()) {
      problems.add(new Problem(
          "",
          "",
          "",
          "the API server can't be read: " + whyAway,
          "an answer from " + apiServer,
          "what was declared last stands"));
    }
    return new Listing(List.copyOf(declared), List.copyOf(problems));
  }

  private static boolean isNoProblem(Seen.Unreadable trouble) {
    return trouble.reason() == Seen.Reason.UNKNOWN && trouble.what().mayBeMissing();
  }

  private static Problem problem(Seen.Unreadable trouble, boolean listed) {
    String expected = trouble.reason() == Seen.Reason.REFUSED
        ? "the rules of deploy/rbac.yaml"
        : trouble.what().isOurs() ? "the kinds of deploy/crds" : "a Kubernetes API server";
    return new Problem(
        "",
        "",
        "",
        trouble.what() + " can't be read: " + trouble.message(),
        expected,
        listed ? "those seen last stand" : "there are none");
  }
}
