package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells our Ingresses from those of others. A class that is named in the spec decides alone; else the annotation; an Ingress
 * with neither is left to {@link ClassRules#withoutClass}.
 */
final class IngressClasses {
  private static final String ANNOTATION = "kubernetes.io/ingress.class";

  private final ClassRules rules;
  private final Map<String, DeclaredIngressClass> classes = new HashMap<>();

  private IngressClasses(Collection<? extends Declaration> declared, ClassRules rules) {
    this.rules = rules;
    for (Declaration one : declared) {
      if (one instanceof DeclaredIngressClass named) {
        classes.putIfAbsent(named.key().name(), named);
      }
    }
  }

  /** Everything but the Ingresses of others. */
  static List<Declaration> ours(
      Collection<? extends Declaration> declared, ClassRules rules, Collection<Problem> problems) {
    IngressClasses classes = new IngressClasses(declared, rules);
    List<Declaration> ours = new ArrayList<>(declared.size());
    Set<String> selected = namespaces(declared, rules.namespaces());
    for (Declaration one : declared) {
      if (!(one instanceof DeclaredIngress ingress)
          || (rules.namespaces().takesEverything()
                  || selected.contains(ingress.key().namespace()))
              && classes.isOurs(ingress, problems)) {
        ours.add(one);
      }
    }
    return ours;
  }

  private static Set<String> namespaces(
      Collection<? extends Declaration> declared, LabelSelector selector) {
    Set<String> selected = new HashSet<>();
    for (Declaration one : declared) {
      if (one instanceof DeclaredNamespace namespace && selector.matches(namespace.labels())) {
        selected.add(namespace.key().name());
      }
    }
    return selected;
  }

  private boolean isOurs(DeclaredIngress ingress, Collection<Problem> problems) {
    if (ingress.className() != null) {
      return isOurs(ingress, ingress.className(), problems);
    }
    String annotation = ingress.annotations().get(ANNOTATION);
    if (annotation != null && !annotation.isEmpty()) {
      return annotation.equals(rules.name());
    }
    return switch (rules.withoutClass()) {
      case SERVED -> true;
      case IGNORED -> false;
      case AS_ADMITTED -> classes.isEmpty() || defaultClass().map(this::isOurs).orElse(false);
    };
  }

  private boolean isOurs(DeclaredIngress ingress, String className, Collection<Problem> problems) {
    DeclaredIngressClass named = classes.get(className);
    if (named != null) {
      return isOurs(named);
    }
    if (classes.isEmpty()
        && rules.withoutClass() == ClassRules.WithoutClass.AS_ADMITTED
        && className.equals(rules.name())) {
      return true;
    }
    problems.add(ingress
        .problem(
            "spec.ingressClassName",
            "there is no IngressClass \"" + className + '"',
            "the name of an IngressClass" + namesOfOurs(),
            "the object is left out")
        .missing());
    return false;
  }

  private boolean isOurs(DeclaredIngressClass named) {
    return named.controller().equals(rules.controller())
        || rules.byName() && named.key().name().equals(rules.name());
  }

  private String namesOfOurs() {
    List<String> names = classes.values().stream()
        .filter(this::isOurs)
        .map(named -> named.key().name())
        .sorted()
        .toList();
    return names.isEmpty() ? "" : "; of this gateway: " + String.join(", ", names);
  }

  /** Of several, the newest, then the first by name: as the API server does when it admits an Ingress. */
  private Optional<DeclaredIngressClass> defaultClass() {
    return classes.values().stream()
        .filter(DeclaredIngressClass::isDefault)
        .min(Comparator.comparing(DeclaredIngressClass::created)
            .reversed()
            .thenComparing(named -> named.key().name()));
  }
}
