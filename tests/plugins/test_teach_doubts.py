"""Lessons in doubt: what is asked back before it is kept, what an undo brings back, a memory that fails for a while."""

from __future__ import annotations

import gc
import sqlite3
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from cortex import state_folder
from cortex.testing.pictures import black
from cortex_teach import memory as remembering
from cortex_teach.memory import Memory
from cortex_teach.options import Options
from cortex_teach.pupil import EXPIRY, FRESH, HASTE, Pupil
from cortex_teach.store import Store, StoreError
from tests.support.classroom import BOWL, CLOCK, MUG, MUG_AGAIN, Classroom
from tests.support.lessons import MODEL, NOON, jpeg, lesson

# Asked back


async def test_a_correction_that_was_heard_is_asked_back_whoever_began_the_lesson(room, bot):
    await room.teach("mug", MUG)
    await room.teach("cup", MUG_AGAIN)  # typed; it takes this for the mug, and asks
    assert room.lesson.stage == "asking"
    await room.mean("correct", "bug", aloud=True)
    assert room.lesson.stage == "asking"
    await room.mean("remember", "bug")
    assert bot.answers[-1].startswith("I do not know “bug”")


async def test_an_undo_that_was_heard_is_asked_back(room, bot):
    await room.teach("mug", MUG)
    await room.mean("undo", aloud=True)
    assert bot.answers[-1] == "Shall I undo that, and not know “mug” by it?"
    assert await room.name(MUG) == "mug"
    await room.mean("yes", aloud=True)
    assert bot.answers[-1] == "Undone: I did not learn “mug”."
    assert await room.name(MUG) != "mug"


async def test_an_undo_that_was_misheard_is_not_done(room, bot):
    await room.teach("mug", MUG)
    await room.mean("undo", aloud=True)
    await room.mean("no", aloud=True)
    assert await room.name(MUG) == "mug"


@pytest.mark.parametrize("intent", ["learn", "forget", "undo"])
async def test_what_a_machine_has_concluded_is_asked_back_and_it_cannot_say_yes_itself(room, bot, clock, intent):
    await room.teach("mug", MUG)
    thing = {"learn": "key", "forget": "mug"}.get(intent, "")
    if intent == "learn":
        await room.teach(thing, BOWL, guessed=True)
    else:
        await room.mean(intent, thing, guessed=True)
    assert bot.answers[-1].startswith("Shall I")
    await room.mean("yes", guessed=True)
    assert bot.answers[-1].startswith("Shall I")
    assert await room.name(MUG) == "mug"
    await clock.advance(HASTE)
    await room.mean("yes")
    await room.mean("remember", "key" if intent == "learn" else "mug")
    assert bot.answers[-1].startswith("Yes, I remember key" if intent == "learn" else "I do not know “mug”")


@pytest.mark.parametrize("intent", ["learn", "forget", "undo"])
async def test_a_yes_that_comes_too_soon_for_what_a_machine_has_concluded_was_meant_for_something_else(
    room, bot, clock, intent
):
    await room.teach("mug", MUG)
    if intent == "learn":
        await room.teach("key", BOWL, guessed=True)
    else:
        await room.mean(intent, "mug", guessed=True)
    question = bot.answers[-1]
    await room.mean("yes")
    assert bot.answers[-2:] == [question, question]
    await clock.advance(HASTE)
    await room.mean("yes")
    assert bot.answers[-1] != question


async def test_a_yes_that_cuts_into_the_question_of_a_machine_is_asked_about_again(bot, clock):
    await bot.load("classifier", model="builtin")
    await bot.load("teach")
    await bot.load("dialogue")
    room = Classroom(bot)
    await room.teach("mug", MUG)
    bot.speech = 4.0
    await room.mean("forget", "mug", guessed=True)
    question = bot.answers[-1]
    await clock.advance(2.0)
    await bot.hear("yes", final=False)
    await clock.advance(3.0)  # the recogniser is done only once the voice is
    await bot.hear("yes")
    assert bot.answers[-2:] == [question, question]
    await clock.advance(8.0)
    await bot.hear("yes")
    assert bot.answers[-1].startswith("I have forgotten")


async def test_a_machine_does_not_put_away_what_the_person_is_asked(room, bot):
    await room.teach("mug", MUG, aloud=True)
    question = bot.answers[-1]
    await room.mean("learn", "key", guessed=True)
    assert (room.lesson.stage, room.lesson.thing, bot.answers[-1]) == ("asking", "mug", question)
    await room.mean("yes", aloud=True)
    assert bot.answers[-1] == "I will remember: mug."


async def test_a_question_that_nobody_answers_is_forgotten(room, bot, clock):
    await room.teach("mug", MUG, aloud=True)
    await clock.advance(EXPIRY + 1)
    await bot.see(BOWL)
    assert bot.session.state(Pupil).draft is None


# Taken back


def test_what_gave_way_to_a_denial_comes_back(tmp_path):
    with closing(Store(tmp_path / "m.db")) as store:
        store.teach(lesson("mug", 1, id="mug", by="voice", owner="mine"))
        store.sighted("mug", NOON)
        before, vectors = store.things(), store.vectors(MODEL).matrix
        denial = store.teach_all([lesson("bowl", 1, id="bowl"), lesson("mug", 1, id="not", denies=True)])
        assert [thing.name for thing in store.things()] == ["bowl"]
        store.undo("bowl", "not", replaced=[each.replaced for each in denial if each.replaced])
        assert [thing[1:-1] for thing in store.things()] == [thing[1:-1] for thing in before]
        assert (store.vectors(MODEL).matrix == vectors).all()
        assert store.last_seen("mug") == NOON
        assert [told.by for told in store.lessons("mug")] == ["voice"]


def test_what_was_taught_since_then_stays(tmp_path):
    with closing(Store(tmp_path / "m.db")) as store:
        store.teach(lesson("mug", 1, 2, id="mug"))
        denial = store.teach(lesson("mug", 1, id="not", denies=True))
        store.teach(lesson("mug", 3, id="later"))
        store.undo("not", replaced=[denial.replaced])
        assert {store.picture(number) for number in store.pictures("mug")} == {jpeg(1), jpeg(2), jpeg(3)}


def test_where_nothing_gave_way_there_is_nothing_to_bring_back(tmp_path):
    with closing(Store(tmp_path / "m.db")) as store:
        store.teach(lesson("mug", 1, id="mug"))
        assert store.teach(lesson("mug", 2, id="not", denies=True)).replaced is None


async def test_a_denial_can_be_undone(room, bot):
    await room.teach("mug", MUG)
    assert await room.name(MUG) == "mug"
    await room.mean("wrong")
    assert await room.name(MUG) != "mug"
    await room.mean("undo")
    assert bot.answers[-1] == "Undone: I take it for “mug” again."
    assert await room.name(MUG) == "mug"


async def test_what_was_forgotten_is_the_first_thing_that_an_undo_brings_back(room, bot):
    await room.teach("mug", MUG)
    await room.teach("bowl", BOWL)
    await room.mean("forget", "mug")
    await room.mean("undo")
    assert bot.answers[-1] == "Undone: I know “mug” again."
    assert await room.name(MUG) == "mug"
    assert await room.name(BOWL) == "bowl"
    await room.mean("undo")
    assert bot.answers[-1] == "Undone: I did not learn “bowl”."


async def test_a_lesson_that_is_gone_by_itself_is_no_longer_undone(room, bot):
    await room.teach("bowl", BOWL)
    await room.teach("mug", MUG)
    with closing(Store(state_folder("teach") / "memory.db")) as other:
        other.forget("mug")
    await room.mean("undo")
    assert bot.answers[-1] == "Undone: I did not learn “bowl”."
    await room.mean("undo")
    assert bot.answers[-1] == "There is nothing to undo."


# Two people, one thing


async def test_what_somebody_else_has_called_otherwise_meanwhile_is_asked_again(room, bot):
    await room.teach("golden key", MUG, aloud=True)
    assert bot.answers[-1] == "Shall I remember this as “golden key”?"
    other = await bot.meet()
    await other.perceive("teach", want="learn", thing="old key")
    await other.see(MUG, times=28)
    assert "I will remember: old key." in other.said
    await bot.see(BOWL)
    await room.mean("yes", aloud=True)
    assert bot.answers[-1] == "I take this for “old key”. Is it “golden key” instead?"
    await room.mean("yes", aloud=True)
    assert await room.name(MUG) == "golden key"


async def test_a_typed_correction_need_not_be_confirmed(room, bot):
    await room.teach("cup", MUG)
    await bot.see(MUG, asked=True)
    await room.mean("correct", "blue pot")
    await bot.see(MUG_AGAIN, times=28)
    assert bot.answers[-1] == "I will remember: blue pot."
    assert await room.name(MUG) == "blue pot"


async def test_an_answer_calls_it_whose_it_is(bot, room):
    await room.teach("mug", MUG, owner="mine")
    await bot.see(MUG, asked=True)
    assert bot.shown[-1].labels[0].spoken == "your mug"


# A memory that fails for a while


async def test_while_the_memory_cannot_be_read_the_classifier_still_tells_what_it_sees(room, bot, monkeypatch):
    await room.teach("mug", MUG)

    def fail(self):
        raise StoreError("the disk is away")

    monkeypatch.setattr(remembering, "PAUSE", 0.0)
    monkeypatch.setattr(remembering, "GLANCE", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "changes", fail)
        await bot.see(BOWL, times=8)
        assert bot.shown[-1].labels
        assert [status.reason for status in bot.statuses if status.name == "teach"] == ["the disk is away"]
    assert await room.name(MUG) == "mug"
    assert [status.reason for status in bot.statuses if status.name == "teach"] == [""]


async def test_embeddings_that_could_not_be_kept_are_made_again(room, bot, monkeypatch):
    await room.teach("mug", MUG)
    await bot.restart()
    with closing(sqlite3.connect(state_folder("teach") / "memory.db")) as db, db:
        db.execute("DELETE FROM embeddings")  # as those of another model would be
    keep, failures = Store.keep_vectors, iter([True])

    def keep_vectors(self, model, vectors):
        if next(failures, False):
            raise StoreError("there is no room for the embeddings")
        return keep(self, model, vectors)

    monkeypatch.setattr(remembering, "PAUSE", 0.0)
    monkeypatch.setattr(Store, "keep_vectors", keep_vectors)
    await bot.see(MUG, times=8)
    assert await room.name(MUG) == "mug"


def test_who_reads_does_not_wait_for_who_writes(tmp_path):
    path = tmp_path / "m.db"
    with closing(Store(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.teach(lesson("mug", 1))
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as threads:
            writing = threads.submit(store.teach, lesson("cup", 2))
            assert [thing.name for thing in store.things()] == ["mug"]  # while the other one waits for the lock
            assert not writing.done()
            other.execute("COMMIT")
            assert writing.result().name == "cup"


def test_when_it_was_seen_is_not_waited_for_long(tmp_path):
    path = tmp_path / "m.db"
    memory = Memory.borrow(Options(memory=str(path)))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        memory.sighted("mug", NOON, anew=True)
        assert memory.trouble.startswith("another program has kept the memory locked for 0.2 s")
        other.execute("COMMIT")
    memory.sighted("mug", NOON, anew=True)
    assert (memory.trouble, memory.store.last_seen("mug")) == ("", NOON)
    memory.give_back()


@pytest.mark.parametrize("_time", range(5))
def test_two_servers_that_find_it_damaged_set_it_aside_once(tmp_path, _time):
    path = tmp_path / "m.db"
    path.write_bytes(b"no database at all, but long enough to be one" * 100)
    ready = threading.Barrier(4)

    def serve(number):
        ready.wait()
        store = Store(path)
        store.teach(lesson(f"thing {number}", number))
        return store

    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(serve, range(4)))
    for store in stores:
        assert len(store.things()) == 4
        store.close()
    assert sum(bool(store.notice) for store in stores) == 1
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


@pytest.mark.parametrize("lock", ["a folder", "a file of something else"])
def test_a_lock_that_is_none_is_named(tmp_path, lock):
    path = tmp_path / "m.db"
    beside = tmp_path / "m.db.lock"
    if lock == "a folder":
        beside.mkdir()
    else:
        beside.write_text("something else " * 100)
    with pytest.raises(StoreError, match=r"m\.db\.lock is no lock of a memory \(.+\): remove it"):
        Store(path)
    assert not path.exists()


# What it keeps of what it saw a moment ago


async def test_of_the_last_frames_it_keeps_what_came_not_what_was_decoded(room, bot):
    await room.name(MUG)
    (answer,) = bot.session.state(Pupil).answers("", bot.core.clock.now())
    assert answer.seen.picture.seconds == 0
    assert answer.seen.image.shape == (240, 320, 3)


async def test_a_correction_of_what_has_no_name_yet_is_about_what_was_seen_last(room, bot):
    await bot.see(MUG, times=12)
    await bot.see(CLOCK, times=2)
    await room.mean("correct", "watch")
    await bot.see(black(), times=28)
    assert room.lesson.stage == "learned"
    assert len(room.lesson.pictures) == 1
    assert await room.name(CLOCK) == "watch"
    assert await room.name(MUG) != "watch"


async def test_a_hand_before_the_lens_does_not_hide_what_had_no_name(room, bot):
    await bot.see(CLOCK, times=12)
    await bot.see(black())
    await room.mean("correct", "watch")
    await bot.see(BOWL, times=28)
    assert await room.name(CLOCK) == "watch"


async def test_the_frames_of_who_looks_no_longer_go_while_others_look(room, bot, clock):
    await room.name(MUG)
    gone = weakref.ref(bot.session.state(Pupil)._answers[0].seen.picture)
    other = await bot.meet()
    await clock.advance(FRESH)
    await other.see(MUG)
    assert gone() is not None
    await clock.advance(0.1)
    await other.see(MUG)
    gc.collect()
    assert gone() is None
