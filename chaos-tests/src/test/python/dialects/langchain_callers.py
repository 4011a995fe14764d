"""LangChain's own integrations: what a chain or an agent of it sends."""

import base64

from scenario import CITY, DESCRIPTION, KEY, PICTURE, QUESTION, SAID, SCHEMA, WEATHER, expect

TOOL = {"title": "get_weather", "description": DESCRIPTION, **SCHEMA}
FORM = {"title": "city", "description": "A city", **SCHEMA}


class Chain:
    """A chat model of LangChain, through what all of them share."""

    def __init__(self, model, failure, question=QUESTION):
        self.model, self.failure, self.question = model, failure, question

    def chat(self):
        answer = self.model.invoke([("system", "Be short."), ("human", "Say hello.")])
        assert answer.text == SAID, answer
        usage = answer.usage_metadata
        assert (usage["input_tokens"], usage["output_tokens"]) == (20, 7), usage

    def stream(self):
        whole = None
        for chunk in self.model.stream("Say hello."):
            whole = chunk if whole is None else whole + chunk
        assert whole.text == SAID, whole
        assert whole.usage_metadata["total_tokens"] == 27, whole.usage_metadata

    def tools_over_two_turns(self):
        from langchain_core.messages import HumanMessage, ToolMessage
        model = self.model.bind_tools([TOOL])
        asked = [HumanMessage(self.question)]
        answer = model.invoke(asked)
        call = answer.tool_calls[0]
        assert call["args"] == CITY, answer
        asked += [answer, ToolMessage("sunny", tool_call_id=call["id"], name=call["name"])]
        assert model.invoke(asked).text == WEATHER

    def structured_output(self):
        assert self.model.with_structured_output(FORM).invoke("Which city?") == CITY

    def image(self):
        from langchain_core.messages import HumanMessage
        picture = {"type": "image", "base64": base64.b64encode(PICTURE).decode(), "mime_type": "image/png"}
        asked = HumanMessage(content=[{"type": "text", "text": "What is in the picture?"}, picture])
        assert self.model.invoke([asked]).text == SAID

    def error(self):
        expect(self.failure, lambda: self.model.invoke("please fail"))


def openai(url, model):
    import openai as sdk
    from langchain_openai import ChatOpenAI
    return Chain(ChatOpenAI(base_url=url + "/v1", api_key=KEY, model=model, max_retries=0, stream_usage=True), sdk.RateLimitError)


def responses(url, model):
    import openai as sdk
    from langchain_openai import ChatOpenAI
    return Chain(ChatOpenAI(base_url=url + "/v1", api_key=KEY, model=model, max_retries=0, use_responses_api=True), sdk.RateLimitError)


def anthropic(url, model):
    import anthropic as sdk
    from langchain_anthropic import ChatAnthropic
    return Chain(ChatAnthropic(base_url=url, api_key=KEY, model=model, max_retries=0, max_tokens=100), sdk.RateLimitError)


def google(url, model):
    from langchain_google_genai import ChatGoogleGenerativeAI
    from langchain_google_genai.chat_models import ChatGoogleGenerativeAIError
    return Chain(ChatGoogleGenerativeAI(base_url=url, api_key=KEY, model=model, max_retries=0), ChatGoogleGenerativeAIError)


def ollama(url, model):
    import ollama as sdk
    from langchain_ollama import ChatOllama
    made = ChatOllama(base_url=url, model=model, client_kwargs={"headers": {"Authorization": "Bearer " + KEY}})
    # Ollama's API has no place for the signature of a thought.
    return Chain(made, sdk.ResponseError, QUESTION + " (without thoughts)")
