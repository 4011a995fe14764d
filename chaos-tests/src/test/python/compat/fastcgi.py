"""A backend that speaks FastCGI: greets, says what it was asked, and keeps that."""

import json
import struct

from .fixtures import Pod

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


class FastCgiPod(Pod):
    """One endpoint. Each connection carries one request."""

    def answer(self, connection, reader, told):
        params, body = b"", b""
        while True:
            header = reader.read(8)
            if len(header) < 8:
                return False
            _, kind, number, size, padding, _ = struct.unpack(">BBHHBB", header)
            content = reader.read(size)
            reader.read(padding)
            if kind == PARAMS:
                params += content
            elif kind == STDIN and content:
                body += content
            elif kind == STDIN:
                break
        self.reply(connection, number, pairs(params), body)
        return False

    def reply(self, connection, number, params, body):
        headers = [(name[5:].replace("_", "-"), value) for name, value in params.items() if name.startswith("HTTP_")]
        self.seen.append({
            "backend": self.backend, "pod": self.name, "tls": False, "method": params.get("REQUEST_METHOD", ""),
            "path": params.get("REQUEST_URI", ""), "host": params.get("HTTP_HOST", ""), "headers": headers,
            "fields": {name.lower(): value for name, value in headers}, "body": body.decode("latin-1"),
            "http_version": "", "fastcgi_params": params})
        fields = f"Content-Type: text/plain\r\nX-Fixture-Backend: {self.backend}\r\nX-Fixture-Pod: {self.name}\r\n\r\n"
        text = fields + "Hello world!\n" + json.dumps(params) + "\n"
        connection.sendall(record(STDOUT, number, text.encode("latin-1")) + record(STDOUT, number, b"") + record(END, number, bytes(8)))


def record(kind, number, content):
    return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content


def pairs(content):
    """Names and values, each length in one byte or, from 128 on, in four."""
    found, at = {}, 0
    while at < len(content):
        sizes = []
        for _ in range(2):
            if content[at] < 128:
                sizes.append(content[at])
                at += 1
            else:
                sizes.append(struct.unpack(">I", content[at:at + 4])[0] & 0x7FFFFFFF)
                at += 4
        name = content[at:at + sizes[0]].decode("latin-1")
        found[name] = content[at + sizes[0]:at + sum(sizes)].decode("latin-1")
        at += sum(sizes)
    return found
