"""The tools that the model is offered: what each takes, and when it would work. Knows no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex import Session

Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=60,
        pattern=r"^[\w'’-]+( [\w'’-]+){0,5}$",
        description="What the thing is called, in words and without punctuation, such as: mug",
    ),
]
"""It stands in a question to the person, who has to see where it ends."""
Why = Annotated[str, Meta(max_length=400, description="What you want to know")]
"""Nobody reads it; but some servers refuse a tool that takes nothing."""
Question = Literal["people", "read", "known", "remember", "last_seen", "count"]

QUESTIONS: dict[Question, str] = {
    "people": "who is in view",
    "read": "what is written there",
    "known": "what things it was taught",
    "remember": "what it knows of `thing`",
    "last_seen": "when it last saw `thing`",
    "count": "how often it saw `thing` today",
}
"""What other cortexes can be asked, and what that is."""
LOOKS = frozenset({"people", "read"})
"""The questions for which they look."""
ABOUT = frozenset({"remember", "last_seen", "count"})
"""The questions that are about a thing."""


class Tool(msgspec.Struct, forbid_unknown_fields=True):
    """What a tool takes."""


class Look(Tool):
    """Look: get a picture of what is before your eye now."""

    why: Why = ""


class Recognise(Tool):
    """Get the names that the picture classifier, and what you were taught, have for what is before your eye now."""

    why: Why = ""


class Teach(Tool):
    """Learn what the person shows you under a name, when the person asks for it. The person is asked to confirm."""

    name: Name


class Forget(Tool):
    """Forget a thing that you were taught, when the person asks for it. The person is asked to confirm."""

    name: Name


class Attend(Tool):
    """Open or close your eye (vision), your ear (hearing) or your voice, when the person asks for it."""

    sense: Literal["vision", "hearing", "voice"]
    state: Literal["open", "closed"]


class Ask(Tool):
    """Ask another part of your brain."""

    what: Question
    thing: Annotated[str, Meta(max_length=60, description="What it is about, where it is about a thing")] = ""


TOOLS: dict[str, type[Tool]] = {kind.__name__.lower(): kind for kind in (Look, Recognise, Teach, Forget, Attend, Ask)}


class WrongCallError(Exception):
    """A tool was called wrongly; the model is told how."""


def read(name: str, arguments: str, offered: list[dict[str, Any]]) -> Tool:
    """Return what a call asks for.

    Raises:
        WrongCallError: it is no tool that is offered, or its arguments are wrong.
    """
    names = [tool["function"]["name"] for tool in offered]
    if name not in names:
        raise WrongCallError(f"there is no tool {name[:60]!r} now; there is: {', '.join(names) or 'none'}")
    try:
        return msgspec.json.decode(arguments or "{}", type=TOOLS[name])
    except msgspec.DecodeError as error:
        raise WrongCallError(f"wrong arguments for {name}: {str(error)[:300]}") from error


def offered(session: Session, *, eye: bool, sees: bool) -> list[dict[str, Any]]:
    """Return the tools that would work now, as the server is told.

    `eye`: whether it is open; `sees`: whether the model can see pictures.
    """
    return [_described(name, session, eye=eye) for name in _working(session, eye=eye, sees=sees)]


def questions(session: Session, *, eye: bool) -> list[Question]:
    """Return what other cortexes can be asked now."""
    return [what for what in QUESTIONS if session.perceived(f"meaning:{what}") and (eye or what not in LOOKS)]


def _working(session: Session, *, eye: bool, sees: bool) -> Iterator[str]:
    if eye and sees:
        yield "look"
    if eye and session.perceived("vision"):
        yield "recognise"
    if eye and session.perceived("meaning:learn"):
        yield "teach"
    if session.perceived("meaning:forget"):
        yield "forget"
    yield "attend"
    if questions(session, eye=eye):
        yield "ask"


def _described(name: str, session: Session, *, eye: bool) -> dict[str, Any]:
    kind = TOOLS[name]
    (_, components) = msgspec.json.schema_components([kind])
    schema = components[kind.__name__]
    told = schema.pop("description")
    schema = {field: schema[field] for field in ("type", "properties", "required") if field in schema}
    for values in schema["properties"].values():
        for field in ("default", "pattern"):  # which some servers do not know
            values.pop(field, None)
        values["type"] = "string"  # msgspec leaves it out where there is a choice
    if kind is Ask:
        known = questions(session, eye=eye)
        schema["properties"]["what"]["enum"] = known
        told += " " + "; ".join(f"{what}: {QUESTIONS[what]}" for what in known) + "."
    return {"type": "function", "function": {"name": name, "description": told, "parameters": schema}}
