"""Webhook: anything that can send a request over HTTP taps the bot on the shoulder."""

from __future__ import annotations

import secrets
from typing import Any

from msgspec import field

from cortex import (
    BaseOptions,
    Event,
    Post,
    RefusedError,
    Register,
    Sense,
    WireError,
    hookimpl,
    sentence_text,
)
from senses.texts import Template, one_line
from senses.webhook.admission import admits

SHORTEST_TOKEN = 16  # characters
EXAMPLE = '{"text": "the door opened"}'
UNAUTHORIZED = (
    "no hook of this name takes this token: send `Authorization: Bearer TOKEN`, or the body's HMAC-SHA256 by the token "
    "as `X-Hub-Signature-256: sha256=…`"
)


class Hook(BaseOptions):
    """One address, its secret, and what is said when it is called."""

    token: str
    """What the sender has to know, 16 characters at least; write `{$env: NAME}`."""
    say: str = ""
    """What to say, such as `{user} mentioned you`; names in braces stand in the JSON. Empty: its `text`."""
    language: str = ""
    """BCP 47 tag of the language of what is said; empty: that of the session."""

    def __post_init__(self) -> None:
        if len(self.token) < SHORTEST_TOKEN or not self.token.isascii() or not self.token.isprintable():
            raise ValueError(f"its token needs {SHORTEST_TOKEN} characters at least, all of them printable ASCII")
        if " " in self.token:
            raise ValueError("its token has a space in it")
        Template(self.say)


class Webhook(Sense):
    """What others tell the bot over HTTP."""

    class Options(BaseOptions):
        """Who may tell what."""

        hooks: dict[str, Hook] = field(default_factory=dict)
        """The hooks by name: NAME is called by `POST /senses/webhook/NAME`."""

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self._nobody = secrets.token_hex()

    async def post(self, name: str, post: Post) -> Event:
        hook = self.options.hooks.get(name)
        # An unknown name takes as long as a wrong token and is told the same: nobody learns which hooks there are.
        if not admits(self._nobody if hook is None else hook.token, post) or hook is None:
            raise RefusedError(401, UNAUTHORIZED)
        data = post.json()
        if not isinstance(data, dict):
            raise RefusedError(400, f"expected a JSON object such as {EXAMPLE}, got {_kind(data)}")
        return Event(sense="webhook", name=name, text=said(hook, data), language=hook.language, data=data)


def said(hook: Hook, data: dict[str, Any]) -> str:
    """Return what to say of what was sent.

    Raises:
        RefusedError: there is nothing to say, or too much (400), or a name in the template is missing (422).
    """
    text = data.get("text", "")
    if hook.say:
        try:
            text = Template(hook.say).fill(data)
        except KeyError as error:
            raise RefusedError(422, f"{error} is missing or no text or number; {hook.say!r} needs it") from error
    elif not isinstance(text, str):
        raise RefusedError(400, f'expected a text as "text", got {_kind(text)}')
    try:
        return sentence_text(one_line(text))
    except WireError as error:
        where = "what came of this hook's `say`" if hook.say else 'the "text" of the object'
        raise RefusedError(400, f"{where} is what is said: {error}") from error


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("webhook", Webhook)
