"""One conversation: its state, its clients, and what they are told. The clock is a number."""

from __future__ import annotations

import asyncio

import pytest

from cortex import Attend, Frame, Label, Say, Sentence, Session, Show, Stimulus
from cortex import clock as clocks
from cortex.arbiter import ArbiterSettings
from cortex.messages import Hello, Report
from tests.support.world import Ear, within

MS = {"wait": 1.0}


class Clock(clocks.Clock):
    def __init__(self):
        self.at = 1000.0

    def now(self):
        return self.at


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="session")
def _session(clock):
    return Session(ArbiterSettings(stable=1), voices=frozenset({"voice"}), clock=clock)


def sentence(text="hello", **fields):
    return Sentence(sense="hearing", text=text, **fields)


def carry(session, action, stimulus=None):
    session.carry(action, stimulus or sentence(), "eye", MS)


def test_every_session_has_a_secret_of_its_own():
    secrets = {Session().id for _ in range(100)}
    assert len(secrets) == 100
    assert min(map(len, secrets)) >= 20


def test_a_cortex_finds_its_own_state_again(session):
    class Memory:
        def __init__(self):
            self.words = []

    session.state(Memory).words.append("hello")
    assert session.state(Memory).words == ["hello"]
    assert Session().state(Memory).words == []


async def test_what_was_shown_is_in_view_for_a_while(session, clock):
    show = Show((Label("macaw", 0.9),))
    assert session.view() is None
    carry(session, show)
    clock.at += 1.9
    assert session.view() is show
    clock.at += 0.2
    assert session.view() is None
    assert session.view(within=60) is show


async def test_an_answer_names_what_it_answers_and_gives_back_its_time_unchanged(session):
    ear = Ear(session)
    for captured in (1700000000000.125, 1763823456789.0, 1763823456789.3):
        session.carry(Say("hi"), sentence(id="s1", captured=captured / 1000), "eye", MS)
        told = await ear.next("say")
        assert (told["answers"], told["cortex"], told["ms"]) == ("s1", "eye", MS)
        assert told["captured"] == captured


async def test_an_action_goes_to_those_who_can_carry_it_out(session):
    screen = Ear(session, Hello(actuators=("display",), senses=()))
    speaker = Ear(session, Hello(actuators=("voice",), senses=("hearing",)))
    carry(session, Show(text="a"))
    carry(session, Say("b"))
    carry(session, Attend("hearing"))
    assert [message["type"] for message in await screen.rest()] == ["show"]
    assert [message["type"] for message in await speaker.rest()] == ["say", "attend"]


async def test_of_several_labels_that_were_not_sent_yet_only_the_last_is_sent(session):
    ear = Ear(session)
    for name in ("macaw", "cat"):
        carry(session, Show((Label(name, 1),)))
    assert [message["labels"][0]["name"] for message in await ear.rest()] == ["cat"]


async def test_all_clients_hear_the_answer_and_the_others_what_was_asked(session):
    phone, laptop = Ear(session), Ear(session)
    assert session.admits(sentence("hello", id="s1", language="fr"), phone.client)
    carry(session, Say("Hi."))
    heard = {"type": "heard", "id": "s1", "sense": "hearing", "text": "hello", "language": "fr"}
    assert await laptop.next("heard") == heard
    assert (await laptop.next("say"))["text"] == "Hi."
    assert [message["type"] for message in await phone.rest()] == ["say"]


async def test_words_that_may_still_change_are_not_told_to_the_others(session):
    phone, laptop = Ear(session), Ear(session)
    assert session.admits(sentence(final=False), phone.client)
    assert await laptop.rest() == []


def test_the_session_speaks_the_language_that_was_last_used(session):
    session.admits(sentence(language="fr-FR"), None)
    session.admits(sentence(language=""), None)
    assert session.language == "fr-FR"


async def test_the_bots_own_words_are_ignored_and_the_client_is_told(session, clock):
    ear = Ear(session)
    carry(session, Say("I see a scarlet macaw."))
    clock.at += 1
    assert not session.admits(sentence("I see a scarlet macaw", aloud=True, id="s2"), ear.client)
    assert await ear.next("ignored") == {"type": "ignored", "answers": "s2", "reason": "own-voice"}


async def test_be_quiet_gets_through_while_the_bot_speaks(session, clock):
    carry(session, Say("I see a scarlet macaw."))
    clock.at += 1
    assert session.admits(sentence("be quiet", aloud=True), Ear(session).client)


async def test_a_voice_that_was_closed_makes_no_remark_until_it_is_opened(session):
    ear, bell = Ear(session), Stimulus(sense="door")
    carry(session, Attend("voice", "closed"))
    carry(session, Say("The door!"), bell)
    assert [message["type"] for message in await ear.rest()] == ["attend"]
    carry(session, Attend("voice", "open"))
    carry(session, Say("The phone!"), bell)
    assert (await ear.next("say"))["text"] == "The door!"


async def test_the_voice_button_silences_it_too(session):
    ear = Ear(session)
    session.reported(Report(name="voice", state="closed"), session.clients[0])
    carry(session, Say("The door!"), Stimulus(sense="door"))
    assert await ear.rest() == []
    session.reported(Report(name="voice", state="open"), session.clients[0])
    assert (await ear.next("say", priority="remark"))["text"] == "The door!"


async def test_it_speaks_while_the_voice_of_any_client_is_open(session):
    phone, laptop = Ear(session), Ear(session)
    for client in session.clients:
        session.reported(Report(name="voice", state="open"), client)
    session.reported(Report(name="voice", state="closed"), session.clients[0])
    carry(session, Say("The door!"), Stimulus(sense="door"))
    assert (await phone.next("say"))["text"] == (await laptop.next("say"))["text"] == "The door!"
    session.leaves(session.clients[0])
    session.reported(Report(name="voice", state="closed"), session.clients[0])
    carry(session, Say("The phone!"), Stimulus(sense="door"))
    assert await laptop.rest() == []


async def test_what_waited_is_told_when_the_voice_reports_its_silence(session):
    ear = Ear(session)
    carry(session, Say("A long story."))
    session.reported(Report(name="voice", state="speaking"), session.clients[0])
    carry(session, Say("The door!"), Stimulus(sense="door"))
    session.reported(Report(name="eye", state="idle"), session.clients[0])
    assert [message["text"] for message in await ear.rest()] == ["A long story."]
    session.reported(Report(name="voice", state="idle"), session.clients[0])
    await ear.next("say", text="The door!")


async def test_what_a_shut_eye_has_seen_is_no_longer_in_view(session):
    look, show = Stimulus(sense="vision"), Show(text="a macaw")
    ear = Ear(session)
    for shut in (
        lambda: carry(session, Attend("vision", "closed")),
        lambda: session.reported(Report(name="vision", state="closed"), ear.client),
    ):
        carry(session, show, look)
        carry(session, Attend("hearing", "closed"))
        assert session.view() is show
        shut()
        assert session.view() is None


async def test_a_look_asks_for_a_frame_and_returns_what_is_shown_next(session):
    ear, show = Ear(session), Show(text="a macaw")
    looking = asyncio.create_task(session.look())
    attend = await ear.next("attend")
    assert (attend["to"], attend["state"]) == ("vision", "look")
    carry(session, Show(text="what a sentence made somebody think of"))
    fresh, other = Frame(sense="vision", picture=None), Frame(sense="feed", picture=None)
    session.perceives(fresh)
    session.perceives(other)
    carry(session, Show(text="of another sense"), other)
    carry(session, Show(text="of a moment before"), Frame(sense="vision", picture=None))
    assert not looking.done()
    carry(session, show, fresh)
    assert await within(looking) is show


async def test_a_look_ends_when_the_client_reports_that_it_cannot(session):
    ear = Ear(session)
    looking = asyncio.create_task(session.look(60))
    await ear.next("attend")
    session.reported(Report(name="hearing", state="failed"), ear.client)
    assert not looking.done()
    session.reported(Report(name="vision", state="failed", reason="refused"), ear.client)
    assert await within(looking) is None


async def test_a_look_at_nothing_ends(session):
    assert await within(session.look(0.01)) is None
    carry(session, Show(text="too late"))


async def test_a_sense_is_attended_to_while_a_client_has_it_open(session):
    laptop, phone = Ear(session), Ear(session)
    assert not session.attends("vision")
    session.reported(Report(name="vision", state="open"), laptop.client)
    session.reported(Report(name="vision", state="open"), phone.client)
    session.reported(Report(name="vision", state="closed"), laptop.client)
    assert session.attends("vision")
    session.leaves(phone.client)
    assert not session.attends("vision")


async def test_a_look_goes_on_while_another_client_may_still_see(session):
    phone, laptop = Ear(session), Ear(session)
    looking = asyncio.create_task(session.look(60))
    await laptop.next("attend")
    session.reported(Report(name="vision", state="failed", reason="my eyes are shut"), phone.client)
    assert not looking.done()
    fresh, show = Frame(sense="vision", picture=None), Show(text="a macaw")
    session.perceives(fresh)
    carry(session, show, fresh)
    assert await within(looking) is show
    looking = asyncio.create_task(session.look(60))
    await laptop.next("attend")
    session.reported(Report(name="vision", state="failed", reason="refused"), laptop.client)
    assert await within(looking) is None


async def test_a_shut_eye_is_not_opened_for_what_an_open_one_sees(session):
    phone, laptop = Ear(session), Ear(session)
    session.reported(Report(name="vision", state="open"), phone.client)
    session.reported(Report(name="vision", state="closed"), laptop.client)
    looking = asyncio.create_task(session.snap(60))
    await phone.next("attend", state="look")
    assert await laptop.rest() == []
    session.perceives(Frame(sense="vision", picture=None))
    await within(looking)
    session.reported(Report(name="vision", state="closed"), phone.client)
    looking = asyncio.create_task(session.snap(60))
    await phone.next("attend", state="look")
    await laptop.next("attend", state="look")
    session.perceives(Frame(sense="vision", picture=None))
    await within(looking)


async def test_it_is_known_whether_a_sentence_began_while_the_voice_was_heard(session, clock):
    ear = Ear(session)
    carry(session, Say("one two three four five six"))  # 2.5 s
    begun, later, typed = (sentence(text, aloud=True) for text in ("stop that", "and now", "typed"))
    clock.at += 2
    assert session.admits(sentence("stop", aloud=True, final=False), ear.client)
    clock.at += 4
    assert session.admits(begun, ear.client)
    assert session.admits(later, ear.client)
    assert [session.cut_in(each) for each in (begun, later, typed)] == [True, False, False]


def test_what_was_said_last_is_known_of_answers_and_of_remarks(session):
    answer, remark = Say("an answer"), Say("a remark")
    carry(session, answer)
    assert (session.said(), session.said("answer"), session.said("remark")) == (answer, answer, None)
    session.reported(Report(name="voice", state="idle"), Ear(session).client)
    carry(session, remark, Frame(sense="vision", picture=None))
    assert (session.said(), session.said("answer"), session.said("remark")) == (remark, answer, remark)
