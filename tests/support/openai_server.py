"""A stand-in for a language model's server: real HTTP over a real socket, in the test's own event loop.

Written from OpenAI's public specification of `POST /chat/completions` (streaming, tool calls, pictures, usage, errors).
It is no model: it answers what the test tells it to, step by step. It refuses requests that break the specification.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 10.0  # seconds
NAME = "test-model"


class Call(NamedTuple):
    """A tool call, in so many pieces."""

    name: str
    arguments: str = "{}"
    id: str = "call-1"
    place: int = 0
    pieces: int = 3


class Think(NamedTuple):
    """What the model thinks, told apart from what it says."""

    text: str


class Raw(NamedTuple):
    """Bytes as they are, in the middle of a stream."""

    body: bytes


class Usage(NamedTuple):
    """What the server says that it used."""

    prompt: int
    completion: int


class Finish(NamedTuple):
    """Why it ends, if not because it is done: `length`, `content_filter`."""

    why: str


class Refusal(NamedTuple):
    """An answer that is none: a status, a message in OpenAI's form or bytes as they are, and headers."""

    status: int
    message: str | bytes = "no"
    headers: Mapping[str, str] = MappingProxyType({})


BREAK = "break off"
"""A step: hang up in the middle."""
EOF = "end without an end"
"""A step: end the answer properly as HTTP has it, but not as the specification has it."""


class Asked:
    """One request, and what became of it."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.json: dict[str, Any] = json.loads(body) if body else {}
        self.cut = asyncio.Event()
        """Set when the client hangs up before it has the whole answer."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.json["messages"]
        return messages

    @property
    def system(self) -> str:
        return str(self.messages[0]["content"])

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.json.get("tools", [])]

    @property
    def pictures(self) -> list[bytes]:
        """The JPEGs that went along."""
        parts = [part for each in self.messages if isinstance(each["content"], list) for part in each["content"]]
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        return [base64.b64decode(url.removeprefix("data:image/jpeg;base64,"), validate=True) for url in urls]

    @property
    def results(self) -> list[str]:
        """What tools returned."""
        return [message["content"] for message in self.messages if message["role"] == "tool"]


class OpenAIServer:
    """The server. `says` tells how it answers the next request; with nothing told it says "Very well."."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.key = ""
        """What it wants to be shown; empty: nothing."""
        self.refuses: dict[str, Refusal] = {}
        """What it does not understand: a field of the request, or `pictures`."""
        self.calls_for_ever: Call | None = None
        """A tool that it calls in each answer, also where none is offered."""
        self._scripts: deque[tuple[Any, ...]] = deque()
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._port = 0

    async def __aenter__(self) -> OpenAIServer:
        await self.come()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    # What the test does

    def says(self, *steps: Any) -> None:
        """Answer the next request with these steps.

        A text is a piece of the answer; an `asyncio.Event` is waited for; the rest is above.
        """
        self._scripts.append(steps)

    async def was_asked(self, times: int = 1) -> Asked:
        """Wait until it was asked so often; return the last of those requests."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.asked) >= times)
        return self.asked[times - 1]

    async def come(self) -> None:
        """Be there, at the same address as before."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Be away: nobody listens, and who was listened to is cut off."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    # HTTP

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readline()
        while first:
            asked = await self._read(first, reader)
            async with self._changed:
                self.asked.append(asked)
                self._changed.notify_all()
            coming = asyncio.ensure_future(reader.readline())
            answering = asyncio.ensure_future(self._answer(asked, writer))
            try:
                await asyncio.wait({coming, answering}, return_when=asyncio.FIRST_COMPLETED)
                if not answering.done() and not coming.result():
                    asked.cut.set()
                    return
                if not await answering:
                    return
                first = await coming
            except ConnectionError:
                asked.cut.set()
                raise
            finally:
                for each in (coming, answering):
                    each.cancel()
                await asyncio.gather(coming, answering, return_exceptions=True)

    @staticmethod
    async def _read(first: bytes, reader: asyncio.StreamReader) -> Asked:
        headers: dict[str, str] = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Asked(first.decode().split()[1], headers, body)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; tell whether the connection may go on."""
        if (refusal := self._refusal(asked)) is not None:
            return await _refuse(refusal, writer)
        steps = self._scripts.popleft() if self._scripts else ("Very well.",)
        if self.calls_for_ever is not None:
            steps = (self.calls_for_ever._replace(id=f"call-{len(self.asked)}"),)
        if isinstance(steps[0], Refusal):
            return await _refuse(steps[0], writer)
        if isinstance(steps[0], bytes):  # whatever that is
            writer.write(steps[0])
            await writer.drain()
            return False
        while steps and isinstance(steps[0], asyncio.Event):  # it has not even begun
            await steps[0].wait()
            steps = steps[1:]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        return await self._stream(asked, steps, writer)

    async def _stream(self, asked: Asked, steps: tuple[Any, ...], writer: asyncio.StreamWriter) -> bool:
        def send(body: bytes) -> None:
            writer.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")

        def chunk(choices: list[dict[str, Any]], **fields: Any) -> None:
            chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": NAME}
            send(f"data: {json.dumps({**chunk, 'choices': choices, **fields})}\n\n".encode())

        def delta(finish: str | None = None, **fields: Any) -> None:
            chunk([{"index": 0, "delta": fields, "finish_reason": finish}])

        delta(role="assistant", content="")
        usage, finish = Usage(100, 20), "stop"
        for step in steps:
            if step == BREAK:
                await writer.drain()
                writer.transport.abort()
                return False
            if step == EOF:
                break
            if isinstance(step, asyncio.Event):
                await writer.drain()
                await step.wait()
            elif isinstance(step, Call):
                finish = "tool_calls"
                for part in _pieces(step):
                    delta(tool_calls=[part])
            elif isinstance(step, Think):
                delta(reasoning_content=step.text)
            elif isinstance(step, Raw):
                send(step.body)
            elif isinstance(step, Usage):
                usage = step
            elif isinstance(step, Finish):
                finish = step.why
            else:
                delta(content=step)
        else:
            delta(finish)
            if asked.json.get("stream_options", {}).get("include_usage"):
                total = usage.prompt + usage.completion
                used = {"prompt_tokens": usage.prompt, "completion_tokens": usage.completion, "total_tokens": total}
                chunk([], usage=used)
            send(b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    # The specification

    def _refusal(self, asked: Asked) -> Refusal | None:
        """Return why a request is refused; `None`: it is not."""
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            return Refusal(401, "Incorrect API key provided.")
        if asked.path != "/v1/chat/completions":
            return Refusal(404, b"404 page not found")
        if asked.json["model"] != NAME:
            return Refusal(404, f"model '{asked.json['model']}' not found")
        for what, refusal in self.refuses.items():
            if asked.pictures if what == "pictures" else what in asked.json:
                return refusal
        wrong = next((why for why, breaks in SPECIFICATION.items() if breaks(asked)), "")
        return Refusal(400, wrong) if wrong else None


def _pieces(call: Call) -> list[dict[str, Any]]:
    """Return a call as the parts of it that are sent one after the other."""
    size = -(-len(call.arguments) // call.pieces) or 1
    cuts = [call.arguments[begin : begin + size] for begin in range(0, len(call.arguments), size)]
    head = {"index": call.place, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    return [head, *({"index": call.place, "function": {"arguments": cut}} for cut in cuts)]


async def _refuse(refusal: Refusal, writer: asyncio.StreamWriter) -> bool:
    error = {"error": {"message": refusal.message, "type": "invalid_request_error", "param": None, "code": None}}
    body = refusal.message if isinstance(refusal.message, bytes) else json.dumps(error).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **refusal.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with contextlib.suppress(ConnectionError):
        writer.write(f"HTTP/1.1 {refusal.status} Status\r\n{head}\r\n".encode() + body)
        await writer.drain()
    return True


def _strays(asked: Asked) -> bool:
    """Tell whether a tool's result answers no call, or a call has no result."""
    open_: set[str] = set()
    for message in asked.messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_:
                return True
            open_.discard(message["tool_call_id"])
        elif open_:
            return True
        open_ |= {call["id"] for call in message.get("tool_calls", [])}
    return bool(open_)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


SPECIFICATION: dict[str, Callable[[Asked], bool]] = {
    "it does not stream": lambda asked: asked.json.get("stream") is not True,
    "a message has no role that there is": lambda asked: (
        not {message["role"] for message in asked.messages} <= {"system", "user", "assistant", "tool"}
    ),
    "the first message is not the system's": lambda asked: asked.messages[0]["role"] != "system",
    "a message has no content": lambda asked: any(
        not message.get("content") and "tool_calls" not in message for message in asked.messages
    ),
    "a result of a tool answers no call, or a call has no result": _strays,
    "the arguments of a call are no object": lambda asked: (
        not all(
            _is_object(call["function"]["arguments"])
            for message in asked.messages
            for call in message.get("tool_calls", [])
        )
    ),
    "a schema is no object": lambda asked: any(
        tool["function"]["parameters"].get("type") != "object" for tool in asked.json.get("tools", [])
    ),
}
