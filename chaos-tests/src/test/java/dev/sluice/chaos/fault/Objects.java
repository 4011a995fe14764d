package dev.sluice.chaos.fault;

import java.nio.file.Files;
import java.nio.file.Path;

/** Objects that scenarios hand to an API server. */
public final class Objects {
  private Objects() {}

  /** An IngressClass of ours. */
  public static String ingressClass(String name, String controller) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: %s}
        spec: {controller: %s}
        """.formatted(name, controller);
  }

  /** A Service {@code name} with port 80, which leads to this backend. */
  public static String service(String name, Backend backend) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: http, port: %3$d}]
        endpoints: [{addresses: ["%2$s"]}]
        """.formatted(name, backend.address(), backend.port());
  }

  /** An Ingress of class nginx with one path of one host. */
  public static String ingress(String name, String host, String path, String service) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s}
        spec:
          ingressClassName: nginx
          rules:
            - host: %s
              http: {paths: [{path: %s, pathType: Prefix, backend: {service: {name: %s, port: {number: 80}}}}]}
        """.formatted(name, host, path, service);
  }

  /** The webhook of deploy/webhook.yaml, asked at this address; without an answer nothing is stored. */
  public static String webhook(String address, ServerKeys keys) throws Exception {
    return Files.readString(Path.of("..", "deploy", "webhook.yaml"))
        .replaceAll("(?s)^.*?\n---\n", "")
        .replaceAll(
            "clientConfig:\\s+service: \\{[^}]*}",
            "clientConfig: {url: 'https://" + address + ":8444/validate', caBundle: "
                + keys.bundle() + "}")
        .replace("failurePolicy: Ignore", "failurePolicy: Fail");
  }
}
