"""Lets schemathesis loose on the admin API: python admin_api.py URL TOKEN MAX_EXAMPLES"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
]

# 428 is what RFC 6585 has for a missing If-Match; 412, and 414 for a path that is too long, are refusals too.
SETTINGS = """
[checks.missing_required_header]
expected-statuses = ["400", "401", "415", "428"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "414", "415", "422", "428"]
"""


# Names that schemathesis tries first, so that it meets something there.
THERE = [
    ("/tenants", {"name": "0", "limits": [{"unit": "requests", "amount": 9, "window": "none"}]}),
    ("/tenants/0/teams", {"name": "0"}),
    ("/tenants/0/keys", {"name": "0"}),
    ("/tenants/0/teams/0/keys", {"name": "0"}),
]


def create(url: str, token: str, body: dict) -> None:
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=30).close()


def main() -> int:
    url, token, examples = sys.argv[1:4]
    for path, body in THERE:
        create(url + path, token, body)
    with tempfile.TemporaryDirectory() as folder:
        document = os.path.join(folder, "openapi.json")
        request = urllib.request.Request(
            url + "/openapi.json", headers={"Authorization": "Bearer " + token}
        )
        with urllib.request.urlopen(request, timeout=30) as answer, open(document, "wb") as file:
            file.write(answer.read())
        settings = os.path.join(folder, "schemathesis.toml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(SETTINGS)
        return subprocess.run(
            [
                os.path.join(os.path.dirname(sys.executable), "schemathesis"),
                "--config-file", settings,
                "run", document,
                "--url", url,
                "--header", "Authorization: Bearer " + token,
                "--phases", "examples,coverage,fuzzing",
                "--max-examples", examples,
                "--seed", "1",
                "--checks", ",".join(CHECKS),
                "--generation-database", "none",
                "--request-timeout", "30",
                "--no-color",
            ],
            cwd=folder,
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
