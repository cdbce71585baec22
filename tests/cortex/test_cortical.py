"""The dialect of 2017: text in, plain text out."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex import Attend, Label, Say, Show, WireError
from cortex.cortical import Cortical
from cortex.messages import Credit, Deed, Problem

CORTICAL = Cortical("vision", "hearing")


def frame(content, **fields):
    return json.dumps({"dataURI": {"contentType": "image/jpeg", "content": content, **fields}})


def told(action, priority=None):
    return CORTICAL.encode(Deed(action=action, answers="", captured=0, cortex="eye", ms={}, priority=priority))


@given(st.binary(), st.sampled_from(["", "data:image/jpeg;base64,"]))
def test_a_data_uri_is_a_frame_with_or_without_its_prefix(payload, prefix):
    perceived = CORTICAL.decode(frame(prefix + base64.b64encode(payload).decode()))
    assert (perceived.sense, perceived.payload) == ("vision", payload)
    assert perceived.header == {"sense": "vision", "content_type": "image/jpeg"}


@pytest.mark.parametrize(
    "text", ["hello", "", "42", "{", '{"text": "hello"}', '{"dataURI": 5}', '{"dataURI": {}}', '["hello"]', '"hello"']
)
def test_any_other_text_is_something_heard(text):
    perceived = CORTICAL.decode(text)
    assert (perceived.sense, perceived.header) == ("hearing", {"sense": "hearing", "text": text})


@given(st.text())
def test_every_text_is_heard_seen_or_refused_with_a_code(text):
    for message in (text, frame(text)):
        with contextlib.suppress(WireError):
            assert CORTICAL.decode(message).sense in ("vision", "hearing")


@pytest.mark.parametrize("content", ["a", "not base64!", "é", "====", "AAAA\nAAA"])
def test_what_is_no_base64_is_refused(content):
    with pytest.raises(WireError, match="base64") as caught:
        CORTICAL.decode(frame(content))
    assert (caught.value.code, caught.value.close) == ("bad-json", None)


def test_a_binary_message_closes_with_1003():
    with pytest.raises(WireError) as caught:
        CORTICAL.decode(b"\xff\xd8")
    assert caught.value.close == 1003


def test_text_of_a_hundred_thousand_levels_is_heard_all_the_same():
    assert CORTICAL.decode("[" * 100_000).sense == "hearing"
    assert CORTICAL.decode('{"dataURI": ' + '{"a":' * 100_000).sense == "hearing"


@pytest.mark.parametrize(
    ("dialect", "message", "missing"),
    [(Cortical(None, "hearing"), frame(""), "vision"), (Cortical("vision", None), "hello", "hearing")],
)
def test_a_sense_that_is_not_enabled_is_named(dialect, message, missing):
    with pytest.raises(WireError, match=missing) as caught:
        dialect.decode(message)
    assert caught.value.code == "unknown-sense"


def test_a_classification_is_the_first_label_and_its_share():
    assert told(Show((Label("macaw", 0.876), Label("parrot", 0.1)))) == "macaw (88%)"


def test_a_text_that_is_shown_is_told_as_it_is():
    assert told(Show(text="a text")) == "a text"


def test_an_answer_is_told_and_a_remark_is_not():
    assert told(Say("Hello!"), "answer") == "Hello!"
    assert told(Say("I see a macaw."), "remark") is None


@pytest.mark.parametrize("action", [Show(), Attend("vision")])
def test_there_are_no_words_for_anything_else(action):
    assert told(action) is None
    assert CORTICAL.encode(Credit(sense="vision")) is None


def test_an_error_is_told():
    assert CORTICAL.encode(Problem(code="bad-image", message="no picture")) == "error: no picture"
