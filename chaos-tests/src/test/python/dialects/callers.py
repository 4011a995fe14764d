"""One caller against a gateway in front of providers.py, on every model: the official SDKs here, LangChain in langchain_callers.py.

Usage: callers.py CALLER BASE_URL OUT... Prints a line a cell: cell, caller, out, case, passed or failed, why; split by tabs.
"""

import base64
import json
import sys
import traceback

from scenario import CASES, CITY, DESCRIPTION, KEY, PICTURE, QUESTION, SAID, SCHEMA, WEATHER, expect, tokens


class OpenAi:
    def __init__(self, url, model):
        import openai
        self.sdk = openai.OpenAI(base_url=url + "/v1", api_key=KEY, max_retries=0)
        self.model = model
        self.failure = openai.RateLimitError
        self.tools = [{"type": "function", "function": {
            "name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA}}]

    def ask(self, messages, **more):
        return self.sdk.chat.completions.create(model=self.model, messages=messages, **more)

    def chat(self):
        answer = self.ask([{"role": "system", "content": "Be short."}, {"role": "user", "content": "Say hello."}])
        assert answer.choices[0].message.content == SAID, answer
        assert answer.choices[0].finish_reason == "stop", answer
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == tokens(self.model), answer.usage

    def stream(self):
        chunks = list(self.ask([{"role": "user", "content": "Say hello."}], stream=True, stream_options={"include_usage": True}))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert text == SAID, text
        assert chunks[-1].usage.total_tokens == sum(tokens(self.model)), chunks[-1]

    def tools_over_two_turns(self):
        messages = [{"role": "user", "content": QUESTION}]
        message = self.ask(messages, tools=self.tools).choices[0].message
        call = message.tool_calls[0]
        assert json.loads(call.function.arguments) == CITY, call
        messages += [message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
        assert self.ask(messages, tools=self.tools).choices[0].message.content == WEATHER

    def structured_output(self):
        wanted = {"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA, "strict": True}}
        answer = self.ask([{"role": "user", "content": "Which city?"}], response_format=wanted)
        assert json.loads(answer.choices[0].message.content) == CITY, answer

    def image(self):
        url = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
        parts = [{"type": "text", "text": "What is in the picture?"}, {"type": "image_url", "image_url": {"url": url}}]
        assert self.ask([{"role": "user", "content": parts}]).choices[0].message.content == SAID

    def error(self):
        expect(self.failure, lambda: self.ask([{"role": "user", "content": "please fail"}]))


class Responses(OpenAi):
    def __init__(self, url, model):
        super().__init__(url, model)
        self.tools = [{"type": "function", "name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA, "strict": False}]

    def ask(self, messages, **more):
        return self.sdk.responses.create(model=self.model, input=messages, **more)

    def chat(self):
        answer = self.ask("Say hello.", instructions="Be short.")
        assert answer.output_text == SAID, answer
        assert answer.status == "completed", answer
        assert (answer.usage.input_tokens, answer.usage.output_tokens) == tokens(self.model), answer.usage

    def stream(self):
        with self.sdk.responses.stream(model=self.model, input="Say hello.") as stream:
            text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
            final = stream.get_final_response()
        assert text == SAID and final.output_text == text, (text, final)
        assert final.usage.total_tokens == sum(tokens(self.model)), final.usage

    def tools_over_two_turns(self):
        asked = [{"role": "user", "content": QUESTION}]
        answer = self.ask(asked, tools=self.tools, include=["reasoning.encrypted_content"])
        call = next(item for item in answer.output if item.type == "function_call")
        assert json.loads(call.arguments) == CITY, call
        asked += answer.output + [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]
        assert self.ask(asked, tools=self.tools).output_text == WEATHER

    def structured_output(self):
        wanted = {"format": {"type": "json_schema", "name": "city", "schema": SCHEMA, "strict": True}}
        assert json.loads(self.ask("Which city?", text=wanted).output_text) == CITY

    def image(self):
        url = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
        parts = [{"type": "input_text", "text": "What is in the picture?"}, {"type": "input_image", "image_url": url, "detail": "auto"}]
        assert self.ask([{"role": "user", "content": parts}]).output_text == SAID

    def error(self):
        expect(self.failure, lambda: self.ask("please fail"))


class Anthropic:
    def __init__(self, url, model):
        import anthropic
        self.sdk = anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=0)
        self.model = model
        self.failure = anthropic.RateLimitError
        self.tools = [{"name": "get_weather", "description": DESCRIPTION, "input_schema": SCHEMA}]

    def ask(self, messages, **more):
        return self.sdk.messages.create(model=self.model, max_tokens=100, messages=messages, **more)

    def chat(self):
        answer = self.ask([{"role": "user", "content": "Say hello."}], system="Be short.")
        assert answer.content[0].text == SAID, answer
        assert answer.stop_reason == "end_turn", answer
        read = answer.usage.cache_read_input_tokens or 0
        assert (answer.usage.input_tokens + read, answer.usage.output_tokens) == tokens(self.model), answer.usage

    def stream(self):
        asked = [{"role": "user", "content": "Say hello."}]
        with self.sdk.messages.stream(model=self.model, max_tokens=100, messages=asked) as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
        assert text == SAID and final.content[0].text == text, (text, final)
        assert final.usage.output_tokens == tokens(self.model)[1] and final.stop_reason == "end_turn", final

    def tools_over_two_turns(self):
        asked = [{"role": "user", "content": QUESTION}]
        answer = self.ask(asked, tools=self.tools)
        call = next(block for block in answer.content if block.type == "tool_use")
        assert call.input == CITY and answer.stop_reason == "tool_use", answer
        asked += [{"role": "assistant", "content": answer.content},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]}]
        assert self.ask(asked, tools=self.tools).content[0].text == WEATHER

    def structured_output(self):
        wanted = {"format": {"type": "json_schema", "schema": SCHEMA}}
        answer = self.ask([{"role": "user", "content": "Which city?"}], output_config=wanted)
        assert json.loads(answer.content[0].text) == CITY, answer

    def image(self):
        source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PICTURE).decode()}
        blocks = [{"type": "image", "source": source}, {"type": "text", "text": "What is in the picture?"}]
        assert self.ask([{"role": "user", "content": blocks}]).content[0].text == SAID

    def error(self):
        expect(self.failure, lambda: self.ask([{"role": "user", "content": "please fail"}]))


class Gemini:
    def __init__(self, url, model):
        from google import genai
        from google.genai import errors, types
        self.types = types
        self.sdk = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=url))
        self.model = model
        self.failure = errors.ClientError
        function = types.FunctionDeclaration(name="get_weather", description=DESCRIPTION, parameters_json_schema=SCHEMA)
        self.tools = [types.Tool(function_declarations=[function])]

    def ask(self, contents, **config):
        return self.sdk.models.generate_content(
            model=self.model, contents=contents, config=self.types.GenerateContentConfig(max_output_tokens=100, **config))

    def chat(self):
        answer = self.ask("Say hello.", system_instruction="Be short.")
        assert answer.text == SAID, answer
        usage = answer.usage_metadata
        assert (usage.prompt_token_count, usage.total_token_count) == (tokens(self.model)[0], sum(tokens(self.model))), usage

    def stream(self):
        chunks = list(self.sdk.models.generate_content_stream(model=self.model, contents="Say hello."))
        text = "".join(chunk.text or "" for chunk in chunks)
        assert text == SAID, chunks
        assert chunks[-1].usage_metadata.total_token_count == sum(tokens(self.model)), chunks[-1]

    def tools_over_two_turns(self):
        types = self.types
        off = types.AutomaticFunctionCallingConfig(disable=True)
        asked = [types.Content(role="user", parts=[types.Part(text=QUESTION)])]
        answer = self.ask(asked, tools=self.tools, automatic_function_calling=off)
        call = answer.function_calls[0]
        assert call.args == CITY, call
        result = types.FunctionResponse(id=call.id, name=call.name, response={"result": "sunny"})
        asked += [answer.candidates[0].content, types.Content(role="user", parts=[types.Part(function_response=result)])]
        assert self.ask(asked, tools=self.tools, automatic_function_calling=off).text == WEATHER

    def structured_output(self):
        answer = self.ask("Which city?", response_mime_type="application/json", response_json_schema=SCHEMA)
        assert json.loads(answer.text) == CITY, answer

    def image(self):
        part = self.types.Part.from_bytes(data=PICTURE, mime_type="image/png")
        assert self.ask([part, "What is in the picture?"]).text == SAID

    def error(self):
        failure = expect(self.failure, lambda: self.ask("please fail"))
        assert failure.code == 429, failure


class Ollama:
    def __init__(self, url, model):
        import ollama
        self.sdk = ollama.Client(host=url, headers={"Authorization": "Bearer " + KEY})
        self.model = model
        self.failure = ollama.ResponseError
        self.tools = [{"type": "function", "function": {
            "name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA}}]

    def ask(self, messages, **more):
        return self.sdk.chat(model=self.model, messages=messages, **more)

    def chat(self):
        answer = self.ask([{"role": "system", "content": "Be short."}, {"role": "user", "content": "Say hello."}])
        assert answer.message.content == SAID and answer.done_reason == "stop", answer
        assert (answer.prompt_eval_count, answer.eval_count) == tokens(self.model), answer

    def stream(self):
        chunks = list(self.ask([{"role": "user", "content": "Say hello."}], stream=True))
        assert "".join(chunk.message.content or "" for chunk in chunks) == SAID, chunks
        assert chunks[-1].done and chunks[-1].eval_count == tokens(self.model)[1], chunks[-1]

    def tools_over_two_turns(self):
        # Ollama's API has no place for the signature of a thought.
        asked = [{"role": "user", "content": QUESTION + " (without thoughts)"}]
        answer = self.ask(asked, tools=self.tools)
        call = answer.message.tool_calls[0]
        assert dict(call.function.arguments) == CITY, call
        asked += [answer.message, {"role": "tool", "tool_name": call.function.name, "content": "sunny"}]
        assert self.ask(asked, tools=self.tools).message.content == WEATHER

    def structured_output(self):
        answer = self.ask([{"role": "user", "content": "Which city?"}], format=SCHEMA)
        assert json.loads(answer.message.content) == CITY, answer

    def image(self):
        message = {"role": "user", "content": "What is in the picture?", "images": [PICTURE]}
        assert self.ask([message]).message.content == SAID

    def error(self):
        failure = expect(self.failure, lambda: self.ask([{"role": "user", "content": "please fail"}]))
        assert failure.status_code == 429, failure


def langchain(name):
    def make(url, model):
        import langchain_callers
        return getattr(langchain_callers, name)(url, model)
    return make


CALLERS = {
    "openai": OpenAi, "responses": Responses, "anthropic": Anthropic, "gemini": Gemini, "ollama": Ollama,
    "langchain openai": langchain("openai"), "langchain responses": langchain("responses"), "langchain anthropic": langchain("anthropic"),
    "langchain google": langchain("google"), "langchain ollama": langchain("ollama"),
}


def cell(caller, url, out, case):
    try:
        getattr(CALLERS[caller](url, "far-" + out), case)()
        return "passed", ""
    except Exception:  # noqa: BLE001 every failure is told
        return "failed", " ".join(traceback.format_exc(limit=-3).split())[-2000:]


if __name__ == "__main__":
    name, base_url, *outs = sys.argv[1:]
    for out in outs:
        for case in CASES:
            print("cell", name, out, case, *cell(name, base_url, out, case), sep="\t", flush=True)
