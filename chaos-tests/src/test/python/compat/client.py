"""Requests over raw sockets, so that nothing is added, followed or normalised."""

import socket
import ssl
import time

OPEN_SECONDS = 5


class Answer:
    """What came back on one request."""

    def __init__(self):
        self.status, self.headers, self.body = 0, [], b""
        self.refused = False
        self.reused = False
        self.elapsed = 0.0
        self.last_sent_at = 0.0
        self.tls = None
        self.session = None
        self.grpc_status = None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def text(self):
        return self.body.decode("utf-8", "replace")


class Client:
    """A client of one case: its connections that are used again, and its TLS sessions."""

    def __init__(self, address, ports):
        self.address, self.ports = address, ports
        self.kept, self.sessions, self.begun = {}, {}, set()

    def close(self):
        for connection, _ in self.kept.values():
            connection.close()
        self.kept.clear()

    def port(self, request):
        scheme = request.get("scheme", "http")
        port = request.get("port")
        return self.ports.get(port, port) if port else self.ports[443 if scheme == "https" else 80]

    def dial(self, request):
        """A port that is declared with the case opens a moment after the case is served."""
        until = time.monotonic() + (OPEN_SECONDS if request.get("port") and request["port"] not in self.ports else 0)
        while True:
            try:
                return socket.create_connection((self.address, self.port(request)), timeout=100)
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def connect(self, request, certificates):
        connection = self.dial(request)
        if request.get("proxy_protocol"):
            connection.sendall(request["proxy_protocol"].encode() + b"\r\n")
        if request.get("scheme") != "https":
            return connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2" if request["method"] == "GRPC" else "http/1.1"])
        if str(request.get("tls_max", "")) == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if request.get("client_cert"):
            context.load_cert_chain(*certificates[request["client_cert"]])
        session = None
        if request.get("resume_tls_session"):
            context, session = self.sessions[request["resume_tls_session"]]
        name = request.get("sni", request.get("host"))
        secured = context.wrap_socket(connection, server_hostname=name, session=session)
        if request.get("save_tls_session"):
            self.sessions[request["save_tls_session"]] = (context, secured.session)
        return secured

    def send(self, request, certificates):
        """Sends one request and reads its answer."""
        answer = Answer()
        if request["method"] == "GRPC":
            from . import grpc

            with self.connect(request, certificates) as connection:
                grpc.call(connection, request, answer)
            return answer
        begun = time.monotonic()
        kept = self.kept.pop(request.get("connection"), None)
        try:
            connection, reader = kept or (None, None)
            if connection is None:
                connection = self.connect(request, certificates)
                reader = connection.makefile("rb")
            answer.reused = kept is not None or request.get("connection") not in self.begun
            self.begun.add(request.get("connection"))
        except ConnectionRefusedError:
            answer.refused = True
            return answer
        try:
            self.write(connection, request, answer)
        except (BrokenPipeError, ConnectionResetError):
            pass  # an early refusal: its answer may be there all the same
        read(reader, request["method"], answer)
        answer.elapsed = time.monotonic() - begun
        if isinstance(connection, ssl.SSLSocket):
            answer.tls = connection
            answer.session = connection.session
            answer.resumed = connection.session_reused
            answer.der = connection.getpeercert(binary_form=True)
        if request.get("connection") and answer.all("Connection") != ["close"]:
            self.kept[request["connection"]] = (connection, reader)
        else:
            connection.close()
        return answer

    def write(self, connection, request, answer):
        body = request.get("body")
        fields = dict(request.get("headers") or {})
        head = [f"{request['method']} {request['path']} HTTP/1.1", f"Host: {request.get('host', self.address)}"]
        if not request.get("connection"):
            head.append("Connection: close")
        head += [f"{name}: {value}" for name, value in fields.items()]
        if isinstance(body, dict) and "bytes" in body:
            body = "x" * body["bytes"]
        chunks = body.get("chunks") if isinstance(body, dict) else None
        if chunks:
            head.append("Transfer-Encoding: chunked")
        elif body is not None:
            head.append(f"Content-Length: {len(body)}")
        connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))
        if chunks:
            for number, chunk in enumerate(chunks):
                if number:
                    time.sleep(request["body"].get("pause_s", 0))
                answer.last_sent_at = time.monotonic()
                connection.sendall(f"{len(chunk):x}\r\n{chunk}\r\n".encode())
            connection.sendall(b"0\r\n\r\n")
        elif body:
            connection.sendall(body.encode("latin-1"))


def read(reader, method, answer):
    """Reads one answer; interim ones are passed over."""
    while True:
        line = reader.readline().decode("latin-1").rstrip("\r\n")
        if not line:
            raise ConnectionError("no answer: the connection was closed")
        answer.status = int(line.split(" ")[1])
        answer.headers = []
        while line := reader.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            answer.headers.append((name, value.strip()))
        if answer.status >= 200:
            break
    if method == "HEAD" or answer.status in (204, 304):
        return
    if [one.lower() for one in answer.all("Transfer-Encoding")] == ["chunked"]:
        while True:
            size = int(reader.readline().split(b";")[0], 16)
            if size == 0:
                reader.readline()
                return
            answer.body += reader.read(size)
            reader.readline()
    elif answer.all("Content-Length"):
        answer.body = reader.read(int(answer.all("Content-Length")[0]))
    else:
        answer.body = reader.read()
