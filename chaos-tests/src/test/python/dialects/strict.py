"""What providers take and answer, by the types of their official SDKs: no field that they don't have, no value of another type.

The SDKs themselves are lenient, so that they outlive changes of the API; this is not.
"""

import base64
import collections.abc
import functools
import json
import types as kinds
import typing

import typing_extensions

NAMED = (typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly,
         typing.Required, typing.NotRequired)
LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)


class Unfit(Exception):
    """A value that is not of its type."""


def fits(value, kind, at=""):
    """Refuses a value that is not what a parameter of an SDK may be."""
    origin = typing.get_origin(kind)
    if kind is typing.Any or kind is object or isinstance(kind, typing.TypeVar):
        return
    if origin in NAMED or origin is typing.Annotated:
        fits(value, typing.get_args(kind)[0], at)
    elif isinstance(kind, typing_extensions.TypeAliasType):
        fits(value, kind.__value__, at)
    elif origin is typing.Union or origin is kinds.UnionType:
        one_of(value, typing.get_args(kind), at)
    elif origin is typing.Literal or origin is typing_extensions.Literal:
        need(any(value == one and type(value) is type(one) for one in typing.get_args(kind)), at, kind, value)
    elif typing_extensions.is_typeddict(kind):
        typed_dict(value, kind, at)
    elif origin in LISTS:
        need(isinstance(value, list), at, kind, value)
        for i, one in enumerate(value):
            fits(one, typing.get_args(kind)[0], f"{at}[{i}]")
    elif origin in (dict, collections.abc.Mapping):
        need(isinstance(value, dict), at, kind, value)
        for name, one in value.items():
            fits(one, typing.get_args(kind)[1], f"{at}.{name}")
    elif kind is float:
        need(isinstance(value, (int, float)) and not isinstance(value, bool), at, kind, value)
    elif kind is None or kind is type(None):
        need(value is None, at, kind, value)
    else:
        need(isinstance(kind, type) and type(value) is kind, at, kind, value)


def need(condition, at, kind, value):
    if not condition:
        raise Unfit(f"{at}: {str(value)[:200]} is not {kind}")


def one_of(value, options, at):
    """The failure that is told is that of the option that came nearest: the one whose fields read furthest."""
    failures = []
    for option in options:
        try:
            return fits(value, option, at)
        except Unfit as failure:
            failures.append(str(failure))
    raise Unfit(max(failures, key=lambda failure: len(failure.split(":")[0])))


@functools.cache
def hints(kind):
    return typing_extensions.get_type_hints(kind, include_extras=True)


@functools.cache
def required(kind):
    """Python does not see Required in types that are told as texts."""
    said = {name for name, one in hints(kind).items() if typing.get_origin(one) in (typing.Required, typing_extensions.Required)}
    return frozenset(said | kind.__required_keys__)


def typed_dict(value, kind, at):
    need(isinstance(value, dict), at, kind.__name__, value)
    fields = hints(kind)
    for name, one in value.items():
        if name not in fields:
            raise Unfit(f"{at}.{name}: not a field of {kind.__name__}")
        fits(one, fields[name], f"{at}.{name}")
    missing = required(kind) - value.keys()
    if missing:
        raise Unfit(f"{at}: {kind.__name__} lacks {sorted(missing)}")


def model(value, kind, **how):
    """Refuses what a pydantic type would refuse, and every field that it would only carry along or leave out."""
    import pydantic
    try:
        made = adapter(kind).validate_json(json.dumps(value), **how)
    except pydantic.ValidationError as failure:
        raise Unfit(str(failure)) from failure
    beyond(made, "")


@functools.cache
def adapter(kind):
    import pydantic
    return pydantic.TypeAdapter(kind)


def beyond(made, at):
    import pydantic
    if isinstance(made, pydantic.BaseModel):
        if made.model_extra:
            raise Unfit(f"{at}: {sorted(made.model_extra)} are no fields of {type(made).__name__}")
        for name in made.model_fields_set:
            beyond(getattr(made, name), f"{at}.{name}")
    elif isinstance(made, (list, tuple)):
        for i, one in enumerate(made):
            beyond(one, f"{at}[{i}]")


def kept(value, dumped, at):
    """Every name of a document is in what a type that leaves out unknown fields made of it. Schemas may have any."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in dumped:
                raise Unfit(f"{at}.{name}: no such field")
            if name not in ("parameters", "format"):
                kept(one, dumped[name], f"{at}.{name}")
    elif isinstance(value, list):
        for i, one in enumerate(value):
            kept(one, dumped[i], f"{at}[{i}]")


class OpenAi:
    @staticmethod
    def request(body, _path):
        from openai.types.chat import completion_create_params as params
        fits(body, params.CompletionCreateParamsStreaming if body.get("stream") else params.CompletionCreateParamsNonStreaming)

    @staticmethod
    def answer(document):
        from openai.types.chat import ChatCompletion
        model(document, ChatCompletion, strict=True)

    @staticmethod
    def event(chunk):
        from openai.types.chat import ChatCompletionChunk
        model(chunk, ChatCompletionChunk, strict=True)


class Anthropic:
    # The SDK has none of these since 1.0; the API takes them from models before Opus 4.7, and not both temperature and top_p.
    SAMPLING = ("temperature", "top_p", "top_k")

    @classmethod
    def request(cls, body, _path):
        from anthropic.types import message_create_params as params
        sampling = {name: body[name] for name in cls.SAMPLING if name in body}
        for name, value in sampling.items():
            fits(value, int if name == "top_k" else float, name)
        if "temperature" in sampling and "top_p" in sampling:
            raise Unfit("temperature and top_p are both said")
        body = {name: value for name, value in body.items() if name not in sampling}
        fits(body, params.MessageCreateParamsStreaming if body.get("stream") else params.MessageCreateParamsNonStreaming)

    @staticmethod
    def answer(document):
        from anthropic.types import Message
        model(document, Message, strict=True)

    @staticmethod
    def event(event):
        from anthropic.types import RawMessageStreamEvent
        if event["type"] != "ping":  # The SDK reads over it before it looks at types.
            model(event, RawMessageStreamEvent, strict=True)


class Gemini:
    @staticmethod
    def request(body, _path):
        from google.genai import types
        parts = {"contents": list[types.Content], "systemInstruction": types.Content, "generationConfig": types.GenerationConfig,
                 "tools": list[types.Tool], "toolConfig": types.ToolConfig, "safetySettings": list[types.SafetySetting]}
        for name, value in body.items():
            if name not in parts:
                raise Unfit(f"{name}: no field of generateContent")
            model(value, parts[name])

    @staticmethod
    def answer(document):
        from google.genai import types
        model(document, types.GenerateContentResponse)

    event = answer


class Ollama:
    @staticmethod
    def request(body, _path):
        from ollama._types import ChatRequest, Message
        for i, message in enumerate(body["messages"]):  # The request's own type takes any mapping here.
            message = {name: value for name, value in message.items() if name != "tool_call_id"}  # the server's, not yet the SDK's
            for image in message.pop("images", []):
                base64.b64decode(image, validate=True)
            for call in message.get("tool_calls", []):
                call.pop("id", None)  # likewise
            kept(message, Message.model_validate(message).model_dump(mode="json"), f"messages[{i}]")
        kept(body, ChatRequest.model_validate(body).model_dump(mode="json"), "")

    @staticmethod
    def answer(document):
        from ollama._types import ChatResponse
        kept(document, ChatResponse.model_validate(document).model_dump(mode="json"), "")

    event = answer
