"""Whether an answer is what a case expects. Each check returns what is wrong, or nothing."""

import json
import re
from datetime import datetime, timedelta, timezone

from . import certificates


def subject(value, expected):
    """Whether a value is as expected: exactly, or with a leading ~ by a search for the regular expression."""
    expected = str(expected)
    return re.search(expected[1:], value) is not None if expected.startswith("~") else value == expected


def now_placeholder(text):
    """%now+172800s:Mon, 02-Jan-06 15:04% in Go's layout."""

    def shown(match):
        at = datetime.now(timezone.utc) + timedelta(seconds=int(match[1]))
        layout = match[2]
        for go, python in (("Mon", "%a"), ("Jan", "%b"), ("2006", "%Y"), ("02", "%d"), ("06", "%y"), ("15", "%H"), ("04", "%M"), ("05", "%S")):
            layout = layout.replace(go, python)
        return at.strftime(layout)

    return re.sub(r"%now\+(\d+)s:([^%]+)%", shown, str(text))


def of_answer(answer, expect, run):
    """All that is wrong with one answer."""
    wrong = []
    if expect.get("connection") == "refused":
        return [] if answer.refused else ["the connection was not refused"]
    if answer.refused:
        return ["the connection was refused"]
    if "status" in expect and answer.status != expect["status"]:
        wrong.append(f"status {answer.status} instead of {expect['status']}")
    if "status_in" in expect and answer.status not in expect["status_in"]:
        wrong.append(f"status {answer.status}, none of {expect['status_in']}")
    if "grpc_status" in expect and answer.grpc_status != expect["grpc_status"]:
        wrong.append(f"gRPC status {answer.grpc_status} instead of {expect['grpc_status']}: {answer.all('grpc-message')}")
    if "grpc_status_not" in expect and answer.grpc_status in (None, expect["grpc_status_not"]):
        wrong.append(f"gRPC status {answer.grpc_status}")
    for name, value in (expect.get("headers") or {}).items():
        value = now_placeholder(value)
        if not any(subject(one, value) for one in answer.all(name)):
            wrong.append(f"{name}: {answer.all(name)} instead of {value!r}")
    for name in expect.get("headers_absent") or []:
        if answer.all(name):
            wrong.append(f"{name}: {answer.all(name)} instead of none")
    for name, value in (expect.get("headers_not") or {}).items():
        if any(subject(one, value) for one in answer.all(name)):
            wrong.append(f"{name}: {answer.all(name)}, which must not be {value!r}")
    for name, count in (expect.get("header_count") or {}).items():
        if len(answer.all(name)) != count:
            wrong.append(f"{name}: {len(answer.all(name))} times instead of {count}")
    if "body_contains" in expect and expect["body_contains"] not in answer.text():
        wrong.append(f"body {answer.text()[:120]!r} without {expect['body_contains']!r}")
    if "body_is" in expect and answer.text() != expect["body_is"]:
        wrong.append(f"body {answer.text()[:120]!r} instead of {expect['body_is']!r}")
    if "body_bytes" in expect and len(answer.body) != expect["body_bytes"]:
        wrong.append(f"body of {len(answer.body)} bytes instead of {expect['body_bytes']}")
    if "served_by" in expect and answer.all("X-Fixture-Backend") != [expect["served_by"]]:
        wrong.append(f"served by {answer.all('X-Fixture-Backend')} instead of {expect['served_by']}")
    if "elapsed_s" in expect and not expect["elapsed_s"][0] <= answer.elapsed <= expect["elapsed_s"][1]:
        wrong.append(f"took {answer.elapsed:.1f} s instead of {expect['elapsed_s']}")
    if "connection_reused" in expect and answer.reused != expect["connection_reused"]:
        wrong.append("on a new connection")
    if "backend_sees" in expect:
        seen = run.seen_by_backend(answer)
        wrong += ["the backend saw nothing"] if seen is None else of_request(seen, expect["backend_sees"], answer, "backend")
    if "auth_sees" in expect:
        seen = run.last_seen("authprobe")
        wrong += ["the auth service saw nothing"] if seen is None else of_request(seen, expect["auth_sees"], answer, "auth service")
    if "mirror_sees" in expect:
        wrong += of_mirror(expect["mirror_sees"], run, answer)
    if "tls" in expect:
        wrong += of_tls(answer, expect["tls"], run)
    return wrong


def of_request(seen, expect, answer, who):
    wrong = []
    for key in ("path", "host", "method", "tls", "client_cert", "http_version", "body", "proxied_for"):
        if key in expect and str(seen.get(key)) != str(expect[key]):
            wrong.append(f"the {who} saw {key} {seen.get(key)!r} instead of {expect[key]!r}")
    if "body_bytes" in expect and len(seen["body"]) != expect["body_bytes"]:
        wrong.append(f"the {who} saw a body of {len(seen['body'])} bytes instead of {expect['body_bytes']}")
    if expect.get("first_byte_before_last_sent") and not (seen["first_body_at"] or 1e12) < answer.last_sent_at:
        wrong.append(f"the {who} saw the body only once it was whole")
    for name, value in (expect.get("headers") or {}).items():
        got = [one for key, one in seen["headers"] if key.lower() == name.lower()]
        if value is None:
            if got:
                wrong.append(f"the {who} saw {name}: {got}")
        elif not any(subject(one, value) for one in got) or len(got) > 1:
            wrong.append(f"the {who} saw {name}: {got} instead of {value!r}")
    for name, value in (expect.get("fastcgi_params") or {}).items():
        got = seen.get("fastcgi_params", {}).get(name)
        if got != value:
            wrong.append(f"the {who} saw the parameter {name} {got!r} instead of {value!r}")
    for name in expect.get("headers_absent") or []:
        if any(key.lower() == name.lower() for key, _ in seen["headers"]):
            wrong.append(f"the {who} saw {name}")
    return wrong


def of_mirror(expect, run, answer):
    name = expect.get("backend", "mirror")
    calls = run.await_calls(name, expect.get("calls", 0))
    wrong = [] if "calls" not in expect or len(calls) == expect["calls"] else [f"the mirror saw {len(calls)} requests instead of {expect['calls']}"]
    rest = {key: value for key, value in expect.items() if key in ("path", "body", "host")}
    return wrong + (of_request(calls[-1], rest, answer, "mirror") if calls else [])


def of_tls(answer, expect, run):
    if answer.tls is None:
        return ["no TLS"]
    wrong = []
    said = certificates.describe(answer.der)
    for key in ("issuer_cn", "subject_cn", "subject_o"):
        if key in expect and not subject(said.get(key, ""), expect[key]):
            wrong.append(f"certificate {key} {said.get(key)!r} instead of {expect[key]!r}")
    if "dns_names" in expect and sorted(said["dns_names"]) != sorted(expect["dns_names"]):
        wrong.append(f"certificate for {said['dns_names']} instead of {expect['dns_names']}")
    if "cert_of" in expect and answer.der != run.certificate_of(expect["cert_of"]):
        wrong.append(f"certificate {said} is not that of {expect['cert_of']}")
    if "resumed" in expect and answer.resumed != expect["resumed"]:
        wrong.append(f"session resumed: {answer.resumed}")
    if "ticket_issued" in expect and bool(answer.session and answer.session.has_ticket) != expect["ticket_issued"]:
        wrong.append(f"ticket issued: {bool(answer.session and answer.session.has_ticket)}")
    if "ocsp" in expect:
        wrong.append("no OCSP response was looked for")
    return wrong


def of_all(answers, expect, number, run):
    """What is wrong with the answers to one repeated request, taken together."""
    wrong = []
    pods = [pod for answer in answers for pod in answer.all("X-Fixture-Pod")]
    if "distribution" in expect:
        for backend, (least, most) in expect["distribution"].items():
            share = 100 * sum(answer.all("X-Fixture-Backend") == [backend] for answer in answers) / len(answers)
            if not least <= share <= most:
                wrong.append(f"{share:.0f} % to {backend} instead of {least} to {most} %")
    if "distinct_pods" in expect and len(set(pods)) != expect["distinct_pods"]:
        wrong.append(f"{len(set(pods))} pods instead of {expect['distinct_pods']}")
    if "same_pod_as" in expect and set(pods) != run.pods_of[expect["same_pod_as"]]:
        wrong.append(f"served by {set(pods)} instead of {run.pods_of[expect['same_pod_as']]}")
    if "other_pod_than" in expect and set(pods) & run.pods_of[expect["other_pod_than"]]:
        wrong.append(f"served by the pod of request {expect['other_pod_than']}")
    if "auth_calls" in expect:
        calls = len(run.calls("authprobe"))
        if calls != expect["auth_calls"]:
            wrong.append(f"the auth service was asked {calls} times instead of {expect['auth_calls']}")
    for status, count in (expect.get("status_counts") or {}).items():
        got = sum(answer.status == int(status) for answer in answers)
        if got != count:
            wrong.append(f"{got} answers with {status} instead of {count}")
    run.pods_of[number] = set(pods)
    return wrong


def parsed(answer):
    try:
        return json.loads(answer.text())
    except ValueError:
        return None
