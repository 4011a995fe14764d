"""Where a gateway reads the objects of the cases: a folder of manifests, or an API server."""

import json
import os
import threading
import time

MARKS = "compat-marks"
SHARED = ("IngressClass", "Namespace")


class Folder:
    """A file for each case, which takes the place of the one before at once."""

    kind = "folder"
    backend_address = "127.0.0.1"

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True)

    def settings(self):
        return ["sluice.ingress.folder.poll=20ms"]

    def apply(self, name, documents, gateway):
        written = self.folder / f".{name}.yaml"
        written.write_text("\n---\n".join(json.dumps(one) for one in documents))
        os.replace(written, self.folder / f"{name}.yaml")
        self.await_looks(gateway)

    def withdraw(self, names, gateway):
        for name in names:
            (self.folder / f"{name}.yaml").unlink(missing_ok=True)
        self.await_looks(gateway)

    @staticmethod
    def await_looks(gateway):
        """A look may be under way; the one after it finds the file, and the next one reads it."""
        gateway.await_seen({"looks": int(gateway.status()["seen"]["looks"]) + 3})


class Kubernetes:
    """Objects that are applied and deleted one by one, by whoever may do everything."""

    kind = "kubernetes"

    def __init__(self, control_plane, kubeconfig, backend_address, unread=()):
        """unread: kinds that the gateway has no right to read."""
        self.unread = unread
        self.api, self.kubeconfig = control_plane.api, kubeconfig
        self.backend_address = backend_address
        self.applied, self.marks, self.lock = {}, 0, threading.Lock()
        self.created_in = {}

    def settings(self):
        return ["sluice.node.declarations=kubernetes", f"sluice.ingress.kubernetes.kubeconfig={self.kubeconfig}",
                "sluice.ingress.kubernetes.pause=10ms"]

    def apply(self, name, documents, gateway):
        wanted = {key_of(one): one for one in documents}
        before = self.applied.get(name, {})
        versions = {}
        for key in sorted(wanted, key=order_of):
            document = wanted[key]
            if before.get(key) == document:
                continue
            if document["kind"] == "Ingress" and key not in before:
                self.await_its_second(name, document)
            written = self.apply_one(document)
            if document["kind"] != "Namespace" or "labels" in document["metadata"]:
                self.note(versions, written)
        gone = [one for key, one in before.items() if key not in wanted]
        self.applied[name] = wanted
        self.delete(gone, versions)
        gateway.await_seen(versions)

    def apply_one(self, document):
        metadata = {key: value for key, value in document["metadata"].items() if key != "creationTimestamp"}
        return self.api.apply(document | {"metadata": metadata})

    def await_its_second(self, name, document):
        """Ages are whole seconds: an Ingress whose name goes before that of an older one waits for the next."""
        mine = (document["metadata"]["namespace"], document["metadata"]["name"])
        last, second = self.created_in.get(name, (("", ""), 0))
        if mine < last and int(time.time()) == second:
            time.sleep(second + 1.02 - time.time())
        self.created_in[name] = (mine, int(time.time()))

    def withdraw(self, names, gateway):
        versions = {}
        self.delete([one for name in names for one in self.applied.pop(name, {}).values()], versions)
        gateway.await_seen(versions)

    def delete(self, documents, versions):
        kinds = {}
        for one in documents:
            if one["kind"] not in SHARED:
                self.api.delete(one)
                kinds[one["kind"]] = one["apiVersion"]
        for kind, version in kinds.items():
            self.note(versions, self.mark(kind, version))

    def mark(self, kind, version):
        """A deletion tells no version, but something of the same kind that is written after it does."""
        with self.lock:
            if self.marks == 0:
                self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": MARKS}})
            self.marks += 1
            number = str(self.marks)
        document = {"apiVersion": version, "kind": kind, "metadata": {
            "name": f"mark-{threading.get_ident()}", "namespace": MARKS, "labels": {"kubernetes.io/service-name": "mark"},
            "annotations": {"number": number}}}
        if kind == "Ingress":
            document["spec"] = {"ingressClassName": "test-new-ingress-class", "rules": [{"host": "mark.test"}]}
        elif kind == "Service":
            document["spec"] = {"ports": [{"port": 80}]}
        elif kind == "EndpointSlice":
            document |= {"addressType": "IPv4", "endpoints": []}
        return self.api.apply(document)

    def note(self, versions, written):
        kind = written["kind"]
        if kind not in self.unread:
            versions[kind] = max(versions.get(kind, 0), int(written["metadata"]["resourceVersion"]))


def key_of(document):
    return (document["kind"], document["metadata"].get("namespace", ""), document["metadata"]["name"])


def order_of(key):
    """Namespaces first, then what Ingresses name, then they, the older first."""
    return {"Namespace": 0, "Ingress": 2}.get(key[0], 1)
