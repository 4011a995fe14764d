"""Providers of all dialects behind one port, each answering by what it is asked: see scenario.

Prints its address and the credential of each provider, then serves until its standard input ends. Each looks at the requests that it gets as strictly as the
provider would, and holds them and its own answers to the types of the provider's official SDK (strict.py): what it would refuse is
400, and the case fails.
"""

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import clouds
import strict
from scenario import CITY, SAID, WEATHER

SIGNATURE = "c2lnLTEyMw=="


class Bad(Exception):
    """The request is not what the provider takes."""


def need(condition, why):
    if not condition:
        raise Bad(why)


def scenario(text, tool_results, tools, wants_json, forced=None):
    """What to answer: a text, a tool to call (its input and its name), or a status. A tool may be the form of an answer: then it is forced."""
    if "please fail" in text:
        return "error", 429
    if "Which city?" in text and tools:
        need(forced == tools[0] and not wants_json, f"of the tools {tools}, {forced} is forced")
        return "tool", (CITY, forced)
    if tool_results:
        need("sunny" in tool_results[-1], f"the tool's result is {tool_results}")
        return "text", WEATHER
    if "weather" in text:
        need(tools == ["get_weather"], f"tools are {tools}")
        return "tool", (CITY, "get_weather")
    if wants_json:
        return "text", json.dumps(CITY)
    return "text", SAID


def halves(text):
    middle = len(text) // 2
    return text[:middle], text[middle:]


class WithKey:
    """Takes a request that carries its own key, and no other."""

    def admit(self, handler, raw):
        need(handler.headers[self.field] == self.scheme + self.key, f"{self.field}: {handler.headers[self.field]}")
        keys = [value for value in handler.headers.values() if "sk-" in value or "ya29" in value or "AKIA" in value]
        need(keys == [self.scheme + self.key], f"keys are {keys}")


class OpenAi(WithKey):
    types = strict.OpenAi
    field, scheme, key = "Authorization", "Bearer ", "sk-far-openai-0123456789"

    def look(self, path, body):
        need(body["model"] == "far-openai", body["model"])
        need(body.get("max_tokens") or body.get("max_completion_tokens"), "no cap")
        text, results, image = "", [], False
        called = set()
        for message in body["messages"]:
            content = message.get("content")
            if message["role"] == "tool":
                need(message["tool_call_id"] in called, "result of a call that nobody made")
                results.append(content if isinstance(content, str) else content[0]["text"])
            for call in message.get("tool_calls") or []:
                need(isinstance(json.loads(call["function"]["arguments"]), dict), "arguments")
                called.add(call["id"])
            if message["role"] == "user":
                parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
                text += " ".join(part.get("text", "") for part in parts)
                image |= any(
                    part["type"] == "image_url" and part["image_url"]["url"].startswith("data:image/png;base64,")
                    for part in parts)
        if "picture" in text:
            need(image, "no picture")
        tools = [tool["function"]["name"] for tool in body.get("tools", [])]
        wants = body.get("response_format", {}).get("type") == "json_schema"
        choice = body.get("tool_choice")
        forced = choice["function"]["name"] if isinstance(choice, dict) else tools[0] if choice == "required" else None
        return scenario(text, results, tools, wants, forced), body.get("stream", False)

    def whole(self, kind, what):
        message = {"role": "assistant", "content": what if kind == "text" else None}
        if kind == "tool":
            message["tool_calls"] = [self.call(json.dumps(what[0]), what[1])]
        return {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "far-openai",
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if kind == "tool" else "stop"}],
            "usage": self.usage(),
        }

    @staticmethod
    def call(arguments, name):
        return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}

    @staticmethod
    def usage():
        return {"prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27,
                "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}

    def events(self, kind, what):
        def chunk(delta, finish=None, **more):
            choice = [{"index": 0, "delta": delta, "finish_reason": finish}] if delta is not None else []
            return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "far-openai",
                    "choices": choice, **more}
        yield chunk({"role": "assistant", "content": ""})
        if kind == "text":
            for half in halves(what):
                yield chunk({"content": half})
            yield chunk({}, "stop")
        else:
            first, second = halves(json.dumps(what[0]))
            yield chunk({"tool_calls": [{"index": 0, **self.call(first, what[1])}]})
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": second}}]})
            yield chunk({}, "tool_calls")
        yield chunk(None, usage=self.usage())

    def stream(self, events):
        for event in events:
            yield f"data: {json.dumps(event)}\n\n"
        yield "data: [DONE]\n\n"

    stream_type = "text/event-stream"

    def error(self, status):
        return {"error": {"message": "slow down", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}


class Anthropic(WithKey):
    types = strict.Anthropic
    field, scheme, key = "x-api-key", "", "sk-far-anthropic-0123456789"

    def look(self, path, body):
        need(body["model"] == "claude-sonnet-4-5", body["model"])
        need(body["max_tokens"] >= 1, "no cap")
        text, results, image, signed = "", [], False, False
        called = set()
        for message in body["messages"]:
            content = message["content"]
            blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
            for block in blocks:
                if block["type"] == "tool_use":
                    need(isinstance(block["input"], dict), "input")
                    called.add(block["id"])
                elif block["type"] == "tool_result":
                    need(block["tool_use_id"] in called, "result of a call that nobody made")
                    inner = block["content"]
                    results.append(inner if isinstance(inner, str) else inner[0]["text"])
                elif block["type"] == "thinking":
                    signed |= block["signature"] == SIGNATURE and block["thinking"] == "Look it up."
                elif block["type"] == "text" and message["role"] == "user":
                    text += block["text"]
                elif block["type"] == "image":
                    image |= block["source"]["media_type"] == "image/png"
        if "picture" in text:
            need(image, "no picture")
        if results and "without thoughts" not in text:
            need(signed, "the thought before the tool's call has lost its signature")
        tools = [tool["name"] for tool in body.get("tools", [])]
        wants = body.get("output_config", {}).get("format", {}).get("type") == "json_schema"
        choice = body.get("tool_choice", {})
        forced = choice.get("name") or (tools[0] if choice.get("type") == "any" else None)
        return scenario(text, results, tools, wants, forced), body.get("stream", False)

    @staticmethod
    def blocks(kind, what):
        if kind == "text":
            return [{"type": "text", "text": what}]
        city, name = what
        call = {"type": "tool_use", "id": "toolu_1", "name": name, "input": city}
        # Claude does not think before a call that it is held to.
        thought = {"type": "thinking", "thinking": "Look it up.", "signature": SIGNATURE}
        return [thought, call] if name == "get_weather" else [call]

    @staticmethod
    def usage():
        return {"input_tokens": 16, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 4, "output_tokens": 7}

    def whole(self, kind, what):
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
                "content": self.blocks(kind, what), "stop_reason": "end_turn" if kind == "text" else "tool_use",
                "stop_sequence": None, "usage": self.usage()}

    def events(self, kind, what):
        start = {**self.whole("text", ""), "content": [], "stop_reason": None}
        start["usage"] = {**self.usage(), "output_tokens": 1}
        yield {"type": "message_start", "message": start}
        yield {"type": "ping"}
        for index, block in enumerate(self.blocks(kind, what)):
            empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}
            yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty[block["type"]]}}
            if block["type"] == "text":
                deltas = [{"type": "text_delta", "text": half} for half in halves(block["text"])]
            elif block["type"] == "thinking":
                deltas = [{"type": "thinking_delta", "thinking": half} for half in halves(block["thinking"])]
                deltas += [{"type": "signature_delta", "signature": block["signature"]}]
            else:
                deltas = [{"type": "input_json_delta", "partial_json": half} for half in halves(json.dumps(block["input"]))]
            for delta in deltas:
                yield {"type": "content_block_delta", "index": index, "delta": delta}
            yield {"type": "content_block_stop", "index": index}
        stop = {"stop_reason": "end_turn" if kind == "text" else "tool_use", "stop_sequence": None}
        yield {"type": "message_delta", "delta": stop, "usage": self.usage()}
        yield {"type": "message_stop"}

    def stream(self, events):
        for event in events:
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"

    stream_type = "text/event-stream"

    def error(self, status):
        return {"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}, "request_id": "r"}


class Gemini(WithKey):
    types = strict.Gemini
    field, scheme, key = "x-goog-api-key", "", "sk-far-gemini-0123456789"

    def look(self, path, body):
        need("/models/far-gemini:" in path, path)
        need(body["generationConfig"]["maxOutputTokens"] >= 1, "no cap")
        text, results, image, signed = "", [], False, False
        for content in body["contents"]:
            for part in content["parts"]:
                if "functionResponse" in part:
                    need(part["functionResponse"]["name"] == "get_weather", "name of the function")
                    results.append(json.dumps(part["functionResponse"]["response"]))
                elif "functionCall" in part:
                    signed |= part.get("thoughtSignature") == SIGNATURE
                elif "inlineData" in part:
                    data = part["inlineData"]
                    image |= (data.get("mimeType") or data["mime_type"]) == "image/png"
                elif content.get("role", "user") == "user":
                    text += part.get("text", "")
        if "picture" in text:
            need(image, "no picture")
        if results and "without thoughts" not in text:
            need(signed, "the call has lost its thought's signature")
        tools = [one["name"] for tool in body.get("tools", []) for one in tool["functionDeclarations"]]
        config = body["generationConfig"]
        wants = config.get("responseMimeType") == "application/json" and bool(
            config.get("responseJsonSchema") or config.get("responseSchema"))
        calling = body.get("toolConfig", {}).get("functionCallingConfig", {})
        forced = calling.get("allowedFunctionNames", tools)[0] if calling.get("mode") == "ANY" else None
        return scenario(text, results, tools, wants, forced), "stream" in path

    def chunk(self, part, finish=None, usage=None):
        candidate = {"content": {"role": "model", "parts": [part]}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "modelVersion": "far-gemini", "responseId": "r1",
                **({"usageMetadata": usage} if usage else {})}

    @staticmethod
    def usage():
        return {"promptTokenCount": 20, "cachedContentTokenCount": 4, "candidatesTokenCount": 5,
                "thoughtsTokenCount": 2, "totalTokenCount": 27}

    @staticmethod
    def part(kind, what):
        if kind == "text":
            return {"text": what}
        return {"functionCall": {"name": what[1], "args": what[0]}, "thoughtSignature": SIGNATURE}

    def whole(self, kind, what):
        return self.chunk(self.part(kind, what), "STOP", self.usage())

    def events(self, kind, what):
        if kind == "tool":
            yield self.chunk(self.part(kind, what), "STOP", self.usage())
            return
        first, second = halves(what)
        yield self.chunk({"text": first}, None, {"promptTokenCount": 20, "totalTokenCount": 20})
        yield self.chunk({"text": second}, "STOP", self.usage())

    def stream(self, events):
        for event in events:
            yield f"data: {json.dumps(event)}\r\n\r\n"

    stream_type = "text/event-stream"

    def error(self, status):
        return {"error": {"code": status, "message": "slow down", "status": "RESOURCE_EXHAUSTED",
                          "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}]}}


class Ollama(WithKey):
    types = strict.Ollama
    field, scheme, key = "Authorization", "Bearer ", "sk-far-ollama-0123456789"

    def look(self, path, body):
        need(body["model"] == "far-ollama", body["model"])
        need(body["options"]["num_predict"] >= 1, "no cap")
        text, results, image = "", [], False
        for message in body["messages"]:
            if message["role"] == "tool":
                results.append(message["content"])
            for call in message.get("tool_calls") or []:
                need(isinstance(call["function"]["arguments"], dict), "arguments")
            if message["role"] == "user":
                text += message["content"]
                image |= bool(message.get("images"))
        if "picture" in text:
            need(image, "no picture")
        tools = [tool["function"]["name"] for tool in body.get("tools") or []]
        return scenario(text, results, tools, isinstance(body.get("format"), dict)), body.get("stream", True)

    @staticmethod
    def line(message, done=False):
        line = {"model": "far-ollama", "created_at": "2026-01-31T00:00:00Z", "message": message, "done": done}
        if done:
            line |= {"done_reason": "stop", "total_duration": 5, "prompt_eval_count": 20, "eval_count": 7}
        return line

    @staticmethod
    def message(kind, what):
        if kind == "text":
            return {"role": "assistant", "content": what}
        call = {"function": {"name": what[1], "arguments": what[0]}}
        return {"role": "assistant", "content": "", "tool_calls": [call]}

    def whole(self, kind, what):
        return self.line(self.message(kind, what), True)

    def events(self, kind, what):
        pieces = halves(what) if kind == "text" else [what]
        for piece in pieces:
            yield self.line(self.message(kind, piece))
        yield self.line({"role": "assistant", "content": ""}, True)

    def stream(self, events):
        for event in events:
            yield json.dumps(event) + "\n"

    stream_type = "application/x-ndjson"

    def error(self, status):
        return {"error": "slow down"}


ACCOUNTS = clouds.Accounts()
DIALECTS = {
    "/v1/chat/completions": OpenAi(),
    "/v1/messages": Anthropic(),
    "/v1beta/": Gemini(),
    "/api/chat": Ollama(),
    "/model/.*/converse": clouds.Converse(sys.modules[__name__]),
    "/model/.*/invoke": clouds.InvokedClaude(Anthropic()),
    "/v1/projects/.*/google/": clouds.Vertex(Gemini(), "google"),
    "/v1/projects/.*/anthropic/": clouds.Vertex(Anthropic(), "anthropic"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self.token(raw)
            return
        body = json.loads(raw)
        dialect = next(one for path, one in DIALECTS.items() if re.match(path, self.path))
        for name, value in self.headers.items():
            if "sk-caller" in value:
                self.answer(400, "application/json", b'{"error":"the caller\'s key"}')
                return
        try:
            dialect.admit(self, raw)
            dialect.types.request(body, self.path)
            (kind, what), streams = dialect.look(self.path, body)
        except (Bad, strict.Unfit, KeyError, TypeError, ValueError) as e:
            self.refuse(e, body)
            return
        if kind == "error":
            more = getattr(dialect, "error_fields", lambda status: {})(what)
            self.answer(what, "application/json", json.dumps(dialect.error(what)).encode(), more)
        elif streams:
            events = list(dialect.events(kind, what))
            self.held(dialect.types.event, events)
            self.answer(200, dialect.stream_type, b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in dialect.stream(events)))
        else:
            document = dialect.whole(kind, what)
            self.held(dialect.types.answer, [document])
            self.answer(200, "application/json", json.dumps(document).encode())

    def held(self, to, documents):
        """Ends the request without an answer if one of ours is not what the SDK's types say."""
        for document in documents:
            try:
                to(document)
            except Exception as e:
                print(f"{self.path}: our own answer: {e}: {json.dumps(document)}", file=sys.stderr, flush=True)
                self.close_connection = True
                raise

    def refuse(self, failure, body):
        print(f"{self.path}: {failure!r}: {json.dumps(body)}", file=sys.stderr, flush=True)
        self.answer(400, "application/json", json.dumps({"error": {"message": repr(failure)}}).encode())

    def token(self, form):
        try:
            given = ACCOUNTS.token(parse_qs(form.decode()))
            self.answer(200, "application/json", json.dumps(given).encode())
        except Exception as e:  # noqa: BLE001 whatever google-auth says of it
            print(f"/token: {e!r}", file=sys.stderr, flush=True)
            self.answer(400, "application/json", json.dumps({"error": "invalid_grant", "error_description": repr(e)}).encode())

    def answer(self, status, content_type, body, more=None):
        self.send_response(status)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    aws, account = json.dumps(clouds.AWS_KEY), json.dumps(ACCOUNTS.file(url))
    keys = {"openai": OpenAi.key, "anthropic": Anthropic.key, "gemini": Gemini.key, "ollama": Ollama.key,
            "bedrock": aws, "nova": aws, "vertex": account, "vertex-claude": account}
    print(json.dumps({"url": url, "keys": keys}), flush=True)
    sys.stdin.read()
