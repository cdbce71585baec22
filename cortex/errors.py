"""Every error that Cortex raises on purpose.

CortexError                 base; the command line prints it as one line, no traceback
├── ConfigError             config.yaml is wrong: file, line, key path and what to do (exit code 2)
├── PluginError             a plugin cannot be found, imported or started (shown, the rest goes on)
├── ModelError              a model file is missing, broken or does not fit its labels
├── ServiceError            a service that a plugin asks is away, refuses or answers nonsense (benched, tried again)
├── RefusedError            a request over HTTP that a sense does not take; the sender gets its status and text
└── WireError               a message that breaks the protocol; the client gets its code and text
    └── StimulusError       a well-formed message whose content cannot be perceived (no image, too large)
"""

from __future__ import annotations


class CortexError(Exception):
    """Something the user can mend; its text says what was wrong and what to do."""


class ConfigError(CortexError):
    """The configuration is wrong. Caught by the command line, which prints every problem and exits with 2."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        """One line each: file, line, key path, what was wrong and the nearest known key."""


class PluginError(CortexError):
    """A plugin cannot work. Caught by the bot, which shows the plugin as failed and goes on without it."""


class ModelError(PluginError):
    """A model cannot be used. Raised by plugins in `start()`; handled like any `PluginError`."""


class ServiceError(CortexError):
    """A service that a plugin asks is away, refuses, or answers nonsense. Raised by `perceive`.

    The plugin is benched at once and tried again later; the person is told once, in these very words.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which to try again, where the service says so."""


class RefusedError(CortexError):
    """A request over HTTP is not taken. Raised by the `post` of a sense; the sender gets the status and the text."""

    def __init__(self, status: int, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status code, such as 401."""
        self.retry_after = retry_after
        """Seconds after which to try again, where that can help."""


class WireError(CortexError):
    """A message breaks the protocol. Caught by the socket loop, which answers with an `error` message."""

    def __init__(self, code: str, message: str, *, close: int | None = None, answers: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        """For machines, such as `bad-json`; `docs/wire.md` lists them all."""
        self.close = close
        """The WebSocket close code, where the connection cannot safely go on."""
        self.answers = answers
        """The id of the stimulus that caused it, where that is known."""


class StimulusError(WireError):
    """What arrived cannot be perceived. Raised by a sense; the next stimulus is looked at all the same."""
