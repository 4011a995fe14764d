package dev.sluice.ingress;

/** One object that says what the gateway shall do, in the few fields that matter to it. */
public sealed interface Declaration
    permits DeclaredIngress,
        DeclaredIngressClass,
        DeclaredService,
        DeclaredEndpoints,
        DeclaredSecret,
        DeclaredConfigMap,
        DeclaredNamespace,
        DeclaredReferenceGrant,
        DeclaredModelProvider,
        DeclaredModelRoute,
        DeclaredTenant {
  ObjectKey key();

  DeclaredAt at();

  /** A problem of this object, in its file and at its line. */
  default Problem problem(String field, String what, String expected, String effect) {
    return new Problem(at().place(field), key().toString(), field, what, expected, effect);
  }
}
