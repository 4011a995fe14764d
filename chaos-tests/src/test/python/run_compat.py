"""./sluice compat: wire cases of ingress-nginx, run on a gateway that reads a real API server, or a folder of manifests.

See ../resources/compat/README.md for the form of a case. Cases run side by side where their hosts and settings differ.
Prints each failing id with why, and at the end `N passed, N failed, N skipped`.
"""

import argparse
import importlib.util
import json
import pathlib
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

try:
    import yaml
except ImportError:
    sys.exit("compat: needs PyYAML for this Python (pip install pyyaml)")

from compat import control_plane, run, sources
from compat.gateway import Gateway
from compat.run import Run

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources" / "compat"
AT_ONCE = 12
SOURCES = {"kubernetes": "a Kubernetes API server", "folder": "a folder of manifests"}
KUBE_ADDRESS = "127.0.8.81"

# What can't be met.
LEFT_OUT = {
    "nginx-directives": "needs nginx directives, which are refused by name",
    "ocsp-responder": "no OCSP responses are stapled: the JDK asks for them in the middle of handshakes",
}
RIGHTS = "needs rights, which a folder has not"
NO_CLASSES = "(rbac) no access to IngressClass"
# Flags that a gateway stands for as it is: it listens on ports of its own choice, and has none between itself and itself.
KNOWN_FLAGS = ("--http-port", "--https-port", "--ssl-passthrough-proxy-port", NO_CLASSES)
# Settings of a gateway that stand for flags; one that takes no value is on by being there.
SETTINGS = {
    "--default-backend-service": "sluice.ingress.controller.default-backend-service={}",
    "--default-ssl-certificate": "sluice.ingress.controller.default-ssl-certificate={}",
    "--disable-catch-all": "sluice.ingress.controller.catch-all=off",
    "--disable-svc-external-name": "sluice.ingress.controller.external-names=off",
    "--enable-ssl-passthrough": "sluice.ingress.controller.ssl-passthrough=on",
    "--ingress-class": "sluice.ingress.class.name={}",
    "--ingress-class-by-name": "sluice.ingress.class.by-name=on",
    "--watch-ingress-without-class": "sluice.ingress.class.without=on",
    "--watch-namespace-selector": "sluice.ingress.class.namespace-selector={}",
}
# Flags that change nothing for cases without them: one gateway stands for them all. Of these, one case at most may name its namespace.
TOGETHER = {"--default-ssl-certificate", "--disable-catch-all", "--disable-svc-external-name", "--enable-ssl-passthrough"}
# Every gateway has it: as the flag --tcp-services-configmap of those that the cases were read off.
ALWAYS = ["sluice.ingress.controller.tcp-services=ingress-nginx/tcp-services"]


def reason_to_skip(case, source):
    for need in case.get("needs") or []:
        if need in LEFT_OUT:
            return LEFT_OUT[need]
    if "grpc" in (case.get("needs") or []) and importlib.util.find_spec("h2") is None:
        return "needs the Python package h2"
    for flag in case.get("flags") or []:
        name = flag.split("=")[0]
        if name not in KNOWN_FLAGS and name not in SETTINGS:
            return f"needs {'the flag ' if name.startswith('--') else ''}{name}"
    if NO_CLASSES in (case.get("flags") or []) and source == "folder":
        return RIGHTS
    return None


def settings_of(case):
    """What its gateway must be started with; empty for the gateway that most cases share."""
    flags = [flag.partition("=") for flag in case.get("flags") or []]
    made = [SETTINGS[name].format(value) for name, _, value in flags if name in SETTINGS]
    return (*made, *(name for name, _, _ in flags if name == NO_CLASSES))


def claims(case):
    """What no two cases may have at the same time; None if it must be alone."""
    text = json.dumps(case)
    if case.get("configmap") or '"configmap"' in text or not case["objects"]:
        return None
    found = {"gRPC by name"} if "grpcbin.%ns%" in text else set()
    found |= {"port 80"} if "-dns%" in text or '"externalName": "echo"' in text else set()
    objects = case["objects"] + [one for step in case["requests"] for one in step.get("apply", [])]
    for one in objects:
        hosts = one.get("hosts") or [rule["host"] for rule in one.get("rules", [])]
        if not hosts:
            return None
        found |= set(hosts) | set(one.get("tls_hosts", []))
        found |= set(str((one.get("annotations") or {}).get("server-alias", "")).split(",")) - {""}
    for step in case["requests"]:
        if "method" in step:
            if not step.get("host"):
                return None
            found.add(step["host"])
    return found


class Places:
    """Which cases may start now: those that need nothing that a running one has. Those that must be alone come last."""

    def __init__(self, cases):
        self.waiting = [(case, claims(case)) for case in cases]
        self.waiting.sort(key=lambda one: one[1] is None)
        self.taken, self.running, self.free = set(), 0, threading.Condition()

    def next(self):
        """A case and what it claims, once there is one that may start; None if all have been started."""
        with self.free:
            while self.waiting:
                for place, (case, claim) in enumerate(self.waiting):
                    if self.running == 0 if claim is None else self.running >= 0 and not claim & self.taken:
                        del self.waiting[place]
                        self.taken |= claim or set()
                        self.running = -1 if claim is None else self.running + 1
                        return case, claim
                self.free.wait()
            return None

    def over(self, claim):
        with self.free:
            self.taken -= claim or set()
            self.running = 0 if claim is None else self.running - 1
            self.free.notify_all()


def groups(cases):
    """Cases that share a gateway, and its settings. One that names its own namespace is the first of its gateway."""
    made = {}
    for case in cases:
        flags = {flag.partition("=")[0] for flag in case.get("flags") or []} & set(SETTINGS)
        settings = settings_of(case)
        named = any("%ns%" in one for one in settings)
        if flags and flags <= TOGETHER:
            key = "flags that don't matter to one another"
        else:
            key = (*settings, case["id"] if named else "")
        members, all_settings = made.setdefault(key, ([], []))
        members.insert(0 if named else len(members), case)
        all_settings += [one for one in settings if one not in all_settings]
    return sorted(made.values(), key=lambda group: len(group[1]))


class Rig:
    """What the gateways of one invocation read from."""

    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.plane = control_plane.ControlPlane(folder / "kube", KUBE_ADDRESS) if kind == "kubernetes" else None

    def source(self, folder, rights):
        if self.plane is None:
            return sources.Folder(folder / "manifests")
        kubeconfig = self.plane.grant(yaml, without=() if rights else ("ingressclasses",))
        return sources.Kubernetes(self.plane, kubeconfig, control_plane.own_address(), () if rights else ("IngressClass",))

    def stop(self):
        if self.plane is not None:
            self.plane.stop()


def run_group(cases, wanted, rig, folder, arguments, first):
    """Results by id, of a gateway that is started for these cases."""
    results = {}
    folder.mkdir(parents=True)
    settings = [one.replace("%ns%", f"compat-{first}") for one in wanted if one != NO_CLASSES]
    source = rig.source(folder, NO_CLASSES not in wanted)
    names = {name: address for name, address in run.DNS_NAMES.values() if not name[0].isdigit()}
    gateway = Gateway(folder, arguments.host, source, [*ALWAYS, *settings, *arguments.set], names)
    try:
        gateway.await_ready()
        places, numbers = Places(cases), {case["id"]: first + i for i, case in enumerate(cases)}

        def work():
            while (place := places.next()) is not None:
                case, claim = place
                try:
                    results[case["id"]] = run_case(case, numbers[case["id"]], gateway)
                finally:
                    places.over(claim)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(work) for _ in range(AT_ONCE)]:
                done.result()
    finally:
        gateway.stop()
    return results


def run_case(case, number, gateway):
    one = Run(case, number, gateway)
    wrong = one.execute()
    gateway.withdraw([one.namespace])
    return wrong


def source_of(arguments):
    """Where gateways read from, and that is said."""
    if arguments.source == "folder":
        return "folder"
    if control_plane.is_there():
        return "kubernetes"
    if arguments.source == "kubernetes":
        sys.exit("compat: the API server can't be built: Go is missing or too old (expected: the version in chaos-tests/src/rig/control-plane/go.mod)")
    print("no Go that builds an API server: objects come from a folder of manifests")
    return "folder"


def main():
    parser = argparse.ArgumentParser(prog="./sluice compat", description=__doc__)
    parser.add_argument("--cases", action="append", type=pathlib.Path, metavar="FILE", help="cases to run instead of the project's; may be repeated")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="part of the id of cases to run; may be repeated")
    parser.add_argument("--expected", type=pathlib.Path, metavar="FILE", help="failures that are known, by id: only others make the exit code 1")
    parser.add_argument("--source", choices=["kubernetes", "folder"], help="where objects come from (default: an API server where Go can build one, else a folder of manifests)")
    parser.add_argument("--host", default="127.0.8.80", metavar="ADDRESS", help="address that the gateway listens on")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the gateway")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs and manifests behind")
    arguments = parser.parse_args()

    files = arguments.cases or [RESOURCES / "ingress-cases.yaml", RESOURCES / "own-cases.yaml"]
    cases = [case for file in files for case in yaml.safe_load(file.read_text())]
    if arguments.only:
        cases = [case for case in cases if any(part in case["id"] for part in arguments.only)]
    source = source_of(arguments)
    skipped = {case["id"]: why for case in cases if (why := reason_to_skip(case, source))}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-compat-"))
    results, rig = {}, None
    began = time.monotonic()
    try:
        rig = Rig(source, folder)
        for number, (group, wanted) in enumerate(groups([case for case in cases if case["id"] not in skipped])):
            results |= run_group(group, wanted, rig, folder / str(number), arguments, len(results))
    finally:
        if rig is not None:
            rig.stop()
        if arguments.keep:
            print(f"logs and manifests: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return report(cases, results, skipped, arguments.expected, source, time.monotonic() - began)


def report(cases, results, skipped, expected, source, seconds):
    known = yaml.safe_load(expected.read_text()) or {} if expected else {}
    failed = [case["id"] for case in cases if results.get(case["id"])]
    for case in cases:
        name = case["id"]
        if name in skipped:
            print(f"skipped {name} [{case['group']}]: {skipped[name]}")
    for case in cases:
        name = case["id"]
        for why in results.get(name, [])[:3]:
            print(f"{'known' if name in known else 'failed'} {name} [{case['group']}]: {why}" + (f" ({known[name]})" if name in known else ""))
    for name in known:
        if name in results and not results[name]:
            print(f"passes {name}, which was expected to fail: {known[name]}")
    passed = len(results) - len(failed)
    print(f"in {seconds:.0f} s, objects from {SOURCES[source]}")
    counted = [case["id"] for case in cases if not set(case.get("needs") or []) & {"nginx-directives", "modsecurity"}]
    good = sum(name in results and not results[name] for name in counted)
    print(f"of {len(counted)} that need neither nginx directives nor ModSecurity, {good} passed: {100 * good / max(1, len(counted)):.1f} %")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    unexpected = set(failed) | {name for name, why in skipped.items() if why != RIGHTS}
    return 1 if unexpected - set(known) else 0


if __name__ == "__main__":
    sys.exit(main())
