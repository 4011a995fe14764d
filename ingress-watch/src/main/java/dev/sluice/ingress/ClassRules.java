package dev.sluice.ingress;

/**
 * Which Ingresses are ours, as ingress-nginx has it.
 *
 * @param controller IngressClasses of this {@code spec.controller} are ours ({@code --controller-class})
 * @param name value of the annotation {@code kubernetes.io/ingress.class} that is ours ({@code --ingress-class})
 * @param byName whether an IngressClass called {@code name} is ours too ({@code --ingress-class-by-name})
 * @param withoutClass what becomes of Ingresses that name no class ({@code --watch-ingress-without-class})
 * @param namespaces labels of the namespaces whose Ingresses are ours ({@code --watch-namespace-selector})
 */
public record ClassRules(
    String controller,
    String name,
    boolean byName,
    WithoutClass withoutClass,
    LabelSelector namespaces) {
  /** Those of all namespaces. */
  public ClassRules(String controller, String name, boolean byName, WithoutClass withoutClass) {
    this(controller, name, byName, withoutClass, LabelSelector.EVERYTHING);
  }

  public enum WithoutClass {
    SERVED,
    IGNORED,
    /**
     * For declarations that no API server has admitted. They get the default class, as they would there; where no
     * IngressClass is declared at all they are served, and so are those that name {@link #name}.
     */
    AS_ADMITTED
  }

  /** What ingress-nginx has by default, for a folder. */
  public static final ClassRules DEFAULT =
      new ClassRules("k8s.io/ingress-nginx", "nginx", false, WithoutClass.AS_ADMITTED);
}
