"""Writes sigv4.json: random requests, signed by botocore's own signer. Needs botocore: python3 sigv4-vectors.py > sigv4.json"""

import datetime
import json
import random
import string
import sys
from unittest import mock
from urllib.parse import quote

import botocore
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGIONS = ["us-east-1", "eu-central-1", "ap-northeast-1", "us-gov-west-1"]
MODELS = [
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0",
    "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123def456",
    "amazon.nova-pro-v1:0",
    "a model+with%odd~chars/ü",
]
OPERATIONS = ["converse", "converse-stream", "invoke", "invoke-with-response-stream", "count-tokens"]
HOSTS = ["bedrock-runtime.us-east-1.amazonaws.com", "127.0.0.1:8080", "bedrock.example.internal:8443"]
VALUES = ["application/json", "  padded   and \t spaced ", "text/plain; charset=utf-8", "x", "a,b , c"]


def word(rng, letters, least, most):
    return "".join(rng.choice(letters) for _ in range(rng.randint(least, most)))


def path(rng):
    model = rng.choice(MODELS)
    kind = rng.randrange(10)
    if kind == 0:
        return "/"
    if kind == 1:
        return "/a//b/./c/../" + quote(model, safe="") + "/"
    return "/model/" + quote(model, safe="-._~") + "/" + rng.choice(OPERATIONS)


def query(rng):
    if rng.random() < 0.7:
        return ""
    names = ["b", "a", "A", "a-b", "%C3%BC", "key"]
    pairs = []
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(names)
        pairs.append(name if rng.random() < 0.2 else name + "=" + quote(word(rng, "ab /=+ü", 0, 5), safe=""))
    return "?" + "&".join(pairs)


def vector(rng):
    token = word(rng, string.ascii_letters + string.digits + "+/=", 100, 300) if rng.random() < 0.5 else None
    key = Credentials(
        "AKIA" + word(rng, string.ascii_uppercase + string.digits, 16, 16),
        word(rng, string.ascii_letters + string.digits + "+/", 40, 40),
        token,
    )
    region = rng.choice(REGIONS)
    host = rng.choice(HOSTS)
    target = path(rng) + query(rng)
    headers = {}
    if rng.random() < 0.9:
        headers["Content-Type"] = rng.choice(VALUES)
    if rng.random() < 0.3:
        headers["X-Amzn-Bedrock-Accept"] = rng.choice(VALUES)
    if rng.random() < 0.3:
        headers["accept"] = rng.choice(VALUES)
    body = word(rng, string.printable + "üß€😀", 0, 400)
    now = datetime.datetime.fromtimestamp(rng.randint(1_600_000_000, 2_000_000_000), datetime.timezone.utc)
    method = rng.choice(["POST", "POST", "POST", "GET"])
    scheme = "http" if ":" in host else "https"
    request = AWSRequest(method=method, url=f"{scheme}://{host}{target}", headers=headers, data=body.encode())
    request.headers["Host"] = host
    with mock.patch("botocore.auth.get_current_datetime", lambda: now):
        SigV4Auth(key, "bedrock", region).add_auth(request)
    return {
        "id": key.access_key,
        "secret": key.secret_key,
        "token": token or "",
        "region": region,
        "method": method,
        "authority": host,
        "target": target,
        "fields": headers,
        "body": body,
        "epochSecond": int(now.timestamp()),
        "date": request.headers["X-Amz-Date"],
        "authorization": request.headers["Authorization"],
    }


def main():
    rng = random.Random(20261127)
    json.dump(
        {"by": "botocore " + botocore.__version__, "vectors": [vector(rng) for _ in range(200)]},
        sys.stdout,
        indent=0,
    )


main()
