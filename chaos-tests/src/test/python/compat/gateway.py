"""A gateway that the cases meet: started by the launcher, fed by a folder of manifests, met over sockets."""

import json
import os
import pathlib
import socket
import subprocess
import time

from .certificates import Certificates

LAUNCHER = pathlib.Path(__file__).resolve().parents[5] / "sluice"
READY_SECONDS = 120
SETTLE_SECONDS = 5


class Gateway:
    """One installation with a folder of its own."""

    def __init__(self, folder, address, settings):
        self.folder = pathlib.Path(folder)
        self.address = address
        self.ports = {80: 8080, 443: 8443, 1080: 8080, 1443: 8443}
        self.manifests = self.folder / "manifests"
        self.manifests.mkdir(parents=True)
        self.certificates = Certificates(self.folder / "certificates")
        self.data = self.folder / "data"
        command = [str(LAUNCHER), "run", "--host", address, "--data", str(self.data), "--manifests", str(self.manifests)]
        for setting in ["sluice.ingress.folder.poll=50ms", "sluice.proxy.http-port=80", "sluice.proxy.https-port=443", *settings]:
            command += ["--set", setting]
        self.log = open(self.folder / "launcher.log", "wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def await_ready(self):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if b"\nready " in b"\n" + (self.folder / "launcher.log").read_bytes():
                return
            time.sleep(0.1)
        raise SystemExit("compat: the gateway did not start:\n" + (self.folder / "launcher.log").read_text())

    def apply(self, name, documents):
        """Puts the documents in place of those of that name, all at once."""
        written = self.manifests / f".{name}.yaml"
        written.write_text("\n---\n".join(json.dumps(one) for one in documents))
        os.replace(written, self.manifests / f"{name}.yaml")

    def withdraw(self, name):
        (self.manifests / f"{name}.yaml").unlink(missing_ok=True)

    def await_settled(self, host, configmap):
        """Until the host is served; a case whose settings forbid even that waits for a while."""
        until = time.monotonic() + (SETTLE_SECONDS if not configmap else 1.5)
        asked = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        if configmap.get("use-proxy-protocol") == "true":
            asked = b"PROXY TCP4 127.0.0.1 127.0.0.1 1 80\r\n" + asked
        while time.monotonic() < until:
            try:
                with socket.create_connection((self.address, self.ports[80]), timeout=1) as connection:
                    connection.sendall(asked)
                    answer = b""
                    while piece := connection.recv(65536):
                        answer += piece
                if answer.endswith(b"settled"):
                    return
            except OSError:
                pass
            time.sleep(0.03)
        if not configmap:
            raise TimeoutError("the gateway did not take the objects over")

    def stop(self):
        subprocess.run([str(LAUNCHER), "stop", "--data", str(self.data)], stdout=subprocess.DEVNULL, check=False)
        self.process.wait(90)
        self.log.close()
