package dev.sluice.ingress;

/**
 * An IngressClass (networking.k8s.io/v1).
 *
 * @param created RFC 3339 instant as the API server wrote it, or empty
 * @param controller who serves Ingresses of this class, such as {@code k8s.io/ingress-nginx}
 * @param isDefault whether Ingresses that name no class get this one
 */
public record DeclaredIngressClass(
    ObjectKey key, DeclaredAt at, String created, String controller, boolean isDefault)
    implements Declaration {}
