"""One case: its backends, its objects, its requests."""

import base64
import json
import time

from . import certificates, expectations
from .client import Client
from .fixtures import Pod

PREFIX = "nginx.ingress.kubernetes.io/"
CLASS = "nginx"
DEFAULT_FIXTURES = ("echo", "httpbun", "slow")
GRPC_ADDRESS = "127.0.0.5"
CLUSTER_NET = "127.96.0."  # of the addresses of Services in src/rig/flags
DNS_NAMES = {"httpbun": ("localhost", "127.0.0.1"), "eu-server": ("127.0.0.3", "127.0.0.3"), "echo": ("echo", "127.0.0.4")}
CONTROLLER_NAMESPACE, CONTROLLER_CONFIG = "ingress-nginx", "ingress-nginx-controller"
CONTROLLER_CONFIGS = ("tcp-services",)


class Run:
    """A case that runs on a gateway, in a namespace of its own."""

    def __init__(self, case, number, gateway):
        self.case, self.gateway = case, gateway
        self.number, self.namespace = number, f"compat-{number}"
        self.cluster_ips = {}
        self.pods, self.pods_of, self.generation = {}, {}, 0
        self.ingresses, self.services = {}, {}
        self.configmap = dict(case.get("configmap") or {})
        if "block-cidrs" in self.configmap:
            self.configmap["block-cidrs"] += ",127.0.0.0/8"  # where this client comes from
        self.client = Client(gateway.address, gateway.ports)
        self.labels, self.ports = {}, {}
        self.jars, self.addresses = {}, {}
        self.client_certificates, self.server_certificates, self.secrets = {}, {}, []

    def execute(self):
        """All that is wrong, one line each; empty if the case passes."""
        wrong = []
        try:
            self.prepare()
            number = 0
            for step in self.case["requests"]:
                step = self.filled(step)
                if "method" not in step:
                    self.step(step)
                    continue
                number += 1
                found = self.request(step, number)
                wrong += [f"request {number} {step['method']} {step['path'][:60]}: {one}" for one in found]
                if wrong:
                    break
        except Exception as e:  # whatever goes wrong is this case's failure
            wrong.append(f"{type(e).__name__}: {e}")
        finally:
            self.client.close()
            for pods in self.pods.values():
                for pod in pods:
                    pod.close()
        return wrong

    # What the case needs to stand

    def prepare(self):
        wanted = dict(self.case.get("backends") or {})
        text = json.dumps(self.case)
        for name in DEFAULT_FIXTURES:
            if f'"{name}"' in text or f"%{name}" in text or f"/{name}" in text:
                wanted.setdefault(name, {})
        for secret in self.case.get("secrets") or []:
            self.add_secret(secret)
        for name, declared in wanted.items():
            self.start_backend(name, declared or {}, text)
        for service in self.case.get("services") or []:
            self.services[service["name"]] = self.filled(service)
        for ingress in self.case["objects"]:
            self.add_ingress(self.filled(ingress))
        self.labels = self.selected_labels()
        self.apply()

    def selected_labels(self):
        """The namespace ns-labelled has the labels that the flag asks for."""
        for flag in self.case.get("flags") or []:
            name, _, value = flag.partition("=")
            if name == "--watch-namespace-selector":
                return {"ns-labelled": dict([value.split("=")])}
        return {}

    def start_backend(self, name, declared, text):
        fixture = declared.get("fixture", name)
        context = None
        if declared.get("tls") == "self-signed":
            context = self.gateway.certificates.server_context(
                *self.gateway.certificates.pair("self-signed", [], "self-signed"))
        elif str(declared.get("tls", "")).startswith("secret "):
            context = self.gateway.certificates.server_context(*self.server_certificates[declared["tls"][7:]])
        self.contexts = getattr(self, "contexts", {}) | {name: context}
        self.fixtures = getattr(self, "fixtures", {}) | {name: fixture}
        if fixture in ("grpcbin", "grpc-delay"):
            self.pods[name] = self.grpc_pods(name, declared)
            return
        if fixture == "fastcgi-hello":
            from .fastcgi import FastCgiPod

            self.pods[name] = [FastCgiPod(name, 0, "echo", None, (self.gateway.source.backend_address, 0))]
            return
        by_service = '"service-upstream": "true"' in text and '"service-upstream": "false"' not in text
        if by_service and name == "echo" and self.gateway.source.kind == "kubernetes":
            self.at_its_own_address(name, fixture)
            return
        if f"%{name}-dns%" in text or f'"externalName": "{name}"' in text:
            self.pods[name] = [Pod(name, 0, fixture, context, (DNS_NAMES[name][1], 80))]
            return
        kinds = [pod["fixture"] for pod in declared.get("pods", [])] or [fixture] * declared.get("replicas", 1)
        self.pods[name] = [self.pod(name, number, kind, context) for number, kind in enumerate(kinds)]

    def at_its_own_address(self, name, fixture):
        """The Service has an address at which something listens, and no endpoint: who gets there has used that address."""
        self.cluster_ips[name] = f"{CLUSTER_NET}{self.number % 200 + 20}"
        self.pods[name] = [Pod(name, 0, fixture, None, (self.cluster_ips[name], 80))]

    def grpc_pods(self, name, declared):
        """One endpoint for each port; at a name of their own if a Service of the case names that."""
        from .grpc import GrpcPod

        ports = declared.get("ports") or {"grpc": declared.get("port", 50051)}
        dns = f"{name}.{self.namespace}.svc.cluster.local"
        named = f"{name}.%ns%.svc.cluster.local" in json.dumps(self.case)
        if named:
            self.gateway.resolve(dns, GRPC_ADDRESS)
        made = []
        for number, (port_name, port) in enumerate(ports.items()):
            context = None
            if port_name == "grpcs":
                pair = self.gateway.certificates.pair("self-signed", [], "self-signed")
                context = self.gateway.certificates.server_context(*pair)
            address = (GRPC_ADDRESS, port) if named else (self.gateway.source.backend_address, 0)
            made.append(GrpcPod(name, number, address, context, port_name))
        self.ports[name] = ports
        return made

    def pod(self, name, number, kind, context):
        proxied = ((self.case.get("backends") or {}).get(name) or {}).get("proxy_protocol", False)
        return Pod(name, number, kind, context, (self.gateway.source.backend_address, 0), proxied)

    def add_secret(self, secret):
        name, kind, made = secret["name"], secret["kind"], self.gateway.certificates
        data = {}
        if kind in ("tls", "mutual-tls"):
            authority = made.authority(f"{self.namespace}-{name}")
            host = secret["hosts"][0]
            pair = made.pair(f"{self.namespace}-{name}", secret["hosts"], host.replace("*", "any"), authority)
            self.server_certificates[name] = pair
            data = {"tls.crt": pair[0].read_bytes(), "tls.key": pair[1].read_bytes()}
            if kind == "mutual-tls":
                data["ca.crt"] = authority.with_name(authority.name + ".crt").read_bytes()
                common = secret.get("client_cn", f"{host}-client")
                client = made.pair(f"{self.namespace}-{name}-client", [], common, authority)
                self.client_certificates[secret.get("client_cert", "client")] = client
        elif kind == "basic-auth-file":
            lines = [f"{user}:{certificates.password_hash(word)}" for user, word in secret["users"].items()]
            data = {"auth": "\n".join(lines).encode()}
        elif kind == "basic-auth-map":
            data = {user: certificates.password_hash(word).encode() for user, word in secret["users"].items()}
        else:
            data = {key: value.encode() for key, value in secret["data"].items()}
        self.secrets.append({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": self.namespace},
            "data": {key: base64.b64encode(value).decode() for key, value in data.items()}})

    def filled(self, value):
        """The value with all placeholders but those of time."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if not isinstance(value, str) or "%" not in value:
            return value
        value = value.replace("%ns%", self.namespace).replace("%class%", CLASS)
        value = value.replace("%gateway-ip%", self.gateway.address).replace("%client-cidr%", "127.0.0.0/8").replace("%client-ip%", "127.0.0.1")
        value = value.replace("%repeat(a,6144)%", "a" * 6144)
        for name, (dns, _) in DNS_NAMES.items():
            value = value.replace(f"%{name}-dns%", dns)
        for name, pods in self.pods.items():
            if pods:
                self.addresses.setdefault(name, f"{pods[0].address}:{pods[0].port}")
        for name, address in self.addresses.items():
            value = value.replace(f"%{name}%", address)
        return value

    # Objects

    def add_ingress(self, given):
        rules = given.get("rules")
        paths = [self.path(one) for one in given.get("paths", [])]
        if rules is None:
            rules = [{"host": host, **({"http": {"paths": paths}} if paths else {})} for host in given.get("hosts", [])]
            if not rules and paths:
                rules = [{"http": {"paths": paths}}]
        else:
            rules = [{"host": rule["host"], "http": {"paths": [self.path(one) for one in rule["paths"]]}} for rule in rules]
        spec = {"rules": rules}
        if "ingressClassName" not in given:
            spec["ingressClassName"] = CLASS
        elif given["ingressClassName"] is not None:
            spec["ingressClassName"] = given["ingressClassName"]
        if "defaultBackend" in given:
            spec["defaultBackend"] = {"service": {"name": given["defaultBackend"], "port": {"number": 80}}}
        if given.get("tls"):
            hosts = given.get("tls_hosts", given.get("hosts", []))
            spec["tls"] = [{"hosts": hosts, "secretName": given["hosts"][0]}]
        before = self.ingresses.get(given["name"])
        created = before["metadata"]["creationTimestamp"] if before else f"2026-01-01T00:{len(self.ingresses):02}:00Z"
        annotations = {key if "/" in key else PREFIX + key: str(value) for key, value in (given.get("annotations") or {}).items()}
        self.ingresses[given["name"]] = {
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": spec,
            "metadata": {"name": given["name"], "namespace": given.get("namespace", self.namespace),
                         "creationTimestamp": created, "annotations": annotations}}

    def path(self, given):
        if "resource" in given:
            backend = {"resource": given["resource"]}
        else:
            port = given.get("port", 80)
            backend = {"service": {"name": given["backend"], "port": {"name": port} if isinstance(port, str) else {"number": port}}}
        return {"path": given["path"], "pathType": given["pathType"], "backend": backend}

    def documents(self):
        for namespace in sorted(self.namespaces()):
            yield {"apiVersion": "v1", "kind": "Namespace",
                   "metadata": {"name": namespace, **({"labels": self.labels[namespace]} if namespace in self.labels else {})}}
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": CLASS},
               "spec": {"controller": "k8s.io/ingress-nginx"}}
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "test-new-ingress-class"},
               "spec": {"controller": "k8s.io/other-class"}}
        for namespace in sorted(self.namespaces() - {CONTROLLER_NAMESPACE}):
            yield from self.backend_documents(namespace)
        for name, service in self.services.items():
            ports = [one if isinstance(one, dict) else {"name": f"p{one}", "port": one} for one in service.get("ports", [])]
            spec = {"type": service["type"], "externalName": service["externalName"], "ports": ports} if "type" in service else {
                "ports": ports or [{"name": "http", "port": 80}], "selector": service["selector"]}
            yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": self.namespace}, "spec": spec}
        yield from self.secrets
        for one in self.case.get("configmaps") or []:
            namespace = CONTROLLER_NAMESPACE if one["name"] in CONTROLLER_CONFIGS else self.namespace
            yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": one["name"], "namespace": namespace},
                   "data": self.filled(one["data"])}
        if self.configmap:
            yield {"apiVersion": "v1", "kind": "ConfigMap", "data": self.filled(self.configmap),
                   "metadata": {"name": CONTROLLER_CONFIG, "namespace": CONTROLLER_NAMESPACE}}
        yield from self.ingresses.values()

    def namespaces(self):
        return {self.namespace, CONTROLLER_NAMESPACE} | {one["metadata"]["namespace"] for one in self.ingresses.values()}

    def backend_documents(self, namespace):
        for name, pods in self.pods.items():
            if name not in self.services:
                ports = self.ports.get(name, {"http": 80})
                own = {"clusterIP": self.cluster_ips[name]} if name in self.cluster_ips else {}
                yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
                       "spec": {"ports": [{"name": key, "port": port} for key, port in ports.items()], **own}}
            for pod in pods:
                if not pod.address.startswith("127.") or self.gateway.source.kind == "folder":
                    yield {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                           "metadata": {"name": pod.name, "namespace": namespace, "labels": {"kubernetes.io/service-name": name}},
                           "ports": [{"name": getattr(pod, "port_name", "http"), "port": pod.port}], "endpoints": [{"addresses": [pod.address]}]}

    def apply(self):
        self.generation += 1
        self.gateway.apply(self.namespace, list(self.documents()))

    def step(self, step):
        for ingress in step.get("apply", []):
            self.add_ingress(ingress)
        for service in step.get("apply_services", []):
            self.services[service["name"]] = service
        for gone in step.get("delete", []):
            kind, _, name = gone.partition("/")
            (self.services if kind == "service" else self.ingresses).pop(name)
        for touched in step.get("touch", []):
            self.ingresses[touched.partition("/")[2]]["metadata"]["annotations"]["touched"] = str(self.generation)
        self.labels |= step.get("label_namespace", {})
        if "scale" in step:
            self.scale(step["scale"]["backend"], step["scale"]["replicas"])
        self.configmap.update(step.get("configmap", {}))
        time.sleep(step.get("wait_s", 0))
        self.apply()

    def scale(self, name, replicas):
        pods = self.pods[name]
        while len(pods) > replicas:
            pods.pop().close()
        first = self.generation * 100
        while len(pods) < replicas:
            pods.append(self.pod(name, first + len(pods), self.fixtures[name], self.contexts[name]))

    # Requests

    def request(self, request, number):
        expect = request["expect"]
        until = time.monotonic() + request.get("retry_until_s", 0)
        while True:
            answers = [self.send(request) for _ in range(request.get("repeat", 1))]
            wrong = []
            for answer in answers:
                wrong = expectations.of_answer(answer, expect, self)
                if wrong:
                    break
            wrong = wrong or expectations.of_all(answers, expect, number, self)
            if not wrong or time.monotonic() > until:
                return wrong
            time.sleep(0.5)

    def send(self, request):
        if request.get("send_cookies"):
            cookies = "; ".join(f"{name}={value}" for name, value in self.jars.get(request["send_cookies"], {}).items())
            request = request | {"headers": {**(request.get("headers") or {}), "Cookie": cookies}}
        answer = self.client.send(request, self.client_certificates)
        for jar in filter(None, [request.get("save_cookies")]):
            for cookie in answer.all("Set-Cookie"):
                name, _, value = cookie.split(";")[0].partition("=")
                self.jars.setdefault(jar, {})[name] = value
        return answer

    # What was seen behind the gateway

    def calls(self, backend):
        return [one for pod in self.pods.get(backend, []) for one in pod.seen]

    def last_seen(self, backend):
        calls = self.calls(backend)
        return calls[-1] if calls else None

    def await_calls(self, backend, count):
        until = time.monotonic() + 3
        while len(self.calls(backend)) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.calls(backend)

    def seen_by_backend(self, answer):
        name = (answer.all("X-Fixture-Pod") or [""])[0]
        seen = [pod.seen[-1] for pods in self.pods.values() for pod in pods if pod.name == name and pod.seen]
        return seen[0] if seen else None

    def certificate_of(self, secret):
        import ssl

        return ssl.PEM_cert_to_DER_cert(self.server_certificates[secret][0].read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n")
