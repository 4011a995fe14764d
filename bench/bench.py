"""Sluice beside a peer, in turns, on one core each. `./sluice bench --help`; README.md says how it measures."""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "target")
BIN, RUN = os.path.join(OUT, "bin"), os.path.join(OUT, "run")
LAUNCHER = os.path.join(os.path.dirname(HERE), "sluice")
GATEWAY_CORE, LOAD_CORE = "0", "1"
TICKS = os.sysconf("SC_CLK_TCK")
MOCK = ("127.0.0.1", 9101)
TENANTS = 100
MEGABYTE = 1_000_000
BODY_MEGABYTES = 100
IDLE_MILLIS = 12_000
MOST_SECONDS_UNTIL_MODELS = 120
ROUTES = 10_000
SETTLED = 0.05  # three slices in a row that differ by less than this: warm
MOST_WARM_SLICES = 15
MOST_COLD_SLICES = 2  # on a busy machine a process may answer nothing at first
MOST_ERRORS = 0.001  # of the units: above it, a comparison says nothing


class Failed(Exception):
    """What a person running this should read."""


# ---- processes -----------------------------------------------------------------------------------------------------


def fields_of(pid):
    """Fields of /proc/PID/stat after the name; None if the process is gone."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def tree(root):
    """A process and all that descend from it."""
    children = {}
    for entry in os.listdir("/proc"):
        fields = fields_of(entry) if entry.isdigit() else None
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(root):
    total = 0
    for pid in tree(root):
        fields = fields_of(pid)
        total += int(fields[11]) + int(fields[12]) if fields else 0
    return total / TICKS


def resident_mib(root):
    total = 0
    for pid in tree(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def pinned(core, command, log, **options):
    out = open(os.path.join(RUN, log), "w")
    return subprocess.Popen(["taskset", "-c", core, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options)


def answers(address, path="/", timeout=1):
    try:
        with socket.create_connection(address, timeout) as connection:
            connection.settimeout(5)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def wait_for(what, process, address, path="/", seconds=120):
    end = time.monotonic() + seconds
    while not answers(address, path):
        if process.poll() is not None:
            raise Failed(f"{what} ended with {process.returncode}; its output is in {RUN}")
        if time.monotonic() > end:
            raise Failed(f"{what} did not answer within {seconds} s; its output is in {RUN}")
        time.sleep(0.05)


class Gateway:
    """One side of a comparison: a process tree and where it listens."""

    def __init__(self, name, plain, tls, h2c, models=None, model_key="-key-prefix=key-"):
        self.name, self.plain, self.tls, self.h2c = name, plain, tls, h2c
        self.models, self.model_key = models or plain, model_key
        self.ready = "/"
        self.process = None

    def start(self, command, **options):
        self.process = pinned(GATEWAY_CORE, command, self.name + ".log", start_new_session=True, **options)
        host, port = self.plain.rsplit("/", 1)[1].split(":")
        wait_for(self.name, self.process, (host, int(port)), self.ready)

    def stop(self):
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in tree(self.process.pid):
                try:
                    os.kill(pid, sign)
                except OSError:
                    pass
            try:
                self.process.wait(30)
                return
            except subprocess.TimeoutExpired:
                continue


MANIFESTS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: bench, annotations: {nginx.ingress.kubernetes.io/ssl-redirect: "false", nginx.ingress.kubernetes.io/proxy-body-size: "0"}}
spec:
  tls: [{secretName: bench-tls}]
  defaultBackend: {service: {name: bench, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: bench}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: bench-1, labels: {kubernetes.io/service-name: bench}}
addressType: IPv4
ports: [{name: http, port: 9101}]
endpoints: [{addresses: ["127.0.0.1"]}]
---
apiVersion: sluice.dev/v1alpha1
kind: ModelProvider
metadata: {name: mock}
spec: {kind: openai-compatible, baseUrl: "http://127.0.0.1:9101/v1"}
---
apiVersion: sluice.dev/v1alpha1
kind: ModelRoute
metadata: {name: mock}
spec: {models: ["mock*"], targets: [{provider: mock}]}
"""

TENANT = """\
---
apiVersion: v1
kind: Secret
metadata: {name: key-%(i)d}
stringData: {key: key-%(i)d}
---
apiVersion: sluice.dev/v1alpha1
kind: Tenant
metadata: {name: tenant-%(i)d}
spec:
  keys: [{name: one, secretRef: {name: key-%(i)d, key: key}}]
  limits: [{unit: tokens, amount: 1000000000000, window: minute}]
"""

SPREAD = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: spread-%(host)d}
spec:
  rules:
    - host: host-%(host)d.example
      http:
        paths:
%(paths)s"""

SPREAD_PATH = "          - {path: /path-%d, pathType: Prefix, backend: {service: {name: bench, port: {number: 80}}}}\n"


def write_manifests(name, routes):
    """The plain route, the models and tenants, and besides them as many routes as are asked for, ten to a host."""
    folder = os.path.join(RUN, "manifests-" + name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    tls = "---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: bench-tls}\nstringData:\n"
    for field, name in (("tls.crt", "cert.pem"), ("tls.key", "key.pem")):
        with open(os.path.join(RUN, name)) as pem:
            tls += f"  {field}: |\n" + "".join("    " + line for line in pem)
    with open(os.path.join(folder, "bench.yaml"), "w") as file:
        file.write(MANIFESTS + tls + "".join(TENANT % {"i": i} for i in range(TENANTS)))
    if routes:
        paths = "".join(SPREAD_PATH % i for i in range(10))
        with open(os.path.join(folder, "spread.yaml"), "w") as file:
            file.write("".join(SPREAD % {"host": i, "paths": paths} for i in range(routes // 10)))
    return folder


def sluice(name="sluice", base=10180):
    """Sluice, with its ports from this one on."""
    return Gateway(name, f"http://127.0.0.1:{base}", f"https://127.0.0.1:{base + 5}", f"http://127.0.0.1:{base}")


def start_sluice(gateway, arguments, routes):
    base = int(gateway.plain.rsplit(":", 1)[1])
    settings = {"edge.tls-port": base + 5, "admin.port": base + 1, "health.port": base + 2, "metrics.port": base + 3, "cluster.port": base + 4,
                "cluster.seeds": f"127.0.0.1:{base + 4}", "edge.workers": 1}
    data = os.path.join(RUN, "data-" + gateway.name)
    shutil.rmtree(data, ignore_errors=True)
    command = [LAUNCHER, "run", "--data", data, "--port", str(base), "--manifests", write_manifests(gateway.name, routes)]
    for key, value in settings.items():
        command += ["--set", f"sluice.{key}={value}"]
    for setting in arguments.set:
        command += ["--set", setting]
    gateway.start(command)


def peer(name):
    if name == "litellm":
        made = Gateway(name, "http://127.0.0.1:10080", None, None, model_key="-key-prefix==sk-bench")
        made.ready = "/health/liveliness"
        return made
    return Gateway(name, "http://127.0.0.1:10080", "https://127.0.0.1:10443",
                   "http://127.0.0.1:10081" if name == "haproxy" else "http://127.0.0.1:10080")


LITELLM = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION", "LITELLM_TELEMETRY": "False",
           "DO_NOT_TRACK": "1", "NO_DOCS": "True"}


def start_peer(gateway):
    options = {"env": dict(os.environ, **LITELLM)} if gateway.name == "litellm" else {}
    gateway.start({
        "envoy": [os.path.join(BIN, "envoy"), "-c", os.path.join(RUN, "envoy.yaml"), "--concurrency", "1", "-l", "error"],
        "haproxy": ["haproxy", "-db", "-f", os.path.join(RUN, "haproxy.cfg")],
        "scg": ["java", "-Xmx512m", "-jar", os.path.join(OUT, "scg/target/scg.jar")],
        "litellm": [os.path.join(OUT, "litellm/bin/litellm"), "--config", os.path.join(HERE, "peers/litellm.yaml"), "--host", "127.0.0.1",
                    "--port", "10080", "--num_workers", "1", "--telemetry", "False", "--log_config", os.path.join(HERE, "peers/litellm-log.json")],
    }[gateway.name], **options)


# ---- load ----------------------------------------------------------------------------------------------------------


def load(command):
    done = subprocess.run(["taskset", "-c", LOAD_CORE, *command], capture_output=True, text=True, timeout=900)
    return done.stdout + done.stderr, done


def micros(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)$", text).groups()
    return float(number) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}[unit]


def wrk(url, seconds, *extra):
    out, _ = load(["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", *extra, url])
    total = re.search(r"(\d+) requests in", out)
    if not total:
        raise Failed("wrk: " + out[-300:])
    errors = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", out)))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {"units": int(total.group(1)), "errors": errors + (int(refused.group(1)) if refused else 0),
            "p99": micros(re.search(r"\s99%\s+(\S+)", out).group(1))}


def h2load(url, seconds):
    out, _ = load(["h2load", "-t1", "-c8", "-m8", f"-D{seconds}", url])
    total = re.search(r"requests: \d+ total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", out)
    if not total:
        raise Failed("h2load: " + out[-300:])
    succeeded, *failed = map(int, total.groups())
    return {"units": succeeded, "errors": sum(failed)}


def llm(*arguments):
    out, done = load([os.path.join(BIN, "loadllm"), *arguments])
    if done.returncode:
        raise Failed("loadllm: " + done.stderr[-300:])
    result = json.loads(done.stdout)
    return result, {"units": result["ok"], "errors": sum(result["errors"].values()), "p99": result["total_us"]["p99"]}


def chat(gateway, seconds):
    return llm("-url", gateway.models, gateway.model_key, "-tenants", str(TENANTS), "-c", "64", "-d", f"{seconds}s", "-model", "mock")[1]


def chat_plain(gateway, seconds):
    """The same requests over an ordinary route, which knows nothing of models. LiteLLM has none: its side stays as it is."""
    return llm("-url", gateway.plain + ("" if gateway.name == "litellm" else "/plain"), gateway.model_key, "-tenants", str(TENANTS), "-c", "64", "-d", f"{seconds}s", "-model", "mock")[1]


def wait_for_models(gateway):
    """A node that has just started can't check quotas yet."""
    end = time.monotonic() + MOST_SECONDS_UNTIL_MODELS
    while not llm("-url", gateway.models, gateway.model_key, "-tenants", "1", "-c", "1", "-n", "1", "-model", "mock")[1]["units"]:
        if time.monotonic() > end:
            raise Failed(f"{gateway.name} answered no model call within {MOST_SECONDS_UNTIL_MODELS} s; its output is in {RUN}")
        time.sleep(0.5)


def streams(gateway, count):
    result, measured = llm("-url", gateway.models, gateway.model_key, "-tenants", str(TENANTS), "-stream", "-c", str(count), "-n", str(count),
                           "-ramp", "1s" if count <= 200 else "2s", "-model", "mock-100x20ms")
    measured.update(units=result["chunks"], p99=result["chunk_delay_us"]["p99"], singly=min(1, result["reads"] / max(1, result["chunks"])))
    return measured


def idle(gateway, count):
    """Memory of streams that wait: what the process grows by while so many are open and nothing is sent. Unit: stream; cost: KiB."""
    before = resident_mib(gateway.process.pid)
    holding = subprocess.Popen(["taskset", "-c", LOAD_CORE, os.path.join(BIN, "loadllm"), "-url", gateway.models, gateway.model_key, "-tenants",
                                str(TENANTS), "-stream", "-c", str(count), "-n", str(count), "-ramp", "4s", "-model", f"mock-2x{IDLE_MILLIS}ms"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    time.sleep(IDLE_MILLIS / 2000 + 4)
    during = resident_mib(gateway.process.pid)
    result = json.loads(holding.communicate(timeout=300)[0])
    return {"units": result["ok"], "errors": sum(result["errors"].values()), "kib": (during - before) * 1024 / count}


SPREAD_REQUESTS = """\
local count = 0
request = function()
  count = (count + 7) % 10000
  return wrk.format("GET", "/path-" .. count % 10, {Host = "host-" .. math.floor(count / 10) .. ".example"})
end
"""


def spread(gateway, seconds):
    """Requests to 1,000 hosts of ten paths each, in turn: to as many routes, or to one for all."""
    script = os.path.join(RUN, "spread.lua")
    with open(script, "w") as file:
        file.write(SPREAD_REQUESTS)
    return wrk(gateway.plain + "/", seconds, "-s", script)


def half_load(gateway, seconds):
    """Latency at half of what this gateway can do; the rate is given, so that both sides carry the same."""
    return llm("-url", gateway.plain, "-api", "get", "-c", "500", "-rate", str(half_load.rate), "-d", f"{seconds}s")[1]


def transfer(gateway, up, seconds):
    body = os.path.join(RUN, "body.bin")
    size = BODY_MEGABYTES * MEGABYTE
    if not os.path.exists(body) or os.path.getsize(body) != size:
        with open(body, "wb") as file:
            file.write(b"x" * size)
    command = ["curl", "-sS", "-m", "120", "-o", "/dev/null", "-w", "%{http_code} %{size_download} %{size_upload}\n"]
    command += ["-H", "Expect:", "-T", body, "-X", "POST", gateway.plain + "/upload"] if up else [f"{gateway.plain}/bytes?n={size}"]
    units, errors, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        out, done = load(command)
        if done.returncode:
            raise Failed("curl: " + out[-200:])
        code, down_bytes, up_bytes = done.stdout.split()
        good = code == "200" and int(float(up_bytes if up else down_bytes)) == size
        units, errors = units + BODY_MEGABYTES, errors + (0 if good else 1)
    return {"units": units, "errors": errors}


CASES = {
    "get": ("plain GET of 1 KiB, 64 connections", lambda g, s: wrk(g.plain + "/", s)),
    "conn": ("the same, a new connection for each", lambda g, s: wrk(g.plain + "/", s, "-H", "Connection: close")),
    "tls": ("the same over TLS, kept alive", lambda g, s: wrk(g.tls + "/", s)),
    "tlsnew": ("the same, a new TLS connection for each", lambda g, s: wrk(g.tls + "/", s, "-H", "Connection: close")),
    "h2": ("HTTP/2 over TLS, 8 connections of 8 streams", lambda g, s: h2load(g.tls + "/", s)),
    "h2c": ("the same in the clear", lambda g, s: h2load(g.h2c + "/", s)),
    "chat": ("chat completions, 64 callers of 100 tenants", chat),
    "chatplain": ("the same requests over a route that knows nothing of models", chat_plain),
    "overhead": ("chat beside chatplain, both ours", chat),
    "sse200": ("200 streams of 100 chunks, 20 ms apart; unit: chunk", lambda g, s: streams(g, 200)),
    "sse1000": ("1,000 streams likewise", lambda g, s: streams(g, 1000)),
    "routes": ("plain GET of 10,000 routes on 1,000 hosts, beside a Sluice with one route", spread),
    "idle": ("KiB of memory for each of 1,000 streams that wait", lambda g, s: idle(g, 1000)),
    "rss": ("MiB of memory at rest, after the load of the cases before", lambda g, s: {"units": 1, "errors": 0, "mib": resident_mib(g.process.pid)}),
    "load50": ("plain GET at half of our saturation, open loop", half_load),
    "up": ("uploads of 100 MB, one after the other; unit: MB", lambda g, s: transfer(g, True, s)),
    "down": ("downloads likewise", lambda g, s: transfer(g, False, s)),
}


# ---- measuring -----------------------------------------------------------------------------------------------------


def measure(gateway, case, seconds):
    before, began = cpu_seconds(gateway.process.pid), time.monotonic()
    result = CASES[case][1](gateway, seconds)
    spent, lasted = cpu_seconds(gateway.process.pid) - before, time.monotonic() - began
    if gateway.process.poll() is not None:
        raise Failed(f"{gateway.name} ended while {case} was running; its output is in {RUN}")
    if not result["units"]:
        raise Failed(f"{gateway.name} answered nothing ({result['errors']} errors)")
    if result["errors"] > MOST_ERRORS * result["units"]:
        raise Failed(f"{gateway.name} had {result['errors']} errors in {result['units']} units")
    result.update(cost=spent * 1e6 / result["units"], rate=result["units"] / lasted, busy=100 * spent / lasted)
    return result


def warm(gateway, case, seconds):
    """Runs the case until three slices in a row cost about the same."""
    costs = []
    for number in range(MOST_WARM_SLICES):
        try:
            result = measure(gateway, case, seconds)
        except Failed:
            if costs or number == MOST_COLD_SLICES:
                raise
            continue
        costs.append(result["cost"])
        last = costs[-3:]
        if len(last) == 3 and max(last) - min(last) < SETTLED * min(last):
            break
    print(f"# {case} {gateway.name}: warm after {len(costs)} slices, {', '.join(f'{cost:.1f}' for cost in costs)}", flush=True)
    return result


def compare(ours, peer, case, arguments):
    sides = [(ours, "chat"), (ours, "chatplain")] if case == "overhead" else [(ours, case), (peer, case)]
    if case == "load50":
        half_load.rate = arguments.rate or max(1, int(measure(ours, "get", arguments.seconds)["rate"] / 2))
    if case == "idle":
        for side in sides:
            measure(*side, arguments.seconds)
    elif case != "rss":
        for side in sides:
            warm(*side, arguments.seconds)
    pairs = []
    for number in range(arguments.pairs):
        pair = [measure(*side, arguments.seconds) for side in sides]
        pairs.append(pair)
        print(f"# {case} {number + 1}: " + "   ".join(
            f"{gateway.name} {what} {result['cost']:.1f} ms/1,000, {result['rate']:.0f}/s, {result['busy']:.0f} % busy, {result['errors']} errors"
            + (f", p99 {result['p99'] / 1000:.2f} ms" if "p99" in result else "") + (f", {result['kib']:.1f} KiB/stream" if "kib" in result else "") + (f", {result['mib']:.0f} MiB" if "mib" in result else "")
            + (f", {100 * result['singly']:.1f} % singly" if "singly" in result else "")
            for (gateway, what), result in zip(sides, pair)), flush=True)
    key = {"load50": "p99", "idle": "kib", "rss": "mib"}.get(case, "cost")
    our, their = (statistics.median(pair[side][key] for pair in pairs) / (1000 if key == "p99" else 1) for side in (0, 1))
    ratio = statistics.median(pair[0][key] / pair[1][key] if pair[1][key] else 0 for pair in pairs)
    print(f"{case.upper()} ours {our:.2f} {'plain' if case == 'overhead' else peer.name} {their:.2f} ratio {ratio:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./sluice bench", formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description="Sluice beside a peer, in turns. Prints a line a case: CASE ours X PEER Y ratio Z,\nin ms of CPU per 1,000 units (load50: p99 in ms).",
                                     epilog="cases:\n" + "\n".join(f"  {name:8} {what}" for name, (what, _) in CASES.items()))
    parser.add_argument("--case", default="get", help="one, several with commas, or all (default: get)")
    parser.add_argument("--against", default="envoy", choices=("envoy", "haproxy", "scg", "litellm"))
    parser.add_argument("--pairs", type=int, default=5, help="how often each side is measured (default: 5)")
    parser.add_argument("--seconds", type=int, default=10, help="length of a slice (default: 10)")
    parser.add_argument("--rate", type=int, default=0, help="requests a second of load50 (default: half of our saturation)")
    parser.add_argument("--routes", type=int, default=0, help="this many routes besides the one that is measured")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of Sluice; may be repeated")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended"))
    cases = list(CASES) if arguments.case == "all" else arguments.case.split(",")
    for case in cases:
        if case not in CASES:
            parser.error(f"--case {case}: unknown (expected: {', '.join(CASES)} or all)")
    if os.cpu_count() < 2:
        raise Failed("two cores are needed: one for the gateways, one for load and provider")
    subprocess.run([os.path.join(HERE, "setup"), arguments.against], check=True)
    mock = pinned(LOAD_CORE, [os.path.join(BIN, "mockllm"), "-h1", f"{MOCK[0]}:{MOCK[1]}", "-h2c", ""], "mock.log",
                  env=dict(os.environ, GOMAXPROCS="1", GOGC="400"))
    sides = [sluice(), peer(arguments.against)]
    many = sluice("sluice-routes", 10280)
    try:
        wait_for("the mock provider", mock, MOCK, "/__health")
        start_sluice(sides[0], arguments, arguments.routes)
        wait_for_models(sides[0])
        start_peer(sides[1])
        print("# idle: " + ", ".join(f"{gateway.name} {resident_mib(gateway.process.pid):.0f} MiB" for gateway in sides), flush=True)
        for case in cases:
            try:
                if case == "routes":
                    start_sluice(many, arguments, ROUTES)
                    compare(many, sides[0], case, arguments)
                else:
                    compare(*sides, case, arguments)
            except Failed as failure:
                print(f"{case.upper()} failed: {failure}", flush=True)
    finally:
        for gateway in (*sides, many):
            gateway.stop()
        mock.terminate()
        mock.wait()


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"bench: {failure}")
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
