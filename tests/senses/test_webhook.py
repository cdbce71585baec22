"""What others tell the bot over HTTP."""

from __future__ import annotations

import hmac
import json

import pytest

from cortex import Event, Post, RefusedError
from cortex.config import load_config
from cortex.plugins import Plugins
from senses.texts import Template, one_line
from senses.webhook import Hook, Webhook

TOKEN = "a-token-of-some-length"


def webhook(**hooks):
    return Webhook(Webhook.Options(hooks=hooks))


def posted(data, token=TOKEN, **headers):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Post(headers={"authorization": f"Bearer {token}", **headers}, body=body)


def signed(body, token=TOKEN):
    return {"x-hub-signature-256": f"sha256={hmac.new(token.encode(), body, 'sha256').hexdigest()}"}


async def refusal(sense, name, post):
    with pytest.raises(RefusedError) as caught:
        await sense.post(name, post)
    return caught.value.status, str(caught.value)


async def test_what_is_posted_becomes_an_event_with_its_text_and_its_data():
    event = await webhook(door=Hook(token=TOKEN, language="en-GB")).post("door", posted({"text": "It rang.", "at": 7}))
    assert isinstance(event, Event)
    assert (event.sense, event.name, event.text, event.language) == ("webhook", "door", "It rang.", "en-GB")
    assert event.data == {"text": "It rang.", "at": 7}


async def test_a_template_says_what_stands_in_the_body_however_deep():
    hook = Hook(token=TOKEN, say="{{{user.name}}} took {count} of {n-1}: {open}")
    data = {"user": {"name": "Ada"}, "count": 3, "n-1": 2.5, "open": True, "text": "not this"}
    event = await webhook(hook=hook).post("hook", posted(data))
    assert event.text == "{Ada} took 3 of 2.5: true"


async def test_what_a_value_contains_is_never_taken_for_a_template():
    event = await webhook(hook=Hook(token=TOKEN, say="{a}")).post("hook", posted({"a": "{b} {0.__class__}", "b": "no"}))
    assert event.text == "{b} {0.__class__}"


@pytest.mark.parametrize(
    "data", [{}, {"user": None}, {"user": {}}, {"user": {"name": ["a"]}}, {"user": {"name": None}}, {"user": "Ada"}]
)
async def test_a_name_that_is_missing_is_named(data):
    status, text = await refusal(webhook(hook=Hook(token=TOKEN, say="{user.name}")), "hook", posted(data))
    assert status == 422
    assert "'user.name'" in text


@pytest.mark.parametrize(
    "say", ["{", "}", "{}", "{a!r}", "{a:>9}", "{a[0]}", "{a..b}", "{.a}", "{a b}", "{{a}", "{{{a}}"]
)
def test_a_template_that_means_anything_else_is_refused_when_the_bot_starts(say):
    with pytest.raises(ValueError, match=r"in braces|a lone"):
        Hook(token=TOKEN, say=say)


@pytest.mark.parametrize("path", ["__class__", "a.__class__", "a.upper", "a.0", "keys"])
def test_a_template_never_reaches_an_attribute_or_an_index(path):
    with pytest.raises(KeyError):
        Template(f"{{{path}}}").fill({"a": "text"})


async def test_a_body_signed_with_the_token_is_taken_without_naming_it():
    body = b'{"text": "pushed"}'
    sense = webhook(hook=Hook(token=TOKEN))
    event = await sense.post("hook", Post(headers=signed(body), body=body))
    assert event.text == "pushed"
    assert (await refusal(sense, "hook", Post(headers=signed(body), body=b'{"text": "other"}')))[0] == 401
    assert (await refusal(sense, "hook", Post(headers=signed(body, "another-token-altogether"), body=body)))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": "Bearer é\udcff"},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": f"sha256={'0' * 64}"},
    ],
)
async def test_without_the_token_nothing_is_taken_and_what_is_needed_is_told(headers):
    status, text = await refusal(webhook(hook=Hook(token=TOKEN)), "hook", Post(headers=headers, body=b"{}"))
    assert status == 401
    assert "Authorization: Bearer TOKEN" in text


async def test_a_stranger_cannot_tell_which_hooks_there_are():
    sense = webhook(hook=Hook(token=TOKEN))
    assert await refusal(sense, "hook", posted({}, "wrong")) == await refusal(sense, "none", posted({}, "wrong"))
    assert await refusal(sense, "none", posted({})) == await refusal(sense, "none", posted({}, ""))


async def test_the_token_of_one_hook_does_not_open_another():
    sense = webhook(one=Hook(token=TOKEN), two=Hook(token="another-token-of-length"))
    assert (await refusal(sense, "two", posted({"text": "hello"})))[0] == 401


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no JSON"),
        (b"payload=%7B%7D", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"text": "\xff"}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        ([], "a list"),
        ("text", "a text"),
        (7, "a number"),
        (None, "null"),
        ({"text": 7}, "a number"),
        ({"text": ["a"]}, "a list"),
        ({}, '"text"'),
        ({"message": "no text"}, '"text"'),
        ({"text": ""}, '"text"'),
        ({"text": " \n\t\u200b"}, '"text"'),
        ({"text": "x" * 10_001}, "10001 characters"),
    ],
)
async def test_a_body_that_says_nothing_is_refused_and_what_was_expected_is_named(data, told):
    status, text = await refusal(webhook(hook=Hook(token=TOKEN)), "hook", posted(data))
    assert status == 400
    assert told in text


async def test_a_template_that_comes_to_nothing_or_to_too_much_is_refused():
    sense = webhook(hook=Hook(token=TOKEN, say="{a}"))
    for value in ("", "\n", "x" * 10_001):
        status, text = await refusal(sense, "hook", posted({"a": value}))
        assert (status, "`say`" in text) == (400, True)


def test_a_text_is_one_line_of_what_can_be_said():
    assert (
        one_line("a\r\nb\x00\x1b[31m\u2028c\u202ed\ud800 \U0001f469\u200d\U0001f52c")
        == "a b [31m cd \U0001f469\u200d\U0001f52c"
    )


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 15, " " * 20, "a token with spaces in it", "é" * 20, "x" * 20 + "\n"]
)
def test_a_token_that_is_empty_or_short_or_cannot_be_sent_never_opens_anything(token):
    with pytest.raises(ValueError, match="token"):
        Hook(token=token)


@pytest.mark.parametrize("hook", [{}, {"token": ""}, {"token": "short"}, {"token": "x" * 15}, {"token": None}])
def test_a_bot_with_a_hook_without_a_token_does_not_start(hook, tmp_path):
    file = tmp_path / "bot.yaml"
    file.write_text(json.dumps({"senses": {"webhook": {"hooks": {"door": hook}}}, "plugins": {}}), encoding="utf-8")
    [problem] = Plugins(load_config(file)).problems
    assert "senses.webhook.hooks.door" in problem
    assert "token" in problem
