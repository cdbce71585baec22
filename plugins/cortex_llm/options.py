"""The options of the language model: which, where, who it is, and how much it may."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from cortex import BaseOptions, Place, SecretText, place_of
from cortex_llm.persona import PERSONA


class LlmOptions(BaseOptions):
    """Which model it asks, where, who it is, and how much it may."""

    model: Annotated[str, Meta(min_length=1)]
    """The name of the model, as its server calls it, such as `qwen3-vl:8b-instruct`."""
    base_url: str = "http://localhost:11434/v1"
    """Where an OpenAI-compatible server is; by default Ollama, on this machine."""
    api_key: SecretText = ""
    """The key that the server wants, as `{$env: NAME}`; empty: none, whatever the environment has."""
    persona: str = PERSONA
    """Who it is and how it talks, in your own words."""
    sees: Literal["never", "asked", "always"] = "asked"
    """When a picture goes along.

    `asked`: when the sentence is about what is in view, or the model asks for one; `always`, `never`.
    """
    side: Annotated[int, Meta(ge=64, le=4096)] = 512
    """Pixels that the longer side of a picture has at most when it is sent."""
    tools: bool = True
    """Whether it may use what the bot can do: look, name, teach, forget, open and close senses, ask others."""
    rounds: Annotated[int, Meta(ge=1, le=20)] = 4
    """How often it may use tools for one answer."""
    history: Annotated[int, Meta(ge=0, le=200)] = 12
    """Turns of the conversation that it remembers, 12,000 characters at most."""
    max_tokens: Annotated[int, Meta(ge=16, le=32768)] = 400
    """Tokens that one answer has at most; a reasoning model thinks with them too."""
    thinks: bool = False
    """Whether its answers begin with a thought whose end alone, `</think>`, the server tells."""
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    """How freely it picks its words; None: as the server has it."""
    patience: Annotated[float, Meta(gt=0, le=600)] = 20.0
    """Seconds without a byte from the server after which it counts as away; a model that is loaded first takes long."""

    def __post_init__(self) -> None:
        _check(self.base_url)
        if not (self.api_key.isascii() and self.api_key.isprintable() and " " not in self.api_key):
            raise ValueError("api_key: no key has spaces, line breaks or letters beyond ASCII; see what you copied")

    @property
    def host(self) -> str:
        """Whom it asks, as `host:port` or `host`."""
        return urlsplit(self.base_url).netloc

    @property
    def place(self) -> Place:
        """Where words and pictures go."""
        return (
            place_of(self.base_url, "words") if self.sees == "never" else place_of(self.base_url, "words", "pictures")
        )


def _check(base_url: str) -> None:
    """Raise `ValueError` where nobody can be asked at an address, or nobody should."""
    parts = urlsplit(base_url)
    try:
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:  # a port that is no number
        known = False
    if not known or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("base_url is not an address: it is http://HOST:PORT/v1 or https://HOST/v1")
    if parts.path.rstrip("/").endswith("/completions"):
        raise ValueError("base_url is what stands before /chat/completions, such as http://HOST:PORT/v1")
    if parts.scheme == "http" and place_of(base_url).where == "internet":
        raise ValueError("base_url: http:// is for this machine and for networks of one's own; use https://")
