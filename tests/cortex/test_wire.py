"""Messages in and out, without a socket."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex import Action, Attend, Label, Say, Show, WireError, sentence_text
from cortex.health import PluginStatus, State
from cortex.messages import (
    Credit,
    Deed,
    Heard,
    Hello,
    Ignored,
    Perceived,
    PluginsChanged,
    Problem,
    Report,
    ServerHello,
    Switch,
    Switched,
)
from cortex.wire import MAX_TEXT, CortexV1

WIRE = CortexV1()
NAMES = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def wrong(message):
    """Read what cannot be read; return the error."""
    with pytest.raises(WireError) as caught:
        WIRE.decode(message)
    return caught.value


def code_of(message):
    """Read a message; return the code of the error, `None` where it could be read."""
    try:
        WIRE.decode(message)
    except WireError as error:
        return error.code
    return None


def told(message):
    """Write a message; return what a client would read."""
    return json.loads(WIRE.encode(message))


def deed(action: Action, **fields):
    return Deed(action=action, answers="f1", captured=1700000000000.5, cortex="eye", ms={"wait": 1.0}, **fields)


@given(st.lists(NAMES) | st.none(), st.lists(NAMES) | st.none(), NAMES, NAMES | st.none())
def test_a_hello_is_read_as_it_was_written(senses, actuators, language, session):
    fields = {"senses": senses, "actuators": actuators, "language": language, "session": session}
    hello = WIRE.decode(json.dumps({"type": "hello", **fields}))
    assert hello == Hello(
        senses=None if senses is None else tuple(senses),
        actuators=None if actuators is None else tuple(actuators),
        language=language,
        session=session,
    )


@given(NAMES, st.sampled_from(["speaking", "idle", "open", "closed", "failed"]), NAMES)
def test_a_report_is_read_as_it_was_written(name, state, reason):
    message = json.dumps({"type": "report", "name": name, "state": state, "reason": reason})
    assert WIRE.decode(message) == Report(name=name, state=state, reason=reason)


@given(NAMES, st.booleans())
def test_a_switch_is_read_as_it_was_written(plugin, on):
    message = json.dumps({"type": "switch", "plugin": plugin, "on": on})
    assert WIRE.decode(message) == Switch(plugin=plugin, on=on)


@given(NAMES, st.dictionaries(NAMES.filter(lambda name: name not in ("type", "sense")), JSON), st.binary())
def test_a_binary_message_is_a_line_of_json_and_a_payload_as_it_is(sense, fields, payload):
    header = json.dumps({**fields, "type": "stimulus", "sense": sense}).encode()
    perceived = WIRE.decode(header + b"\n" + payload)
    assert perceived == Perceived(sense=sense, header=header, payload=payload)


@given(NAMES, st.text())
def test_a_text_message_is_a_stimulus_without_payload(sense, text):
    perceived = WIRE.decode(json.dumps({"type": "stimulus", "sense": sense, "text": text}))
    assert isinstance(perceived, Perceived)
    assert (perceived.sense, perceived.payload) == (sense, b"")


@given(st.text() | st.binary())
def test_whatever_comes_in_is_read_or_refused_with_a_code(message):
    assert code_of(message) in (None, "bad-json", "bad-header", "unknown-type")


@given(JSON)
def test_whatever_json_comes_in_is_read_or_refused_with_a_code(value):
    assert code_of(json.dumps(value)) in (None, "bad-json", "unknown-type")


@pytest.mark.parametrize("message", ["", "hello", "[]", "5", "null", '"hello"', "{", '{"type": 5}', '{"sense": "x"}'])
def test_what_is_no_object_with_a_type_is_bad_json(message):
    assert wrong(message).code == "bad-json"


@pytest.mark.parametrize(
    "message",
    ['{"type": "hello", "senses": 5}', '{"type": "report", "name": "voice"}', '{"type": "report", "state": "singing"}'],
)
def test_a_field_of_the_wrong_type_is_bad_json(message):
    assert wrong(message).code == "bad-json"


def test_an_unknown_type_is_named():
    error = wrong('{"type": "dance"}')
    assert (error.code, error.close) == ("unknown-type", None)
    assert "'dance'" in str(error)


def test_a_binary_message_without_a_header_line_is_a_bad_header():
    assert wrong(b"\xff\xd8\xff\xe0").code == "bad-header"
    assert wrong(b"").code == "bad-header"


def test_a_header_that_is_no_utf_8_is_bad_json():
    assert wrong(b'{"type": "\xff"}\n').code == "bad-json"


@pytest.mark.parametrize("message", ["[" * 100_000, '{"type": "hello", "x": ' + '{"a":' * 100_000, '{"a":' * 100_000])
def test_json_of_a_hundred_thousand_levels_is_bad_json(message):
    assert wrong(message).code == "bad-json"
    assert wrong(message.encode() + b"\npayload").code == "bad-json"


def test_unknown_fields_are_ignored():
    assert WIRE.decode('{"type": "hello", "shoe_size": 42}') == Hello()


@given(st.lists(st.tuples(NAMES, st.floats(0, 1))), NAMES)
def test_labels_are_written_in_their_order(labels, text):
    show = told(deed(Show(tuple(Label(*label) for label in labels), text)))
    assert [(label["name"], label["score"]) for label in show.get("labels", [])] == labels
    assert show.get("text", "") == text


def test_an_action_stands_beside_what_it_answers():
    assert told(deed(Say("I see a macaw.", "en-GB"), priority="answer")) == {
        "type": "say",
        "text": "I see a macaw.",
        "language": "en-GB",
        "priority": "answer",
        "answers": "f1",
        "captured": 1700000000000.5,
        "cortex": "eye",
        "ms": {"wait": 1.0},
    }


def test_an_unsure_show_says_so():
    assert "sure" not in told(deed(Show()))
    assert told(deed(Show(sure=False)))["sure"] is False


def test_attend_opens_unless_it_says_otherwise():
    assert "state" not in told(deed(Attend("vision")))
    assert told(deed(Attend("vision", "closed")))["state"] == "closed"


def test_an_action_of_a_plugin_travels_like_ours():
    class Blink(Action, frozen=True, tag="blink"):
        times: int

    assert told(deed(Blink(2)))["times"] == 2
    assert told(deed(Blink(2)))["type"] == "blink"


UNKNOWN = {"rate": 0.0, "median_ms": None, "calls_left": None, "cost_left": None, "limits": {}, "place": None}
STATUS = PluginStatus("eye", State.FAILED, "no model")


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (Credit(sense="vision"), {"type": "credit", "sense": "vision", "count": 1}),
        (
            PluginsChanged(plugins=[STATUS]),
            {"type": "plugins", "plugins": [{"name": "eye", "state": "failed", "reason": "no model", **UNKNOWN}]},
        ),
        (
            Heard(id="s1", sense="reading", text="hi"),
            {"type": "heard", "id": "s1", "sense": "reading", "text": "hi", "language": ""},
        ),
        (Switched(off=["eye"]), {"type": "switched", "off": ["eye"]}),
        (Ignored(answers="s1"), {"type": "ignored", "answers": "s1", "reason": "own-voice"}),
        (Problem(code="bad-image", message="no"), {"type": "error", "code": "bad-image", "message": "no"}),
        (
            Problem(code="bad-image", message="no", answers="f1"),
            {"type": "error", "code": "bad-image", "message": "no", "answers": "f1"},
        ),
        (
            ServerHello(version="1", session="x", senses={"vision": {"module": None}}, actuators={}, plugins=[]),
            {
                "type": "hello",
                "version": "1",
                "session": "x",
                "senses": {"vision": {"module": None}},
                "actuators": {},
                "plugins": [],
                "off": [],
            },
        ),
    ],
)
def test_every_message_of_the_server_is_written_as_the_protocol_says(message, written):
    assert told(message) == written


def test_a_score_that_json_cannot_hold_is_an_error():
    with pytest.raises((TypeError, msgspec.MsgspecError)):
        WIRE.encode(deed(Show((Label("x", object()),))))


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_sentence_is_refused(text):
    with pytest.raises(WireError, match="empty") as caught:
        sentence_text(text, "s1")
    assert (caught.value.code, caught.value.answers) == ("bad-text", "s1")


def test_a_sentence_of_more_than_ten_thousand_characters_is_refused():
    assert sentence_text(" " + "x" * MAX_TEXT + " ") == "x" * 10_000
    with pytest.raises(WireError, match="10001 characters") as caught:
        sentence_text("x" * (MAX_TEXT + 1))
    assert caught.value.code == "bad-text"
