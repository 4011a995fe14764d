"""A real Kubernetes control plane: etcd, API server and controllers as processes. Built by src/rig/build."""

import base64
import fcntl
import http.client
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import threading
import time
import uuid

RIG = pathlib.Path(__file__).resolve().parents[3] / "rig"
PROGRAM = RIG.parents[1] / "target" / "rig" / "control-plane"
DEPLOY = RIG.parents[2] / "deploy"
PORT = 6443
READY_SECONDS = 120
ACCOUNT = ("sluice", "sluice")
CLUSTER_WIDE = ("Namespace", "IngressClass", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition")
SIOCGIFADDR = 0x8915


def is_there():
    """Whether it can be started here; builds it where that is possible."""
    subprocess.run([RIG / "build"], check=False)
    return PROGRAM.exists()


def own_address():
    """The machine's own address: the API server takes no loopback addresses into EndpointSlices."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asked.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            address = socket.inet_ntoa(answer[20:24])
            if not address.startswith("127."):
                return address
    raise SystemExit("compat: this machine has no IPv4 address but loopback (expected: one, or --source folder)")


class ControlPlane:
    """One on a loopback address of its own; ends with this process."""

    def __init__(self, folder, address):
        self.folder, self.address = pathlib.Path(folder), address
        (self.folder / "etcd").mkdir(parents=True)
        self.parts = []
        self.token = str(uuid.uuid4())
        self.run("keys", f"--dir={self.folder}", f"--address={address}").wait(30)
        (self.folder / "tokens.csv").write_text(f'{self.token},admin,admin,"system:masters"\n')
        self.kubeconfig("kubeconfig", self.token)
        self.api = Api(address, self.folder / "ca.crt", self.token)
        self.run("etcd", f"--dir={self.folder}/etcd")
        server = self.run("kube-apiserver", *self.flags("kube-apiserver"))
        self.await_ready(server)
        self.run("kube-controller-manager", *self.flags("kube-controller-manager"))

    def flags(self, part):
        text = (RIG / "flags" / part).read_text()
        return text.replace("{folder}", str(self.folder)).replace("{address}", self.address).split()

    def run(self, part, *flags):
        with open(self.folder / f"{part}.log", "ab") as log:
            # Its input stays open for as long as this process lives: at its end the part ends itself.
            process = subprocess.Popen([PROGRAM, part, *flags], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
        self.parts.append(process)
        return process

    def await_ready(self, server):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and server.poll() is None:
            try:
                if self.api.send("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        raise SystemExit("compat: the API server did not start:\n" + (self.folder / "kube-apiserver.log").read_text()[-4000:])

    def kubeconfig(self, name, bearer):
        authority = base64.b64encode((self.folder / "ca.crt").read_bytes()).decode()
        cluster = {"server": f"https://{self.address}:{PORT}", "certificate-authority-data": authority}
        path = self.folder / name
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "rig",
            "clusters": [{"name": "rig", "cluster": cluster}],
            "users": [{"name": "user", "user": {"token": bearer}}],
            "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "user"}}]}))
        return path

    def grant(self, yaml, without=()):
        """A kubeconfig with exactly the rights of deploy/rbac.yaml, less those on some resources."""
        for file in sorted((DEPLOY / "crds").glob("*.yaml")):
            for one in yaml.safe_load_all(file.read_text()):
                self.api.apply(one)
        for one in yaml.safe_load_all((DEPLOY / "rbac.yaml").read_text()):
            for rule in one.get("rules", []):
                rule["resources"] = [name for name in rule["resources"] if name not in without]
            if "rules" in one:
                one["rules"] = [rule for rule in one["rules"] if rule["resources"]]
            self.api.apply(one)
        path = "/api/v1/namespaces/{}/serviceaccounts/{}/token".format(*ACCOUNT)
        _, answer = self.api.send("POST", path, {"spec": {"expirationSeconds": 3 * 3600}}, "application/json")
        return self.kubeconfig("kubeconfig-sluice", answer["status"]["token"])

    def stop(self):
        for part in reversed(self.parts):
            part.kill()
            part.wait(30)


class Api:
    """What is asked of the API server, as kubectl would; a connection for each thread."""

    def __init__(self, address, authority, token):
        self.address, self.authority, self.token = address, authority, token
        self.mine = threading.local()

    def connection(self):
        if getattr(self.mine, "connection", None) is None:
            context = ssl.create_default_context(cafile=str(self.authority))
            self.mine.connection = http.client.HTTPSConnection(self.address, PORT, context=context, timeout=60)
        return self.mine.connection

    def send(self, method, path, body=None, content_type=None):
        """Status and parsed answer; once more if the connection had gone away."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if content_type:
            headers["Content-Type"] = content_type
        for last in (False, True):
            try:
                connection = self.connection()
                connection.request(method, path, json.dumps(body) if body is not None else None, headers)
                answer = connection.getresponse()
                content = answer.read()
                return answer.status, json.loads(content) if content.startswith(b"{") else content
            except (http.client.HTTPException, OSError):
                self.mine.connection = None
                if last:
                    raise
        raise AssertionError("not reached")

    def apply(self, document):
        """Server-side apply; the object as it is now. What the API server refuses is an error."""
        path = path_of(document) + "?fieldManager=compat&force=true"
        status, answer = self.send("PATCH", path, document, "application/apply-patch+yaml")
        if status >= 300:
            raise ValueError(f"the API server refuses {document['kind']} {document['metadata']['name']}: {answer['message']}")
        return answer

    def delete(self, document):
        status, answer = self.send("DELETE", path_of(document))
        if status >= 300 and status != 404:
            raise ValueError(f"{document['kind']} {document['metadata']['name']} can't be deleted: {answer['message']}")


def path_of(document):
    version, kind, metadata = document["apiVersion"], document["kind"], document["metadata"]
    plural = kind.lower() + ("es" if kind.endswith("s") else "s")
    namespace = "" if kind in CLUSTER_WIDE else f"/namespaces/{metadata['namespace']}"
    return f"/{'apis' if '/' in version else 'api'}/{version}{namespace}/{plural}/{metadata['name']}"
