"""Unary calls of gRPC over HTTP/2, from both sides: as the cases' client, and as the service that they name."""

import json
import socket
import ssl
import struct
import threading
import time

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

PIECE = 65536


def message(text):
    body = text.encode()
    return struct.pack("!BI", 0, len(body)) + body


class GrpcPod:
    """One endpoint that speaks gRPC. Its answer is as late as the message says, in seconds."""

    def __init__(self, backend, number, address, tls=None, port_name="grpc"):
        self.backend, self.tls, self.port_name = backend, tls, port_name
        self.name = f"{backend}-{number}"
        self.seen, self.sockets = [], set()
        self.listener = socket.create_server(address, backlog=64)
        self.address, self.port = self.listener.getsockname()
        if tls:
            tls.set_alpn_protocols(["h2"])
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
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.sockets.add(connection)
            h2 = H2Connection(config=H2Configuration(client_side=False, header_encoding="utf-8"))
            h2.initiate_connection()
            connection.sendall(h2.data_to_send())
            streams = {}
            while data := connection.recv(PIECE):
                for event in h2.receive_data(data):
                    self.on(event, h2, streams)
                connection.sendall(h2.data_to_send())
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def on(self, event, h2, streams):
        if isinstance(event, RequestReceived):
            fields = dict(event.headers)
            streams[event.stream_id] = {
                "method": fields[":method"], "path": fields[":path"], "host": fields[":authority"], "headers": event.headers,
                "body": "", "http_version": "2", "backend": self.backend, "pod": self.name, "tls": self.tls is not None}
        elif isinstance(event, DataReceived):
            streams[event.stream_id]["body"] += event.data[5:].decode()
            h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded) and event.stream_id in streams:
            self.answer(h2, event.stream_id, streams.pop(event.stream_id))

    def answer(self, h2, stream, request):
        self.seen.append(request)
        time.sleep(float(request["body"] or 0))
        h2.send_headers(stream, [
            (":status", "200"), ("content-type", "application/grpc"),
            ("x-fixture-backend", self.backend), ("x-fixture-pod", self.name)])
        h2.send_data(stream, message(json.dumps({"path": request["path"]})))
        h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for one in list(self.sockets):
            one.close()


def call(connection, request, answer):
    """Sends one unary call on a connection, and reads its answer."""
    h2 = H2Connection(config=H2Configuration(client_side=True, header_encoding="utf-8"))
    h2.initiate_connection()
    path = request["path"] if request["path"].startswith("/") else "/" + request["path"]
    fields = {name.lower(): value for name, value in (request.get("headers") or {}).items()}
    h2.send_headers(1, [
        (":method", "POST"), (":scheme", request.get("scheme", "http")), (":path", path), (":authority", request["host"]),
        ("te", "trailers"), ("content-type", "application/grpc"), *fields.items()])
    h2.send_data(1, message(str(request.get("grpc_delay_s", 0))), end_stream=True)
    connection.sendall(h2.data_to_send())
    while data := connection.recv(PIECE):
        for event in h2.receive_data(data):
            if isinstance(event, (ResponseReceived, TrailersReceived)):
                answer.headers += [one for one in event.headers if not one[0].startswith(":")]
                answer.status = int(dict(event.headers).get(":status", answer.status))
            elif isinstance(event, DataReceived):
                answer.body += event.data
                h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamReset):
                raise ConnectionError(f"the call was reset with {event.error_code}")
            elif isinstance(event, StreamEnded):
                answer.grpc_status = int((answer.all("grpc-status") or ["-1"])[0])
                return
        connection.sendall(h2.data_to_send())
    raise ConnectionError("no answer: the connection was closed")
