"""What all callers ask and expect, and providers answer: scenario.json."""

import base64
import json
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenario.json"), encoding="utf-8") as file:
    SCENARIO = json.load(file)

KEY = SCENARIO["key"]
SAID = SCENARIO["said"]
CITY = SCENARIO["city"]
WEATHER = SCENARIO["weather"]
QUESTION = SCENARIO["question"]
DESCRIPTION = SCENARIO["description"]
SCHEMA = SCENARIO["schema"]
PICTURE = base64.b64decode(SCENARIO["picture"])
CASES = SCENARIO["cases"]


def tokens(model):
    """Input and output that an answer is told to have used. aimock tells none in the place of Ollama."""
    return (0, 0) if model == "far-aimock-ollama" else (20, 7)


def expect(kind, action):
    """The failure of a call that must fail, with the provider's words and without the caller's key."""
    try:
        answer = action()
    except kind as e:
        assert "slow down" in str(e), e
        assert KEY not in str(e), e
        return e
    raise AssertionError(f"answered: {answer}")
