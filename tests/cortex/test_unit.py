"""A cortex at work: the four kinds of `perceive`, its time limit, and what it may hand back."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest

from cortex import Cortex, PluginError, Say, Sentence, Session, Stimulus, StimulusError
from tests.support.world import unit, within


class Coroutine(Cortex):
    async def perceive(self, stimulus, session):
        await asyncio.sleep(0)
        return Say(stimulus.text)


class Stream(Cortex):
    async def perceive(self, stimulus, session):
        for word in stimulus.text.split():
            await asyncio.sleep(0)
            yield Say(word)


class Plain(Cortex):
    def perceive(self, stimulus, session):
        return Say(stimulus.text)


class Generator(Cortex):
    def perceive(self, stimulus, session):
        for word in stimulus.text.split():
            yield Say(word)


class Several(Cortex):
    async def perceive(self, stimulus, session):
        return [Say(word) for word in stimulus.text.split()]


class Silent(Cortex):
    pass


def cortex_of(perceive):
    """Return a cortex with this function for its `perceive`."""
    return type("Test", (Cortex,), {"perceive": perceive})(None)


async def think(cortex, text="one two", *, limit=30.0, stimulus=None):
    """Have a cortex perceive a sentence; return the words that it said."""
    said = []
    stimulus = stimulus or Sentence(sense="reading", text=text)
    await within(unit(cortex, timeout=limit).think(stimulus, Session(), 0.0, lambda action, ms: said.append(action)))
    return [action.text for action in said]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Coroutine, ["one two"]),
        (Stream, ["one", "two"]),
        (Plain, ["one two"]),
        (Generator, ["one", "two"]),
        (Several, ["one", "two"]),
        (Silent, []),
    ],
)
async def test_every_kind_of_perceive_is_understood(kind, said):
    assert await think(kind(None)) == said


async def here(self, stimulus, session):
    return Say(threading.current_thread().name)


async def here_in_a_stream(self, stimulus, session):
    yield Say(threading.current_thread().name)


def there(self, stimulus, session):
    return Say(threading.current_thread().name)


def there_in_a_generator(self, stimulus, session):
    yield Say(threading.current_thread().name)


@pytest.mark.parametrize("perceive", [here, here_in_a_stream])
async def test_asynchronous_ones_run_on_the_event_loop(perceive):
    assert await think(cortex_of(perceive)) == [threading.current_thread().name]


@pytest.mark.parametrize("perceive", [there, there_in_a_generator])
async def test_plain_ones_run_in_a_worker_thread(perceive):
    assert await think(cortex_of(perceive)) == ["cortex Test 1"]


@pytest.mark.parametrize(("kind", "width"), [(Coroutine, 64), (Stream, 64), (Plain, 1), (Generator, 1)])
def test_plain_ones_think_for_one_session_at_once_and_asynchronous_ones_for_many(kind, width):
    assert unit(kind(None)).width == width


def test_a_cortex_says_itself_for_how_many_it_thinks():
    cortex = Plain(None)
    cortex.concurrency = 3
    assert unit(cortex).width == 3


async def hang(self, stimulus, session):
    await asyncio.Event().wait()


async def hang_in_a_stream(self, stimulus, session):
    yield Say("first")
    await asyncio.Event().wait()


@pytest.mark.parametrize("perceive", [hang, hang_in_a_stream])
async def test_what_takes_too_long_is_given_up(perceive):
    with pytest.raises(TimeoutError, match=r"took longer than 0\.05 s"):
        await think(cortex_of(perceive), limit=0.05)


async def test_a_thread_that_takes_too_long_is_given_up():
    gate = threading.Event()
    with pytest.raises(TimeoutError, match=r"took longer than 0\.05 s"):
        await think(cortex_of(lambda *_: gate.wait()), limit=0.05)
    gate.set()


async def test_a_timeout_of_the_plugins_own_is_not_taken_for_the_limit():
    async def perceive(self, stimulus, session):
        raise TimeoutError("the far end did not answer")

    with pytest.raises(TimeoutError, match="the far end"):
        await think(cortex_of(perceive))


async def test_what_a_thread_yields_after_it_was_given_up_is_dropped():
    gate, done, said = threading.Event(), threading.Event(), []

    def perceive(self, stimulus, session):
        yield Say("in time")
        gate.wait()
        yield Say("too late")
        done.set()

    slow = unit(cortex_of(perceive), timeout=0.1)
    sentence = Sentence(sense="reading", text="x")
    with pytest.raises(TimeoutError):
        await slow.think(sentence, Session(), 0.0, lambda action, ms: said.append(action.text))
    gate.set()
    assert await asyncio.to_thread(done.wait, 5)
    await asyncio.sleep(0)
    assert said == ["in time"]


@pytest.mark.parametrize("result", ["words", 5, {"type": "say"}, Say, [Say("a"), None]])
@pytest.mark.parametrize("plain", [True, False])
async def test_what_is_no_action_is_an_error_that_says_so(result, plain):
    async def perceive(self, stimulus, session):
        return result

    with pytest.raises((PluginError, TypeError), match=r"is neither|not iterable"):
        await think(cortex_of((lambda *_: result) if plain else perceive))


@pytest.mark.parametrize("plain", [True, False])
async def test_an_exit_in_perceive_does_not_end_the_process(plain):
    async def perceive(self, stimulus, session):
        sys.exit(3)

    with pytest.raises((PluginError, SystemExit)):
        await think(cortex_of((lambda *_: sys.exit(3)) if plain else perceive))


@pytest.mark.parametrize("plain", [True, False])
async def test_an_action_that_cannot_be_carried_is_an_error_of_the_cortex(plain):
    def carry(action, ms):
        raise TypeError("a score is no number")

    async def perceive(self, stimulus, session):
        return Say("x")

    cortex = cortex_of((lambda *_: Say("x")) if plain else perceive)
    with pytest.raises(TypeError, match="no number"):
        await within(unit(cortex).think(Sentence(sense="reading", text="x"), Session(), 0.0, carry))


class Rotten(Stimulus, frozen=True, kw_only=True, eq=False):
    def prepare(self):
        raise StimulusError("bad-image", "no picture")


@pytest.mark.parametrize("kind", [Coroutine, Stream, Plain, Generator])
async def test_a_cortex_never_sees_what_cannot_be_prepared(kind):
    with pytest.raises(StimulusError, match="no picture"):
        await think(kind(None), stimulus=Rotten(sense="vision"))


@pytest.mark.parametrize("kind", [Coroutine, Plain])
async def test_each_action_says_how_long_it_took(kind):
    spent = []
    sentence = Sentence(sense="reading", text="x")
    await unit(kind(None)).think(sentence, Session(), 0.25, lambda action, ms: spent.append(ms))
    assert spent[0]["wait"] == 250
    assert spent[0]["decode"] == 0
    assert spent[0]["infer"] >= 0


async def test_start_and_stop_may_be_plain_or_asynchronous():
    calls = []

    class Both(Cortex):
        def start(self):
            calls.append(("start", threading.get_ident() == here))

        async def stop(self):
            calls.append(("stop", threading.get_ident() == here))

    here = threading.get_ident()
    both = unit(Both(None))
    await both.call(both.cortex.start)
    await both.call(both.cortex.stop)
    await both.call(both.cortex.join, Session())
    assert calls == [("start", False), ("stop", True)]


async def test_a_failure_in_leave_is_logged_and_nobody_elses(caplog):
    class Sulky(Cortex):
        def leave(self, session):
            raise ValueError("not now")

    sulky = unit(Sulky(None))
    await sulky.try_call(sulky.cortex.leave, Session())
    assert "Sulky failed in leave" in caplog.text
