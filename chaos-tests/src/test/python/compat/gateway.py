"""A gateway that the cases meet: started by the launcher, fed by a source of objects, met over sockets."""

import json
import os
import pathlib
import subprocess
import time
import urllib.request

from .certificates import Certificates

LAUNCHER = pathlib.Path(__file__).resolve().parents[5] / "sluice"
READY_SECONDS = 120
SEEN_SECONDS = 30
PORT, TLS_PORT, ADMIN_PORT = 8000, 8443, 8081


class Gateway:
    """One installation with a folder of its own."""

    def __init__(self, folder, address, source, settings, names):
        """names: host names beside localhost that resolve, and their addresses."""
        self.folder = pathlib.Path(folder)
        self.address, self.source = address, source
        self.ports = {80: PORT, 443: TLS_PORT, 1080: PORT, 1443: TLS_PORT}
        self.certificates = Certificates(self.folder / "certificates")
        self.data = self.folder / "data"
        nothing = self.folder / "nothing"
        nothing.mkdir()
        self.hosts = self.folder / "hosts"
        for name, ip in {"localhost": "127.0.0.1", **names}.items():
            self.resolve(name, ip)
        folder = source.folder if source.kind == "folder" else nothing
        command = [str(LAUNCHER), "run", "--host", address, "--port", str(PORT), "--data", str(self.data), "--manifests", str(folder)]
        for setting in ["sluice.proxy.http-port=80", "sluice.proxy.https-port=443", *source.settings(), *settings]:
            command += ["--set", setting]
        self.log = open(self.folder / "launcher.log", "wb")
        options = f"-Djdk.net.hosts.file={self.hosts} {os.environ.get('SLUICE_JAVA_OPTS', '')}"
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                        env=os.environ | {"SLUICE_JAVA_OPTS": options})

    def resolve(self, name, address):
        """The name leads there from now on: what a cluster's DNS would say."""
        with open(self.hosts, "a") as hosts:
            hosts.write(f"{address} {name}\n")

    def await_ready(self):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if b"\nready " in b"\n" + (self.folder / "launcher.log").read_bytes():
                return
            time.sleep(0.1)
        raise SystemExit("compat: the gateway did not start:\n" + (self.folder / "launcher.log").read_text())

    def status(self):
        with urllib.request.urlopen(f"http://{self.address}:{ADMIN_PORT}/api/v1/status", timeout=10) as answer:
            return json.load(answer)

    def await_seen(self, versions):
        """Until it serves what its source said at these versions."""
        until = time.monotonic() + SEEN_SECONDS
        behind = versions
        while time.monotonic() < until:
            seen = self.status()["seen"]
            behind = {kind: version for kind, version in versions.items() if int(seen.get(kind) or 0) < version}
            if not behind:
                return
            time.sleep(0.01)
        raise TimeoutError(f"the gateway did not take the objects over: it has not seen {behind}")

    def apply(self, name, documents):
        """Puts the documents in place of those of that name, and waits until they are served."""
        self.source.apply(name, documents, self)

    def withdraw(self, names):
        self.source.withdraw(names, self)

    def stop(self):
        subprocess.run([str(LAUNCHER), "stop", "--data", str(self.data)], stdout=subprocess.DEVNULL, check=False)
        self.process.wait(90)
        self.log.close()
