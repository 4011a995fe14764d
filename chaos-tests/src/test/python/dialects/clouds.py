"""Bedrock and Vertex AI: requests are signed, and checked by the clouds' own libraries (botocore, google-auth); what Bedrock is asked
and answers is held to the service's own description in botocore.
"""

import base64
import binascii
import functools
import json
import struct
import time

import strict

REGION = "eu-west-1"
# Made up for these tests; the secret is nobody's.
AWS_KEY = {"AccessKeyId": "AKIAFARAWAY0123456789", "SecretAccessKey": "far-away-secret-0123456789/abc+def"}
PROJECT, LOCATION = "far-project", "europe-west4"
ACCOUNT = "far@far-project.iam.gserviceaccount.com"
ACCESS_TOKEN = "ya29.far-access-token-0123456789"


@functools.cache
def service():
    import botocore.session
    return botocore.session.get_session().get_service_model("bedrock-runtime")


def operation(path):
    name = {"converse": "Converse", "converse-stream": "ConverseStream", "invoke": "InvokeModel",
            "invoke-with-response-stream": "InvokeModelWithResponseStream"}[path.rsplit("/", 1)[1]]
    return service().operation_model(name)


def signed(method, url, headers, body):
    """Refuses a request whose signature is not the one that botocore makes of it."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    stated = headers["Authorization"] or ""
    needed(stated.startswith("AWS4-"), "not signed")
    algorithm, _, fields = stated.partition(" ")
    fields = dict(field.strip().split("=", 1) for field in fields.split(","))
    needed(algorithm == "AWS4-HMAC-SHA256", stated)
    names = fields["SignedHeaders"].split(";")
    needed({"host", "x-amz-date"} <= set(names), f"signed are {names}")
    request = AWSRequest(method=method, url=url, data=body, headers={name: headers[name] for name in names})
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.context["payload_signing_enabled"] = True
    signer = SigV4Auth(Credentials(AWS_KEY["AccessKeyId"], AWS_KEY["SecretAccessKey"]), "bedrock", REGION)
    canonical = signer.canonical_request(request)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    needed(fields["Credential"] == signer.scope(request), fields["Credential"])
    needed(fields["Signature"] == expected, f"the signature is not that of {canonical!r}")
    age = time.time() - time.mktime(time.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")) + time.timezone
    needed(abs(age) < 300, f"signed {age} s ago")


def needed(condition, why):
    if not condition:
        raise strict.Unfit(why)


def wire(value, shape):
    """What JSON carries as a text, as botocore's own types have it."""
    if shape.type_name == "blob":
        return base64.b64decode(value, validate=True)
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        return {name: wire(one, shape.members[name]) if name in shape.members else one for name, one in value.items()}
    if shape.type_name == "list":
        return [wire(one, shape.member) for one in value]
    return value


def held(value, shape):
    from botocore.validate import ParamValidator
    report = ParamValidator().validate(wire(value, shape), shape)
    needed(not report.has_errors(), report.generate_report())
    unknown(value, shape, "")


def unknown(value, shape, at):
    """botocore's validator reads over fields that a service does not have."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        for name, one in value.items():
            needed(name in shape.members, f"{at}.{name}: not a field of {shape.name}")
            unknown(one, shape.members[name], f"{at}.{name}")
    elif shape.type_name == "list":
        for i, one in enumerate(value):
            unknown(one, shape.member, f"{at}[{i}]")


def frame(event_type, document):
    """A message of application/vnd.amazon.eventstream."""
    headers = b""
    for name, value in ((":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps(document).encode()
    prelude = struct.pack(">II", len(headers) + len(payload) + 16, len(headers))
    prelude += struct.pack(">I", binascii.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))


def parsed(frames):
    """What botocore reads in frames."""
    from botocore.eventstream import EventStreamBuffer
    buffer = EventStreamBuffer()
    buffer.add_data(frames)
    return [(message.headers[":event-type"], json.loads(message.payload)) for message in buffer]


class Converse:
    """Bedrock's own dialect; `claude` is whether Claude answers, who thinks before a call."""

    stream_type = "application/vnd.amazon.eventstream"

    class types:  # noqa: N801 as strict's are named
        @staticmethod
        def request(body, path):
            model = path.split("/")[2]
            held({**body, "modelId": model}, operation(path).input_shape)

        @staticmethod
        def answer(document):
            held(document, service().operation_model("Converse").output_shape)

        @staticmethod
        def event(event):
            held(event, service().operation_model("ConverseStream").output_shape.members["stream"])

    def __init__(self, said):
        self.said = said  # scenario and halves of providers.py, and its signature
        self.claude = True

    def admit(self, handler, raw):
        signed("POST", f"http://{handler.headers['Host']}{handler.path}", handler.headers, raw)

    def look(self, path, body):
        self.claude = "claude" in path
        needed(body["inferenceConfig"]["maxTokens"] >= 1, "no cap")
        text, results, image, thought = "", [], False, False
        called = set()
        for message in body["messages"]:
            for block in message["content"]:
                if "toolUse" in block:
                    called.add(block["toolUse"]["toolUseId"])
                elif "toolResult" in block:
                    needed(block["toolResult"]["toolUseId"] in called, "result of a call that nobody made")
                    results.append(json.dumps(block["toolResult"]["content"]))
                elif "reasoningContent" in block:
                    thought |= block["reasoningContent"]["reasoningText"]["signature"] == self.said.SIGNATURE
                elif "image" in block:
                    image |= block["image"]["format"] == "png"
                elif message["role"] == "user":
                    text += block.get("text", "")
        needed(image or "picture" not in text, "no picture")
        if results and self.claude and "without thoughts" not in text:
            needed(thought, "the thought before the tool's call has lost its signature")
        config = body.get("toolConfig", {})
        tools = [tool["toolSpec"]["name"] for tool in config.get("tools", [])]
        wants = body.get("outputConfig", {}).get("textFormat", {}).get("type") == "json_schema"
        choice = config.get("toolChoice", {})
        forced = choice["tool"]["name"] if "tool" in choice else tools[0] if "any" in choice else None
        return self.said.scenario(text, results, tools, wants, forced), path.endswith("-stream")

    def blocks(self, kind, what):
        if kind == "text":
            return [{"text": what}]
        city, name = what
        thought = {"reasoningContent": {"reasoningText": {"text": "Look it up.", "signature": self.said.SIGNATURE}}}
        call = {"toolUse": {"toolUseId": "tooluse_1", "name": name, "input": city}}
        return [thought, call] if self.claude and name == "get_weather" else [call]

    @staticmethod
    def usage():
        return {"inputTokens": 16, "outputTokens": 7, "totalTokens": 27, "cacheReadInputTokens": 4, "cacheWriteInputTokens": 0}

    def whole(self, kind, what):
        return {"output": {"message": {"role": "assistant", "content": self.blocks(kind, what)}},
                "stopReason": "end_turn" if kind == "text" else "tool_use", "usage": self.usage(), "metrics": {"latencyMs": 5}}

    def events(self, kind, what):
        yield {"messageStart": {"role": "assistant"}}
        for index, block in enumerate(self.blocks(kind, what)):
            deltas = []
            if "text" in block:
                deltas = [{"text": half} for half in self.said.halves(block["text"])]
            elif "reasoningContent" in block:
                words = block["reasoningContent"]["reasoningText"]
                deltas = [{"reasoningContent": {"text": half}} for half in self.said.halves(words["text"])]
                deltas += [{"reasoningContent": {"signature": words["signature"]}}]
            else:
                use = block["toolUse"]
                start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
                yield {"contentBlockStart": {"contentBlockIndex": index, "start": start}}
                deltas = [{"toolUse": {"input": half}} for half in self.said.halves(json.dumps(use["input"]))]
            for delta in deltas:
                yield {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}
            yield {"contentBlockStop": {"contentBlockIndex": index}}
        yield {"messageStop": {"stopReason": "end_turn" if kind == "text" else "tool_use"}}
        yield {"metadata": {"usage": self.usage(), "metrics": {"latencyMs": 5}}}

    def stream(self, events):
        frames = b"".join(frame(*next(iter(event.items()))) for event in events)
        needed(parsed(frames) == [next(iter(event.items())) for event in events], "botocore reads other frames")
        yield frames

    @staticmethod
    def error(status):
        return {"message": "slow down"}

    @staticmethod
    def error_fields(status):
        return {"x-amzn-ErrorType": "ThrottlingException"}


class InvokedClaude:
    """Claude at Bedrock, with bodies of its own; a stream comes in frames that hold its events."""

    stream_type = Converse.stream_type
    error, error_fields, admit = staticmethod(Converse.error), staticmethod(Converse.error_fields), Converse.admit

    def __init__(self, claude):
        self.claude = claude
        self.types = self
        self.answer, self.event, self.events, self.whole = claude.types.answer, claude.types.event, claude.events, claude.whole

    def request(self, body, path):
        needed(body["anthropic_version"] == "bedrock-2023-05-31", body["anthropic_version"])
        needed("model" not in body and "stream" not in body, "model or stream")
        self.claude.types.request(self.as_claudes(body), path)

    @staticmethod
    def as_claudes(body):
        return {name: value for name, value in body.items() if name not in ("anthropic_version", "anthropic_beta")} | {"model": "claude-sonnet-4-5"}

    def look(self, path, body):
        what, _ = self.claude.look(path, self.as_claudes(body))
        return what, path.endswith("stream")

    def stream(self, events):
        shape = service().operation_model("InvokeModelWithResponseStream").output_shape.members["body"]
        frames = b""
        for event in events:
            chunk = {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}
            held({"chunk": chunk}, shape)
            frames += frame("chunk", chunk)
        needed(len(parsed(frames)) == len(events), "botocore reads other frames")
        yield frames


class Vertex:
    """A model of another dialect at Vertex AI, for who has a token that was given out for a service account's word."""

    def __init__(self, dialect, publisher):
        self.dialect = dialect
        self.publisher = publisher
        self.types = dialect.types if publisher == "google" else self
        self.answer, self.event, self.events, self.whole = dialect.types.answer, dialect.types.event, dialect.events, dialect.whole
        self.stream, self.stream_type, self.error = dialect.stream, dialect.stream_type, dialect.error

    def admit(self, handler, raw):
        needed(handler.headers["Authorization"] == "Bearer " + ACCESS_TOKEN, "no token of ours")
        needed(handler.path.startswith(f"/v1/projects/{PROJECT}/locations/{LOCATION}/publishers/{self.publisher}/models/"), handler.path)

    def request(self, body, path):
        needed(body["anthropic_version"] == "vertex-2023-10-16", body["anthropic_version"])
        needed("model" not in body, "model")
        self.dialect.types.request(self.as_claudes(body), path)

    @staticmethod
    def as_claudes(body):
        return {name: value for name, value in body.items() if name != "anthropic_version"} | {"model": "claude-sonnet-4-5"}

    def look(self, path, body):
        if self.publisher == "google":
            return self.dialect.look(path, body)
        what, streams = self.dialect.look(path, self.as_claudes(body))
        needed(path.endswith(":streamRawPredict" if streams else ":rawPredict"), path)
        return what, streams


class Accounts:
    """The keys of the service account, and the endpoint that gives a token for what is signed with them."""

    def __init__(self):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
        self.public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def file(self, url):
        return {"type": "service_account", "project_id": PROJECT, "private_key_id": "far-key", "private_key": self.private,
                "client_email": ACCOUNT, "token_uri": url + "/token"}

    def token(self, form):
        """A token for an assertion that google-auth accepts."""
        from google.auth import jwt
        needed(form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"], form["grant_type"])
        claims = jwt.decode(form["assertion"][0], certs={"far-key": self.public}, audience="https://oauth2.googleapis.com/token")
        needed(claims["iss"] == ACCOUNT and claims["scope"] == "https://www.googleapis.com/auth/cloud-platform", claims)
        needed(claims["exp"] - claims["iat"] <= 3600, claims)
        return {"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"}
