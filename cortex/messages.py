"""What travels: the messages of the wire as types. Knows neither JSON nor sockets."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cortex.action import Action
from cortex.health import PluginStatus


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The first message of a client. A name left out of it is one that the client has."""

    senses: tuple[str, ...] | None = None
    actuators: tuple[str, ...] | None = None
    language: str = ""
    session: str | None = None
    off: tuple[str, ...] = ()
    """The plugins that the person has switched off."""


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """The person switches a plugin off, or on again: whether it perceives anything of this session."""

    plugin: str
    on: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a client's sense or actuator is doing."""

    name: str
    state: Literal["speaking", "idle", "open", "closed", "failed"]
    reason: str = ""


class Perceived(msgspec.Struct, frozen=True, kw_only=True):
    """Something perceived, its header not yet read: only the sense knows its type."""

    sense: str
    header: bytes | dict[str, Any]
    payload: bytes = b""


Incoming = Hello | Report | Switch | Perceived


class ServerHello(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The server's answer to `Hello`."""

    version: str
    session: str
    senses: dict[str, dict[str, Any]]
    actuators: dict[str, dict[str, Any]]
    plugins: list[PluginStatus]
    off: list[str] = []
    """The plugins that are switched off in this session."""


class Credit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="credit"):
    """So many more stimuli of a sense may be sent."""

    sense: str
    count: int = 1


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """An action on its way to a client. On the wire the action's own fields stand beside these."""

    action: Action
    answers: str
    captured: float
    """Milliseconds since 1970, as the client gave it."""
    cortex: str
    ms: dict[str, float]
    """How long the stimulus waited for the cortex, was decoded, and was thought about."""
    priority: Literal["answer", "remark"] | None = None
    holds: bool = False
    """Whether what is shown holds until the same cortex shows something else: it looks when something has changed."""


class PluginsChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="plugins"):
    """How the enabled plugins are."""

    plugins: list[PluginStatus]


class Switched(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="switched"):
    """Which plugins are switched off in this session."""

    off: list[str]


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="heard"):
    """A sentence that another client of the session perceived."""

    id: str
    sense: str
    text: str
    language: str = ""


class Ignored(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ignored"):
    """A sentence that nobody will answer."""

    answers: str
    reason: Literal["own-voice"] = "own-voice"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="error"):
    """Something went wrong; `docs/wire.md` lists the codes."""

    code: str
    message: str
    answers: str | None = None


Outgoing = ServerHello | Credit | Deed | PluginsChanged | Switched | Heard | Ignored | Problem
