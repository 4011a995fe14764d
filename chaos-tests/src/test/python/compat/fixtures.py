"""Backends that the cases name: small HTTP/1.1 servers that say what they were asked."""

import json
import re
import socket
import ssl
import threading
import time
from urllib.parse import parse_qsl, unquote

LONGEST_HEAD = 1 << 20


class Pod:
    """One endpoint: listens on a port of its own, and keeps what it was asked."""

    def __init__(self, backend, number, fixture, tls=None, address=("127.0.0.1", 0), proxied=False):
        """proxied: whether connections begin with a header of the PROXY protocol."""
        self.proxied = proxied
        self.backend, self.fixture, self.tls = backend, fixture, tls
        self.name = f"{backend}-{number}"
        self.seen = []
        self.sockets = set()
        self.listener = socket.create_server(address, backlog=256)
        self.address, self.port = self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        self.sockets.add(connection)
        try:
            connection.settimeout(120)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.sockets.add(connection)
            reader = connection.makefile("rb")
            told = reader.readline(LONGEST_HEAD).decode("latin-1").split(" ") if self.proxied else None
            while self.answer(connection, reader, told):
                pass
        except (OSError, ValueError, ssl.SSLError):
            pass
        finally:
            self.sockets.discard(connection)
            connection.close()

    def close(self):
        # A blocked accept keeps the port open: shutting the listener down first ends it.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for one in list(self.sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def answer(self, connection, reader, told):
        request = read_request(reader)
        if request is None:
            return False
        request.update(backend=self.backend, pod=self.name, tls=self.tls is not None)
        if self.tls:
            request["client_cert"] = connection.getpeercert(binary_form=True) is not None
        if told:
            request["proxied_for"] = told[2]
        self.seen.append(request)
        status, fields, body = FIXTURES[self.fixture](request)
        head = [f"HTTP/1.1 {status} Fixture", f"X-Fixture-Backend: {self.backend}", f"X-Fixture-Pod: {self.name}"]
        head += [f"{name}: {value}" for name, value in fields]
        head.append(f"Content-Length: {len(body)}")
        connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + (b"" if request["method"] == "HEAD" else body))
        return request["http_version"] == "1.1" and request["fields"].get("connection", "").lower() != "close"


def read_request(reader):
    line = reader.readline(LONGEST_HEAD).decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    method, path, version = line.split(" ")
    headers = []
    while True:
        line = reader.readline(LONGEST_HEAD).decode("latin-1").rstrip("\r\n")
        if not line:
            break
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    fields = {name.lower(): value for name, value in headers}
    body, first_at = b"", None
    if fields.get("transfer-encoding", "").lower() == "chunked":
        while True:
            size = int(reader.readline().split(b";")[0], 16)
            if size == 0:
                reader.readline()
                break
            piece = reader.read(size)
            first_at = first_at or time.monotonic()
            body += piece
            reader.readline()
    elif fields.get("content-length"):
        left = int(fields["content-length"])
        while left > 0:
            piece = reader.read1(left)
            if not piece:
                raise ValueError("cut")
            first_at = first_at or time.monotonic()
            body += piece
            left -= len(piece)
    return {
        "method": method,
        "path": path,
        "http_version": version.partition("/")[2],
        "host": fields.get("host", ""),
        "headers": headers,
        "fields": fields,
        "body": body.decode("latin-1"),
        "first_body_at": first_at,
    }


def echo(request):
    return 200, [("Content-Type", "application/json")], json.dumps(request).encode()


def httpbun(request):
    path, _, query = request["path"].partition("?")
    path = unquote(path)
    html = b"<html><body>" + b"text " * 300 + b"</body></html>"
    xml = b"<?xml version='1.0'?><slides>" + b"<slide/>" * 200 + b"</slides>"
    if match := re.fullmatch(r"/status/(\d{3})", path):
        return int(match[1]), [], b""
    if match := re.fullmatch(r"/bytes/(\d+)", path):
        return 200, [("Content-Type", "application/octet-stream")], b"x" * int(match[1])
    if path == "/xml":
        return 200, [("Content-Type", "application/xml")], xml
    if path == "/html":
        return 200, [("Content-Type", "text/html")], html
    if path == "/response-headers":
        return 200, [("Content-Type", "application/json"), *parse_qsl(query)], b"{}"
    if match := re.fullmatch(r"/basic-auth/([^/]+)/([^/]+)", path):
        import base64

        given = base64.b64encode(f"{match[1]}:{match[2]}".encode()).decode()
        if request["fields"].get("authorization") == "Basic " + given:
            return 200, [], b"{}"
        return 401, [("WWW-Authenticate", 'Basic realm="httpbun"')], b""
    return echo(request)


def slow(request):
    if match := re.fullmatch(r"/sleep/(\d+)", request["path"]):
        time.sleep(int(match[1]))
    return echo(request)


def auth_cookie(request):
    path = request["path"].partition("?")[0]
    if match := re.fullmatch(r"/cookies/set/([^/]+)/([^/]+)", path):
        return 200, [("Set-Cookie", f"{match[1]}={match[2]}")], b""
    return (503 if path == "/error" else 200), [], b""


FIXTURES = {
    "echo": echo,
    "httpbun": httpbun,
    "slow": slow,
    "recorder": echo,
    "auth-cookie": auth_cookie,
    "always-502": lambda request: (502, [], b""),
}
