"""What is said of options: types in words, defaults, and the docstrings under fields."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from cortex.documentation import first_line, helps_of, in_words, options_of


class Side(enum.Enum):
    LEFT = "left"
    RIGHT = "right"


class Certificate(msgspec.Struct, kw_only=True):
    cert: str
    """Path of the certificate."""
    inner: Certificate | None = None


class Feed(msgspec.Struct):
    url: str = ""
    """Where it is."""


class Base(msgspec.Struct, kw_only=True):
    host: str = "localhost"
    """The host."""
    port: int = 1
    """The port."""


class Options(Base, kw_only=True):
    """Some options."""

    port: Annotated[int, Meta(ge=0)] = 80
    """The port, which
    is better.

    And more of it, which nobody reads.
    """
    bare: float = 0.5
    meta: Annotated[str, Meta(description="From its Meta.")] = ""
    tls: Certificate | None = None
    """How it is safe."""
    feeds: list[Feed] = []
    """What it follows."""
    named: dict[str, Feed] = msgspec.field(default_factory=lambda: {"a": Feed("b")})
    renamed: str = msgspec.field(default="", name="other")
    """By another name."""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "integer"),
        (Annotated[int, Meta(ge=1, le=10)], "integer from 1 to 10"),
        (Annotated[int, Meta(ge=1)], "integer of at least 1"),
        (Annotated[int, Meta(le=1_000_000)], "integer of at most 1000000"),
        (float, "number"),
        (Annotated[float, Meta(gt=0)], "number above 0"),
        (Annotated[float, Meta(gt=0, le=0.5)], "number above 0 and of at most 0.5"),
        (Annotated[float, Meta(lt=5)], "number below 5"),
        (str, "text"),
        (Annotated[str, Meta(max_length=5)], "text, at most 5 characters"),
        (Annotated[str, Meta(min_length=2, max_length=5)], "text, 2 to 5 characters"),
        (Annotated[str, Meta(min_length=2, max_length=2)], "text, 2 characters"),
        (Annotated[str, Meta(pattern="^a")], "text that matches ^a"),
        (bool, "true or false"),
        (Literal["a", "b"], "one of: a, b"),
        (Literal[1, 2], "one of: 1, 2"),
        (Side, "one of: left, right"),
        (list[str], "list of text"),
        (Annotated[list[str], Meta(min_length=1)], "list of text, at least 1 items"),
        (tuple[int, ...], "list of integer"),
        (Sequence[int], "list of integer"),
        (frozenset[str], "list of text"),
        (tuple[int, str], "list of integer, text"),
        (dict[str, int], "mapping of text to integer"),
        (dict[str, list[Feed]], "mapping of text to list of keys and values"),
        (float | None, "number, or nothing"),
        (Annotated[int, Meta(gt=0)] | Literal["auto"] | None, "integer above 0 or one of: auto, or nothing"),
        (bool | int, "true or false or integer"),
        (Certificate, "keys and values"),
        (datetime.date, "date"),
        (datetime.timedelta, "duration"),
        (bytes, "text in base64"),
        (Any, "anything"),
    ],
)
def test_a_type_is_said_in_words(kind, words):
    assert in_words(msgspec.inspect.type_info(kind)) == words


def test_every_option_has_its_type_its_default_and_its_help():
    assert [tuple(option) for option in options_of([Options])] == [
        ("host", "text", False, "localhost", "The host."),
        ("port", "integer of at least 0", False, 80, "The port, which is better."),
        ("bare", "number", False, 0.5, ""),
        ("meta", "text", False, "", "From its Meta."),
        ("tls", "keys and values, or nothing", False, None, "How it is safe."),
        ("tls.cert", "text", True, None, "Path of the certificate."),
        ("tls.inner", "keys and values, or nothing", False, None, ""),
        ("feeds", "list of keys and values", False, [], "What it follows."),
        ("feeds[].url", "text", False, "", "Where it is."),
        ("named", "mapping of text to keys and values", False, {"a": {"url": "b"}}, ""),
        ("named.*.url", "text", False, "", "Where it is."),
        ("other", "text", False, "", "By another name."),
    ]


def test_of_two_options_of_one_name_the_first_counts():
    assert [option.key for option in options_of([Feed, Feed, Base])] == ["url", "host", "port"]


def test_a_class_inside_a_function_is_found():
    class Options(msgspec.Struct):
        top: int = 0
        """How many."""

    assert helps_of(Options) == {"top": "How many."}


def test_a_class_without_source_has_no_help():
    made = msgspec.defstruct("Made", [("top", int, 3)], namespace={"__doc__": "Made."})
    assert [tuple(option) for option in options_of([made])] == [("top", "integer", False, 3, "")]
    spoken: dict[str, Any] = {"__name__": "nowhere"}
    exec('import msgspec\nclass Spoken(msgspec.Struct):\n    top: int = 3\n    "How many."', spoken)
    assert helps_of(spoken["Spoken"]) == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [(None, ""), ("", ""), ("One.", "One."), ("\n    One\n    line.\n\n    Two.\n", "One line.")],
)
def test_the_first_paragraph_of_a_docstring_is_one_line(text, line):
    assert first_line(text) == line
