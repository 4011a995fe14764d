package dev.sluice.ingress.report;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.NginxKeys;
import dev.sluice.ingress.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells of each annotation, and of each key of the controller's ConfigMap, what becomes of it. */
final class FieldFindings {
  private static final String PREFIX = "nginx.ingress.kubernetes.io/";
  private static final String ANNOTATIONS = "metadata.annotations.";
  private static final String DATA = "data.";

  private FieldFindings() {}

  static List<Finding> ofIngress(DeclaredIngress ingress, List<Problem> problems) {
    Map<String, Problem> byField = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (Problem problem : problems) {
      if (problem.field().startsWith(ANNOTATIONS + PREFIX)) {
        byField.merge(
            problem.field(), problem, (a, b) -> a.weight().compareTo(b.weight()) >= 0 ? a : b);
      } else {
        findings.add(of(problem));
      }
    }
    new TreeMap<>(ingress.annotations()).forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        Problem problem = byField.remove(ANNOTATIONS + key);
        findings.add(finding(
            ingress,
            ANNOTATIONS + key,
            value,
            NginxKeys.annotation(key.substring(PREFIX.length())),
            problem));
      }
    });
    byField.values().forEach(problem -> findings.add(of(problem)));
    return List.copyOf(findings);
  }

  static List<Finding> ofController(DeclaredConfigMap map, List<Problem> problems) {
    Map<String, Problem> byField = new HashMap<>();
    problems.forEach(problem -> byField.put(problem.field(), problem));
    List<Finding> findings = new ArrayList<>();
    new TreeMap<>(map.data()).forEach((key, value) -> {
      Problem problem = byField.remove(DATA + key);
      findings.add(finding(map, DATA + key, value, NginxKeys.controllerKey(key), problem));
    });
    byField.values().forEach(problem -> findings.add(of(problem)));
    return List.copyOf(findings);
  }

  /** Of a field that ingress-nginx has no word about. */
  static Finding of(Problem problem) {
    return new Finding(
        Verdict.of(problem.weight()),
        problem.place(),
        problem.field(),
        "",
        false,
        "",
        problem.what() + (problem.effect().isEmpty() ? "" : "; " + problem.effect()),
        problem.expected());
  }

  private static Finding finding(
      Declaration owner,
      String field,
      String value,
      Optional<NginxKeys.Entry> known,
      @Nullable Problem problem) {
    String place = owner.at().place(field);
    if (known.isEmpty()) {
      return new Finding(
          problem == null ? Verdict.IGNORED : verdict(problem, NginxKeys.Here.IGNORED),
          place,
          field,
          value,
          false,
          "does not know it",
          "does not know it: it has no effect",
          "check the spelling, or remove it");
    }
    NginxKeys.Entry entry = known.get();
    if (problem != null) {
      return new Finding(
          verdict(problem, entry.here()),
          place,
          field,
          value,
          false,
          entry.there(),
          problem.what() + "; " + problem.effect(),
          problem.expected().isEmpty() ? entry.todo() : "write " + problem.expected());
    }
    Verdict verdict = entry.isAlike(value) ? Verdict.HONOURED : verdict(entry.here());
    boolean same = verdict == Verdict.HONOURED;
    return new Finding(
        verdict,
        place,
        field,
        value,
        entry.unseen(),
        same ? "" : entry.there(),
        same && entry.here() != NginxKeys.Here.HONOURED ? "" : entry.how(),
        same ? "" : entry.todo());
  }

  private static Verdict verdict(NginxKeys.Here here) {
    return switch (here) {
      case HONOURED -> Verdict.HONOURED;
      case DIFFERS -> Verdict.DIFFERS;
      case IGNORED -> Verdict.IGNORED;
      case REFUSED -> Verdict.REFUSED;
    };
  }

  /** What is served all the same is ignored where the key is, and differs otherwise. */
  private static Verdict verdict(Problem problem, NginxKeys.Here here) {
    boolean ignored = here == NginxKeys.Here.IGNORED || here == NginxKeys.Here.REFUSED;
    return problem.weight() == Problem.Weight.DIFFERS && ignored
        ? Verdict.IGNORED
        : Verdict.of(problem.weight());
  }
}
