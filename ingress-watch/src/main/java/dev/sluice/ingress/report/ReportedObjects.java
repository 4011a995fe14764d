package dev.sluice.ingress.report;

import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.DeclaredEndpoints;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.DeclaredIngressClass;
import dev.sluice.ingress.DeclaredService;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells of each object what became of it. */
final class ReportedObjects {
  private final Map<ObjectKey, Declaration> declared = new TreeMap<>();
  private final Map<String, List<Problem>> problems = new TreeMap<>();
  private final Map<ObjectKey, Set<String>> usedBy = new TreeMap<>();
  private final Map<ObjectKey, Integer> ready = new HashMap<>();
  private final List<String> unread = new ArrayList<>();
  private final ClassRules classes;
  private final ControllerFlags flags;
  private final Reconciled made;

  ReportedObjects(
      Collection<? extends Declaration> declared,
      Collection<Problem> readProblems,
      ClassRules classes,
      ControllerFlags flags,
      Reconciled made) {
    this.classes = classes;
    this.flags = flags;
    this.made = made;
    readProblems.forEach(this::take);
    made.problems().forEach(this::take);
    for (Declaration one : declared) {
      this.declared.put(one.key(), one);
      if (one instanceof DeclaredEndpoints slice) {
        ready.merge(
            slice.key().sibling("Service", slice.service()), slice.ready().size(), Integer::sum);
      }
    }
  }

  private void take(Problem problem) {
    if (problem.object().isEmpty()) {
      unread.add(problem.toString());
    } else {
      problems.computeIfAbsent(problem.object(), none -> new ArrayList<>()).add(problem);
    }
  }

  IngressReport report() {
    List<ReportedObject> objects = new ArrayList<>();
    declared.values().forEach(one -> {
      if (one instanceof DeclaredIngress ingress) {
        objects.add(ingress(ingress));
      }
    });
    List<ReportedObject> rest = new ArrayList<>();
    declared.values().forEach(one -> {
      boolean controls = one.key().equals(flags.configMap());
      if (one instanceof DeclaredIngressClass named) {
        rest.add(ingressClass(named));
      } else if (controls && one instanceof DeclaredConfigMap map) {
        rest.add(controller(map));
      } else if (!(one instanceof DeclaredIngress)
          && (usedBy.containsKey(one.key()) || problems.containsKey(one.key().toString()))) {
        rest.add(used(one));
      }
    });
    problems.forEach((object, found) -> objects.add(ReportedObject.of(
        object,
        found.get(0).place(),
        "",
        List.of(),
        found.stream().map(FieldFindings::of).toList())));
    objects.addAll(rest);
    return new IngressReport(List.copyOf(objects), List.copyOf(unread));
  }

  private ReportedObject ingress(DeclaredIngress ingress) {
    String object = ingress.key().toString();
    List<Problem> found = taken(ingress.key());
    boolean ours = made.ingresses().containsKey(ingress.key());
    if (!ours && found.isEmpty()) {
      return new ReportedObject(
          object, ingress.at().place(""), Verdict.NOT_OURS, classOf(ingress), List.of(), List.of());
    }
    if (ours) {
      References.of(ingress)
          .forEach(key -> usedBy.computeIfAbsent(key, none -> new TreeSet<>()).add(object));
    }
    return ReportedObject.of(
        object,
        ingress.at().place(""),
        hostsOf(ingress),
        List.of(),
        FieldFindings.ofIngress(ingress, found));
  }

  private List<Problem> taken(ObjectKey key) {
    List<Problem> found = problems.remove(key.toString());
    return found == null ? List.of() : found;
  }

  private static String classOf(DeclaredIngress ingress) {
    String named = ingress.className();
    return named == null ? "it names no class" : "class " + named;
  }

  private static String hostsOf(DeclaredIngress ingress) {
    Map<String, Integer> paths = new LinkedHashMap<>();
    for (DeclaredIngress.Rule rule : ingress.rules()) {
      String host = rule.host().isEmpty() ? "every host" : rule.host();
      paths.merge(host, rule.paths().size(), Integer::sum);
    }
    List<String> texts = new ArrayList<>();
    paths.forEach(
        (host, count) -> texts.add(host + " (" + count + (count == 1 ? " path)" : " paths)")));
    if (ingress.defaultBackend() != null) {
      texts.add("a default backend");
    }
    return String.join(", ", texts);
  }

  private ReportedObject ingressClass(DeclaredIngressClass named) {
    boolean ours = named.controller().equals(classes.controller())
        || classes.byName() && named.key().name().equals(classes.name());
    String note =
        "controller " + named.controller() + (named.isDefault() ? ", the default class" : "");
    return new ReportedObject(
        named.key().toString(),
        named.at().place(""),
        ours ? Verdict.HONOURED : Verdict.NOT_OURS,
        note,
        List.of(),
        List.of());
  }

  private ReportedObject controller(DeclaredConfigMap map) {
    return ReportedObject.of(
        map.key().toString(),
        map.at().place(""),
        "the ConfigMap of the controller",
        List.of(),
        FieldFindings.ofController(map, taken(map.key())));
  }

  private ReportedObject used(Declaration one) {
    String note = "";
    if (one instanceof DeclaredService service) {
      int endpoints = ready.getOrDefault(service.key(), 0);
      note = !service.externalName().isEmpty()
          ? "leads to " + service.externalName()
          : endpoints == 0 ? "no endpoint is ready" : endpoints + " ready";
    }
    return ReportedObject.of(
        one.key().toString(),
        one.at().place(""),
        note,
        List.copyOf(usedBy.getOrDefault(one.key(), Set.of())),
        taken(one.key()).stream().map(FieldFindings::of).toList());
  }
}
