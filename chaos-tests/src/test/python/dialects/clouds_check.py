"""boto3 and google-auth against the clouds of providers.py themselves: what their own clients take and send is what ours do.

Usage: clouds_check.py TOLD, what providers.py told. Ends with 1 if one is not content.
"""

import json
import sys

from scenario import CITY, DESCRIPTION, PICTURE, QUESTION, SAID, SCHEMA, WEATHER

MODEL = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


def bedrock(told):
    import boto3
    from botocore.config import Config
    key = json.loads(told["keys"]["bedrock"])
    return boto3.client(
        "bedrock-runtime", region_name="eu-west-1", endpoint_url=told["url"], config=Config(retries={"max_attempts": 1}),
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def converses(client):
    cap = {"maxTokens": 100}
    asked = [{"role": "user", "content": [{"text": "What is in the picture?"}, {"image": {"format": "png", "source": {"bytes": PICTURE}}}]}]
    answer = client.converse(modelId=MODEL, messages=asked, inferenceConfig=cap)
    assert answer["output"]["message"]["content"] == [{"text": SAID}], answer
    assert answer["usage"]["outputTokens"] == 7, answer
    tools = {"tools": [{"toolSpec": {"name": "get_weather", "description": DESCRIPTION, "inputSchema": {"json": SCHEMA}}}]}
    asked = [{"role": "user", "content": [{"text": QUESTION}]}]
    said = client.converse(modelId=MODEL, messages=asked, inferenceConfig=cap, toolConfig=tools)["output"]["message"]
    call = said["content"][1]["toolUse"]
    assert call["input"] == CITY, said
    asked += [said, {"role": "user", "content": [{"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": "sunny"}]}}]}]
    events = list(client.converse_stream(modelId=MODEL, messages=asked, inferenceConfig=cap, toolConfig=tools)["stream"])
    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert text == WEATHER and events[-1]["metadata"]["usage"]["totalTokens"] == 27, events
    try:
        client.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "please fail"}]}], inferenceConfig=cap)
    except client.exceptions.ThrottlingException as failure:
        assert "slow down" in str(failure), failure
    else:
        raise AssertionError("answered")


def invokes(client):
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5, "messages": [{"role": "user", "content": "Say hello."}]}
    answer = json.loads(client.invoke_model(modelId=MODEL, body=json.dumps(body))["body"].read())
    assert answer["content"][0]["text"] == SAID, answer
    events = [json.loads(event["chunk"]["bytes"]) for event in
              client.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(body))["body"]]
    assert events[-1]["type"] == "message_stop", events


def gives_tokens(told):
    import google.auth.transport.requests
    from google.oauth2 import service_account
    credentials = service_account.Credentials.from_service_account_info(
        json.loads(told["keys"]["vertex"]), scopes=["https://www.googleapis.com/auth/cloud-platform"])
    credentials.refresh(google.auth.transport.requests.Request())
    assert credentials.token.startswith("ya29."), credentials.token


if __name__ == "__main__":
    all_told = json.loads(sys.argv[1])
    converses(bedrock(all_told))
    invokes(bedrock(all_told))
    gives_tokens(all_told)
