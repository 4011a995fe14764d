package dev.sluice.ingress;

import org.jspecify.annotations.Nullable;

/**
 * What ingress-nginx is told by flags of its process.
 *
 * @param configMap where its keys stand ({@code --configmap})
 * @param defaultBackend Service whose first port answers what no Ingress takes ({@code --default-backend-service}), or
 *     null: that is 404
 * @param defaultCertificate Secret for hosts without a certificate ({@code --default-ssl-certificate}), or null
 * @param catchAll whether Ingresses with a default backend are served; {@code --disable-catch-all} if not
 * @param externalNames whether Services may name hosts outside; {@code --disable-svc-external-name} if not
 * @param tcpServices ConfigMap of ports that lead to Services as they are ({@code --tcp-services-configmap}), or null
 * @param udpServices likewise, of UDP ({@code --udp-services-configmap}), or null
 * @param zone in which this gateway runs: endpoints that are meant for it are used, if there are any
 *     ({@code --enable-topology-aware-routing}); empty for all
 * @param sslPassthrough whether Ingresses may ask for TLS to be passed on ({@code --enable-ssl-passthrough})
 */
public record ControllerFlags(
    ObjectKey configMap,
    @Nullable ObjectKey defaultBackend,
    @Nullable ObjectKey defaultCertificate,
    boolean catchAll,
    boolean externalNames,
    @Nullable ObjectKey tcpServices,
    @Nullable ObjectKey udpServices,
    boolean sslPassthrough,
    String zone) {
  /** Without connections that are passed on as they are. */
  public ControllerFlags(
      ObjectKey configMap,
      @Nullable ObjectKey defaultBackend,
      @Nullable ObjectKey defaultCertificate,
      boolean catchAll,
      boolean externalNames) {
    this(
        configMap,
        defaultBackend,
        defaultCertificate,
        catchAll,
        externalNames,
        null,
        null,
        false,
        "");
  }

  /** As ingress-nginx has them. */
  public static final ControllerFlags DEFAULT = new ControllerFlags(
      new ObjectKey("ConfigMap", "ingress-nginx", "ingress-nginx-controller"),
      null,
      null,
      true,
      true);
}
