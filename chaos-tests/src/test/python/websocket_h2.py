"""WebSocket over HTTP/2 (RFC 8441), by client and server libraries that nobody here wrote: h2 and wsproto.

Usage: websocket_h2.py HOST PORT AUTHORITY UPSTREAM_PORT. Serves WebSocket over HTTP/1.1 on UPSTREAM_PORT of 127.0.0.1, to which
the gateway at HOST:PORT routes AUTHORITY, and talks to it through the gateway over HTTP/2. Exit code 0 is success.
"""

import socket
import sys
import threading

import h2.config
import h2.connection
import h2.events
import h2.settings
import wsproto
import wsproto.connection
import wsproto.events
from wsproto.extensions import PerMessageDeflate

LARGE = "0123456789abcdef" * 20_000


def serve(listener):
    """Says back what it hears; a text "close" is answered by a close."""
    connection, _ = listener.accept()
    ws = wsproto.WSConnection(wsproto.ConnectionType.SERVER)
    text = ""
    while True:
        data = connection.recv(65536)
        ws.receive_data(data or None)
        for event in ws.events():
            if isinstance(event, wsproto.events.Request):
                answer = wsproto.events.AcceptConnection(subprotocol="chat", extensions=[PerMessageDeflate()])
                connection.sendall(ws.send(answer))
            elif isinstance(event, wsproto.events.TextMessage):
                text += event.data
                if event.message_finished:
                    connection.sendall(ws.send(wsproto.events.TextMessage(data=text)))
                    text = ""
            elif isinstance(event, wsproto.events.Ping):
                connection.sendall(ws.send(event.response()))
            elif isinstance(event, wsproto.events.CloseConnection):
                if ws.state is wsproto.connection.ConnectionState.REMOTE_CLOSING:
                    connection.sendall(ws.send(event.response()))
                connection.close()
                return
        if not data:
            return


class Client:
    """One stream of HTTP/2 that carries a WebSocket."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), 20)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.flush()
        self.events = []
        self.head = None
        self.ended = False
        self.ws = None
        while self.h2.remote_settings.enable_connect_protocol != 1:
            self.receive()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def receive(self):
        data = self.socket.recv(65536)
        assert data, "the connection ended"
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.head = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if event.data:
                    self.ws.receive_data(event.data)
                    self.events += self.ws.events()
            elif isinstance(event, h2.events.StreamEnded):
                self.ended = True
            elif isinstance(event, h2.events.StreamReset) and self.ended and event.error_code == 0:
                pass  # nobody is left who would take more: allowed behind a whole answer (RFC 9113, section 8.1)
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise AssertionError(event)
        self.flush()

    def open(self, authority):
        fields = [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/chat"), (":authority", authority),
                  ("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat"), ("sec-websocket-extensions", "permessage-deflate")]
        self.h2.send_headers(1, fields)
        self.flush()
        while self.head is None:
            self.receive()
        extension = PerMessageDeflate()
        offered = self.head.get("sec-websocket-extensions", "")
        extension.finalize(offered)
        self.ws = wsproto.connection.Connection(wsproto.ConnectionType.CLIENT, [extension] if offered else [])

    def send(self, event):
        data = self.ws.send(event)
        while data:
            room = min(self.h2.local_flow_control_window(1), self.h2.max_outbound_frame_size)
            if room > 0:
                self.h2.send_data(1, data[:room])
                self.flush()
                data = data[room:]
            else:
                self.receive()

    def next(self):
        while not self.events:
            self.receive()
        return self.events.pop(0)

    def text(self):
        text, event = "", None
        while event is None or not event.message_finished:
            event = self.next()
            text += event.data
        return text


def main(host, port, authority, upstream_port):
    listener = socket.create_server(("127.0.0.1", int(upstream_port)))
    listener.settimeout(20)
    server = threading.Thread(target=serve, args=(listener,), daemon=True)
    server.start()
    client = Client(host, int(port))
    client.open(authority)
    assert client.head[":status"] == "200", client.head
    assert client.head["sec-websocket-protocol"] == "chat", client.head
    assert "sec-websocket-accept" not in client.head, client.head
    for text in ("hello", "", "\u00e9\u4e16", LARGE):
        client.send(wsproto.events.TextMessage(data=text))
        assert client.text() == text
    client.send(wsproto.events.Ping(payload=b"there?"))
    assert client.next().payload == b"there?"
    client.send(wsproto.events.CloseConnection(code=1000, reason="done"))
    assert client.next().code == 1000
    while not client.ended:
        client.receive()
    server.join(20)
    assert not server.is_alive(), "the upstream's connection stays open"


if __name__ == "__main__":
    main(*sys.argv[1:])
