"""One answer: requests and tools by turns, until the model is done or has had its rounds. Knows no protocol."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from cortex import Say
from cortex_llm import persona, phrases, seeing, toolbox
from cortex_llm.hands import MOST, Hands
from cortex_llm.reply import Reply
from cortex_llm.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cortex import Action, Meaning, Session
    from cortex_llm.client import Client
    from cortex_llm.options import LlmOptions


class Answer:
    """The answer to one sentence."""

    def __init__(self, client: Client, options: LlmOptions, meaning: Meaning, session: Session) -> None:
        self._client = client
        self._options = options
        self._meaning = meaning
        self._session = session
        self._language = meaning.language or session.language
        self._hands = Hands(meaning, session, options.side)
        self._picture = ""
        self._said = False
        self.asks = ""
        """What the person is asked to confirm, in words for the model; empty: nothing."""
        self.exhausted = False
        """Whether it was cut off before it said anything."""
        self.thinks_aloud = False
        """Whether it has ended a thought that the server had not begun, so that it was said."""

    async def ideas(self, past: list[dict[str, Any]]) -> AsyncGenerator[Action | Meaning, None]:
        """Yield what is said and done, as it comes; `past` is what was said before."""
        if self._wants_picture:
            self._picture = await seeing.picture(self._session, self._options.side, eye=self._hands.eye) or ""
        steps: list[dict[str, Any]] = []
        for number in range(self._options.rounds + 1):
            tools = self._tools if number < self._options.rounds else []
            reply = Reply()
            async with aclosing(self._stream(self._request(past, steps, tools), reply)) as sayings:
                async for say in sayings:
                    yield say
            if not reply.calls:
                break
            if not tools:  # it goes on calling, for ever perhaps
                yield phrases.say("endless", self._language)
                return
            steps.append(reply.message)
            for index, call in enumerate(reply.calls):
                if index >= MOST:
                    steps.append(_result(call.id, f"Error: {MOST} tools at once are the most."))
                    continue
                outcome = await self._hands.use(call, tools)
                if outcome.idea is not None:
                    yield outcome.idea
                self._picture = outcome.picture or self._picture
                self.asks = outcome.asks or self.asks
                steps.append(_result(call.id, outcome.told))
            if self.asks:  # what the person says next answers that question
                return
            if not self._client.may_ask():
                yield phrases.say("spent", self._language)
                return
        if not self._said:
            self.exhausted = reply.ended == "length"
            yield phrases.say("silent", self._language)

    async def _stream(self, request: dict[str, Any], reply: Reply) -> AsyncGenerator[Say, None]:
        """Ask once; yield each sentence as soon as it is complete."""
        sentences = Sentences(thinks=self._options.thinks)
        async with aclosing(self._client.ask(request, reply)) as pieces:
            async for piece in pieces:
                for text in sentences.feed(piece):
                    yield self._say(text)
        self.thinks_aloud = self.thinks_aloud or sentences.thoughts.unopened
        if sentences.thoughts.expected and reply.ended == "length":  # it was still thinking
            return
        for text in sentences.end():
            yield self._say(text)

    def _say(self, text: str) -> Say:
        self._said = True
        return Say(text, self._meaning.language)

    # What it is asked

    @property
    def _wants_picture(self) -> bool:
        if self._options.sees == "asked":
            return self._sees and seeing.is_about_view(self._meaning.text, self._language)
        return self._sees

    @property
    def _sees(self) -> bool:
        return self._options.sees != "never" and "pictures" not in self._client.manners.without

    @property
    def _tools(self) -> list[dict[str, Any]]:
        if not self._options.tools or "tools" in self._client.manners.without:
            return []
        return toolbox.offered(self._session, eye=self._hands.eye, sees=self._sees)

    def _request(
        self, past: list[dict[str, Any]], steps: list[dict[str, Any]], tools: list[dict[str, Any]]
    ) -> dict[str, Any]:
        options = self._options
        request: dict[str, Any] = {
            "model": options.model,
            "messages": [{"role": "system", "content": self._system(tools)}, *past, self._question, *steps],
            "max_tokens": options.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if tools:
            request["tools"] = tools
        if options.temperature is not None:
            request["temperature"] = options.temperature
        return request

    @property
    def _question(self) -> dict[str, Any]:
        """What the person said, with the picture where there is one: it stays with the sentence that it is about."""
        text = self._meaning.text
        if not self._picture:
            return {"role": "user", "content": text}
        picture = {"type": "image_url", "image_url": {"url": self._picture}}
        return {"role": "user", "content": [{"type": "text", "text": text}, picture]}

    def _system(self, tools: list[dict[str, Any]]) -> str:
        looks = any(tool["function"]["name"] == "look" for tool in tools)
        sight = "blind" if not self._sees else "picture" if self._picture else "look" if looks else "shut"
        return persona.system(self._options.persona, self._language, eye=self._hands.eye, sight=sight)


def _result(call: str, told: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call, "content": told}
