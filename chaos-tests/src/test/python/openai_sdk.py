"""The official OpenAI SDK against a gateway: one case a run, named by the first argument; exit code 0 is success.

Usage: openai_sdk.py CASE BASE_URL. Expects the examples: tenant demo with 2,000 tokens a minute, models echo and echo-*.
"""

import asyncio
import sys

import openai

KEY = "sk-sluice-demo"
WORDS = "one two three four five"


def client(base_url, key=KEY, **options):
    return openai.OpenAI(base_url=base_url + "/v1", api_key=key, max_retries=0, **options)


def ask(sdk, model="echo", content=WORDS, **options):
    messages = [{"role": "user", "content": content}]
    return sdk.chat.completions.create(model=model, messages=messages, **options)


def answers(base_url):
    answer = ask(client(base_url))
    assert answer.choices[0].message.content == WORDS, answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.prompt_tokens == 5, answer.usage
    assert answer.usage.completion_tokens == 5, answer.usage
    assert answer.usage.total_tokens == 10, answer.usage


def streams(base_url):
    chunks = list(ask(client(base_url), model="echo-5x10ms", stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == WORDS, text
    assert len(chunks) >= 5, chunks
    assert all(chunk.usage is None for chunk in chunks), "usage, though nobody asked for it"
    assert chunks[-1].choices[0].finish_reason == "stop", chunks[-1]


def streams_with_usage(base_url):
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(ask(client(base_url), model="echo-5x10ms", **options))
    assert chunks[-1].usage.total_tokens == 10, chunks[-1]
    assert chunks[-1].choices == [], chunks[-1]


def streams_to_many_at_once(base_url):
    async def one(sdk, number):
        content = f"client {number} says hello"
        stream = await ask(sdk, model="echo-4x20ms", content=content, stream=True, max_tokens=4)
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        assert text == content, text

    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=base_url + "/v1", api_key=KEY, max_retries=0) as sdk:
            await asyncio.gather(*(one(sdk, number) for number in range(50)))

    asyncio.run(all_of_them())


def stops_at_max_tokens(base_url):
    answer = ask(client(base_url), max_tokens=2)
    assert answer.choices[0].message.content == "one two", answer
    assert answer.choices[0].finish_reason == "length", answer
    assert answer.usage.completion_tokens == 2, answer.usage


def streams_what_is_kept(base_url):
    def told():
        raw = client(base_url).chat.completions.with_raw_response
        answer = ask_raw(raw, model="kept", content="a kept answer", stream=True, stream_options={"include_usage": True})
        chunks = list(answer.parse())
        return answer.headers["x-sluice-cache"], [chunk.model_dump() for chunk in chunks]

    def ask_raw(raw, model, content, **options):
        return raw.create(model=model, messages=[{"role": "user", "content": content}], **options)

    first, chunks = told()
    assert first == "miss", first
    again, same = told()
    assert again == "hit", again
    assert same == chunks, same
    assert chunks[-1]["usage"]["total_tokens"] == 8, chunks[-1]


def lists_models(base_url):
    assert "echo" in [model.id for model in client(base_url).models.list()]


def wrong_key(base_url):
    try:
        ask(client(base_url, key="sk-wrong"))
        raise AssertionError("answered")
    except openai.AuthenticationError as error:
        assert error.status_code == 401, error
        assert error.code == "invalid_api_key", error.body
        assert "sk-wrong" not in str(error), error


def unknown_model(base_url):
    try:
        ask(client(base_url), model="gpt-nonesuch")
        raise AssertionError("answered")
    except openai.NotFoundError as error:
        assert error.code == "model_not_found", error.body
        assert "gpt-nonesuch" in error.message, error.message


def bad_request(base_url):
    try:
        ask(client(base_url), max_tokens=-1)
        raise AssertionError("answered")
    except openai.BadRequestError as error:
        assert error.param == "max_tokens", error.body


def too_large_for_the_limit(base_url):
    try:
        ask(client(base_url), content="word " * 2001)
        raise AssertionError("answered")
    except openai.RateLimitError as error:
        assert "it can never fit" in error.message, error.message
        assert error.response.headers["x-should-retry"] == "false", error.response.headers


def exhausted(base_url):
    """Leaves nothing of the minute: goes last."""
    sdk = client(base_url)
    try:
        for _ in range(20):
            ask(sdk, content="word " * 100)
        raise AssertionError("never exhausted")
    except openai.RateLimitError as error:
        assert error.status_code == 429, error
        assert error.code == "rate_limit_exceeded", error.body
        for part in ("demo", "2000", "tokens-per-minute", "try again in"):
            assert part in error.message, error.message
        headers = error.response.headers
        assert int(headers["retry-after"]) > 0, headers
        assert headers["x-ratelimit-limit-tokens"] == "2000", headers
        assert int(headers["x-ratelimit-remaining-tokens"]) < 200, headers
        assert headers["x-ratelimit-reset-tokens"], headers


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
