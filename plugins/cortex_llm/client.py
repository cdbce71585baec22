"""The line to the server: requests whose answers are streamed. Knows no session and no tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import ValidationError

from cortex_llm.chunk import read
from cortex_llm.failure import Failures, never_reached
from cortex_llm.manners import Manners
from cortex_llm.usage import estimate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import openai
    from openai import AsyncOpenAI, AsyncStream

    from cortex import Cortex
    from cortex_llm.manners import Feature
    from cortex_llm.options import LlmOptions
    from cortex_llm.reply import Reply

PAUSES = (0.5, 1.0)  # seconds before each further try of a request
CONNECT = 5.0  # seconds for the connection alone, if there is patience for that
TOKEN = 12  # characters of a token at most, on average over an answer
SLACK = 2_000  # characters more; past that, the server does not keep to max_tokens
HEADERS = frozenset(
    {"host", "accept", "connection", "content-type", "content-length", "transfer-encoding", "authorization"}
)
"""What is sent with a request. The library would add what machine this is, and what stands in its environment."""


class Client:
    """Asks one model for a cortex, whose clock it goes by, and who counts what it uses.

    `concede` is told what the server turned out not to understand.
    """

    def __init__(self, cortex: Cortex, options: LlmOptions, concede: Callable[[Feature], None]) -> None:
        self.manners = Manners(options.model)
        self._options = options
        self._longest = options.max_tokens * TOKEN + SLACK
        self._cortex = cortex
        self._concede = concede
        self._failures = Failures(options)
        self._openai = _connect(options)

    async def close(self) -> None:
        """Hang up."""
        await self._openai.close()

    def may_ask(self) -> bool:
        """Tell whether a further request for the same answer may cost something."""
        return self._cortex.may_spend()

    async def ask(self, request: dict[str, Any], reply: Reply) -> AsyncGenerator[str, None]:
        """Ask for an answer; yield its text as it comes, and collect it in `reply`.

        Raises:
            ServiceError: the server is away, refuses, breaks off, or answers nonsense.
        """
        import openai

        request = self.manners.adapt(request)
        try:
            stream = await self._open(request, reply)
            async with stream:
                async for chunk in stream:
                    if text := reply.take(read(chunk)):
                        yield text
                    if reply.length > self._longest:
                        reply.ended = "length"
                        break
        except openai.APIConnectionError as error:
            broken = reply.chunks and not isinstance(error, openai.APITimeoutError)
            raise (
                self._failures.broken() if broken else self._failures.of(error, self._cortex.clock.time())
            ) from error
        except (openai.OpenAIError, ValidationError, ValueError) as error:
            raise self._failures.of(error, self._cortex.clock.time()) from error
        finally:
            self._count(request, reply)
        if not reply.chunks:
            raise self._failures.nonsense()
        if not reply.ended:
            raise self._failures.broken()

    def _count(self, request: dict[str, Any], reply: Reply) -> None:
        """Count what may be charged for a request: whoever gives up in the middle does not know better."""
        if reply.charged:
            self._cortex.spend(**estimate(request["messages"], request.get("tools"), reply))

    async def _open(self, request: dict[str, Any], reply: Reply) -> AsyncStream[Any]:
        """Begin an answer: again after a pause where that may help, or without what the server does not understand."""
        import openai

        pauses = iter(PAUSES)
        while True:
            reply.charged = True
            try:
                stream: AsyncStream[Any] = await self._openai.chat.completions.create(**request)
            except openai.APIStatusError as error:
                reply.charged = False
                if self._yields(error, request):
                    continue
                again = isinstance(error, openai.InternalServerError) and "retry-after" not in error.response.headers
                if not again or (pause := next(pauses, None)) is None:
                    raise
                await self._cortex.clock.sleep(pause)
            except openai.APIConnectionError as error:
                reply.charged = not never_reached(error)
                if isinstance(error, openai.APITimeoutError) or (pause := next(pauses, None)) is None:
                    raise
                self._count(request, reply)
                reply.charged = False
                await self._cortex.clock.sleep(pause)
            else:
                return stream

    def _yields(self, error: openai.APIStatusError, request: dict[str, Any]) -> bool:
        """Do without what a server has refused, from now on; tell whether there is anything."""
        said = str(error.body) if error.body else ""
        feature = self.manners.concede(error.status_code, said, request)
        if feature is None:
            return False
        adapted = self.manners.adapt(request)
        request.clear()
        request.update(adapted)
        self._concede(feature)
        return True


def _connect(options: LlmOptions) -> AsyncOpenAI:
    import openai

    async def keep(request: Any) -> None:
        for name in [name for name in request.headers if name.lower() not in HEADERS]:
            del request.headers[name]

    key = options.api_key or "none"
    http = openai.DefaultAsyncHttpxClient(
        event_hooks={"request": [keep]}, trust_env=options.place.where == "internet", follow_redirects=False
    )
    client = openai.AsyncOpenAI(
        api_key=key,
        base_url=options.base_url,
        max_retries=0,
        timeout=openai.Timeout(options.patience, connect=min(CONNECT, options.patience)),
        default_headers={"Authorization": f"Bearer {key}"},
        http_client=http,
    )
    _ = client.chat.completions  # which imports more
    return client
