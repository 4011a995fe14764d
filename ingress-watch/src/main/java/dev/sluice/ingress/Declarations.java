package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that is declared, by kind and in the order of precedence: older first, then by namespace and name. */
final class Declarations {
  private static final Comparator<DeclaredIngress> OLDEST_FIRST =
      Comparator.comparing(DeclaredIngress::created).thenComparing(DeclaredIngress::key);

  private final List<DeclaredIngress> ingresses = new ArrayList<>();
  private final Map<ObjectKey, DeclaredService> services = new HashMap<>();
  private final Map<ObjectKey, List<DeclaredEndpoints>> endpointsOfService = new HashMap<>();
  private final Map<ObjectKey, DeclaredSecret> secrets = new HashMap<>();
  private final Map<ObjectKey, DeclaredConfigMap> configMaps = new HashMap<>();
  private final Map<String, List<DeclaredReferenceGrant>> grants = new HashMap<>();
  private final Map<ObjectKey, DeclaredModelProvider> providers = new HashMap<>();
  private final List<DeclaredModelRoute> modelRoutes = new ArrayList<>();
  private final List<DeclaredTenant> tenants = new ArrayList<>();

  private final ControllerFlags flags;

  /** With the flags that ingress-nginx has by default. */
  Declarations(Collection<? extends Declaration> all) {
    this(all, ControllerFlags.DEFAULT);
  }

  Declarations(Collection<? extends Declaration> all, ControllerFlags flags) {
    this.flags = flags;
    for (Declaration one : all) {
      if (one instanceof DeclaredIngress ingress) {
        ingresses.add(ingress);
      } else if (one instanceof DeclaredService service) {
        services.put(service.key(), service);
      } else if (one instanceof DeclaredEndpoints endpoints) {
        ObjectKey service = endpoints.key().sibling("Service", endpoints.service());
        endpointsOfService.computeIfAbsent(service, none -> new ArrayList<>()).add(endpoints);
      } else if (one instanceof DeclaredSecret secret) {
        secrets.put(secret.key(), secret);
      } else if (one instanceof DeclaredConfigMap configMap) {
        configMaps.put(configMap.key(), configMap);
      } else if (one instanceof DeclaredReferenceGrant grant) {
        grants
            .computeIfAbsent(grant.key().namespace(), none -> new ArrayList<>())
            .add(grant);
      } else if (one instanceof DeclaredModelProvider provider) {
        providers.put(provider.key(), provider);
      } else if (one instanceof DeclaredModelRoute route) {
        modelRoutes.add(route);
      } else if (one instanceof DeclaredTenant tenant) {
        tenants.add(tenant);
      }
    }
    ingresses.sort(OLDEST_FIRST);
    modelRoutes.sort(Comparator.comparing(DeclaredModelRoute::key));
    tenants.sort(Comparator.comparing(DeclaredTenant::key));
    endpointsOfService
        .values()
        .forEach(slices -> slices.sort(Comparator.comparing(DeclaredEndpoints::key)));
  }

  ControllerFlags flags() {
    return flags;
  }

  List<DeclaredIngress> ingresses() {
    return ingresses;
  }

  Optional<DeclaredService> service(ObjectKey key) {
    return Optional.ofNullable(services.get(key));
  }

  List<DeclaredEndpoints> endpointsOf(ObjectKey service) {
    return endpointsOfService.getOrDefault(service, List.of());
  }

  /** The Secret of this name in the namespace of {@code owner}. */
  Optional<DeclaredSecret> secret(ObjectKey owner, String name) {
    return Optional.ofNullable(secrets.get(owner.sibling("Secret", name)));
  }

  Optional<DeclaredSecret> secret(ObjectKey key) {
    return Optional.ofNullable(secrets.get(key));
  }

  Optional<DeclaredConfigMap> configMap(ObjectKey key) {
    return Optional.ofNullable(configMaps.get(key));
  }

  /** The ConfigMap of this name in a namespace. */
  Optional<DeclaredConfigMap> configMap(String namespace, String name) {
    return Optional.ofNullable(configMaps.get(new ObjectKey("ConfigMap", namespace, name)));
  }

  /** The grants that a namespace has given. */
  List<DeclaredReferenceGrant> grantsOf(String namespace) {
    return grants.getOrDefault(namespace, List.of());
  }

  /** Whether Ingresses of a namespace may name this object, which is in another one. */
  boolean grants(String namespace, ObjectKey object) {
    return grantsOf(object.namespace()).stream()
        .anyMatch(grant -> grant.letsIngresses(namespace, object));
  }

  Optional<DeclaredModelProvider> provider(ObjectKey owner, String name) {
    return Optional.ofNullable(providers.get(owner.sibling("ModelProvider", name)));
  }

  List<DeclaredModelRoute> modelRoutes() {
    return modelRoutes;
  }

  List<DeclaredTenant> tenants() {
    return tenants;
  }
}
