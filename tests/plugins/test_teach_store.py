"""The memory of what was taught: kept, taken back, renamed, forgotten."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta

import numpy as np
import psutil
import pytest

from cortex import PluginError
from cortex_teach.naming import NameRefused
from cortex_teach.store import Lesson, Store, StoreError, Taken, new_id
from tests.support.lessons import LENGTH, MODEL, NOON, OTHER, beside, jpeg, lesson, taken, vector


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "teach" / "memory.db"


@pytest.fixture(name="store")
def _store(path):
    with closing(Store(path)) as store:
        yield store


def names(store):
    return [thing.name for thing in store.things()]


# What was taught


def test_it_knows_nothing_at_first(store):
    assert store.notice == ""
    assert store.things() == []
    assert store.thing("mug") is None
    assert store.pictures("mug") == []
    assert store.lessons("mug") == []
    assert store.picture(1) is None
    vectors = store.vectors(MODEL)
    assert len(vectors.matrix) == len(vectors.things) == len(vectors.denies) == 0
    assert list(store.recall()) == []


def test_what_was_taught_is_there_after_a_restart(path, store):
    taught = store.teach(lesson("mug", 1, 2, 3, owner="mine", by="voice", session="kitchen", id="one"))
    assert taught == (taught.thing, "mug", "one", 3, 3, False, None)
    store.close()
    with closing(Store(path)) as again:
        thing = again.thing("my Mug")
        assert thing == (taught.thing, "mug", "mine", 3, 1, 0, NOON, again.pictures("mug")[-1])
        assert [again.picture(number) for number in again.pictures("mug")] == [jpeg(1), jpeg(2), jpeg(3)]
        (told,) = again.lessons("the mug")
        assert told == ("one", NOON, "voice", "kitchen", False, tuple(again.pictures("mug")))


def test_two_lessons_of_one_name_are_of_one_thing(store):
    store.teach(lesson("Mug", 1, 2))
    taught = store.teach(lesson("my mug", 3, when=NOON + 60, owner="mine"))
    assert taught.name == "Mug"
    assert taught.pictures == 3
    (thing,) = store.things()
    assert (thing.name, thing.owner, thing.lessons, thing.taught) == ("Mug", "mine", 2, NOON + 60)


def test_a_lesson_confirmed_twice_is_held_once(store):
    first = store.teach(lesson("mug", 1, 2, id="one"))
    changes = store.changes()
    again = store.teach(lesson("mug", 1, 2, 3, id="one"))
    assert again == first._replace(again=True)
    assert store.thing("mug").pictures == 2
    assert store.changes() == changes


def test_the_same_picture_is_held_once(store):
    store.teach(lesson("mug", 1, 2))
    taught = store.teach(lesson("mug", 2, 3, id="two"))
    assert (taught.kept, taught.pictures) == (1, 3)
    assert store.teach(lesson("cup", 1)).pictures == 1  # of another thing it is another picture


def test_two_people_teach_the_same_name_at_once(path):
    stores = [Store(path) for _ in range(2)]
    ready = threading.Barrier(8)

    def teach(number):
        ready.wait()
        return stores[number % 2].teach(lesson(("mug", "Mug", "the mug")[number % 3], number, id=f"{number}"))

    with ThreadPoolExecutor(8) as threads:
        taught = list(threads.map(teach, range(8)))
    assert len({each.thing for each in taught}) == 1
    assert sorted(each.pictures for each in taught) == list(range(1, 9))
    (thing,) = stores[0].things()
    assert (thing.pictures, thing.lessons) == (8, 8)
    for store in stores:
        store.close()


def test_a_name_that_is_none_teaches_nothing(store):
    for name in ("", "x" * 200, "<b>mug</b>", "../../etc/passwd", "mug\0"):
        with pytest.raises(NameRefused):
            store.teach(lesson(name, 1))
    assert store.things() == []


@pytest.mark.parametrize("name", ['the "best" mug', "mug ☕", "Robert'); DROP TABLE things;--", "100 % [b]", "杯子"])
def test_quotes_and_emoji_are_part_of_a_name(store, name):
    store.teach(lesson(name, 1))
    assert names(store) == [name]
    assert store.forget(name) is not None


@pytest.mark.parametrize(
    ("pictures", "why"),
    [
        ((), "a lesson has 0 pictures"),
        (taken(1) * 257, "a lesson has 257 pictures"),
        ((Taken(b"\xff\xd8" + bytes(1_000_000)),), "1,000,002 bytes"),
        ((Taken(jpeg(1), {MODEL: np.array([1, np.nan], np.float32)}),), "no list of finite numbers"),
        ((Taken(jpeg(1), {MODEL: np.ones((2, 2), np.float32)}),), "no list of finite numbers"),
        ((Taken(jpeg(1), {MODEL: np.ones(0, np.float32)}),), "no list of finite numbers"),
        ((*taken(1), Taken(jpeg(2), {MODEL: vector(2, 9)})), "makes 9 numbers of a picture; it used to be 8"),
    ],
)
def test_of_a_lesson_that_cannot_be_held_nothing_is_kept(store, pictures, why):
    with pytest.raises(StoreError, match=why):
        store.teach(Lesson("mug", pictures, new_id(), NOON))
    assert store.things() == []
    assert store.models() == {}


def test_a_lesson_and_what_it_denies_are_one(store):
    store.teach(lesson("mug", 1, 2))
    store.teach(lesson("sugar bowl", 3, id="bowl"), lesson("mug", 3, denies=True, id="bowl-not"))
    assert store.thing("mug").denials == 1
    assert store.thing("sugar bowl").pictures == 1
    assert store.pictures("mug") == [1, 2]
    assert store.undo("bowl", "bowl-not") == 2
    assert names(store) == ["mug"]
    assert store.thing("mug").denials == 0


def test_what_is_denied_of_nothing_that_is_known_is_not_kept(store):
    assert store.teach(lesson("mug", 1, denies=True, id="not")) == (0, "mug", "not", 0, 0, False, None)
    assert store.things() == []
    assert list(store.recall()) == []


def test_the_latest_word_about_the_same_picture_counts(store):
    store.teach(lesson("mug", 1, 2))
    store.teach(lesson("mug", 2, denies=True))
    assert (store.thing("mug").pictures, store.thing("mug").denials) == (1, 1)
    store.teach(lesson("mug", 2, id="it is"))
    assert (store.thing("mug").pictures, store.thing("mug").denials) == (2, 0)
    store.teach(lesson("mug", 1, 2, denies=True, id="it is not"))
    assert store.things() == []


def test_undo_takes_back_a_lesson_and_only_that(store):
    store.teach(lesson("mug", 1, 2, id="one"))
    store.teach(lesson("mug", 3, id="two"))
    assert store.undo("two") == 1
    assert store.pictures("mug") == [1, 2]
    assert store.undo("two") == 0
    assert store.undo("one") == 2
    assert store.things() == []
    assert store.teach(lesson("mug", 1, id="one")).kept == 1


def test_a_forgotten_thing_is_gone(path, store):
    store.teach(lesson("mug", 1, 2))
    store.teach(lesson("mug", 3, denies=True))
    store.teach(lesson("cup", 4))
    store.sighted("mug", NOON)
    assert len(store.forget("the mug").lessons[0].pictures) == 2
    assert names(store) == ["cup"]
    assert store.forget("mug") is None
    assert store.last_seen("mug") is None
    assert len(store.vectors(MODEL).matrix) == 1
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        for table in ("lessons", "pictures", "embeddings"):
            assert connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (1,)
    assert jpeg(1)[200:] not in path.read_bytes()
    assert jpeg(4)[200:] in path.read_bytes()


def test_a_thing_gets_another_name(store):
    number = store.teach(lesson("mug", 1)).thing
    store.sighted("mug", NOON)
    assert store.rename("mug", "The Tea Mug").id == number
    assert names(store) == ["The Tea Mug"]
    assert store.last_seen("tea mug") == NOON
    assert store.last_seen("mug") is None
    assert store.rename("tea mug", "tea mug").name == "tea mug"
    assert store.last_seen("tea mug") == NOON
    assert store.rename("mug", "cup") is None
    with pytest.raises(NameRefused):
        store.rename("tea mug", "..")


def test_two_things_become_one(store):
    store.teach(lesson("mug", 1, 2, owner="mine"))
    store.teach(lesson("cup", 2, 3))
    store.teach(lesson("mug", 3, denies=True))
    store.teach(lesson("mug", 5, denies=True, id="a bowl"))
    store.sighted("mug", NOON)
    store.sighted("cup", NOON + 5)
    thing = store.rename("mug", "cup")
    assert thing == store.thing("cup")
    assert (thing.name, thing.owner, thing.pictures, thing.lessons, thing.denials) == ("cup", "mine", 3, 2, 1)
    assert {store.picture(number) for number in store.pictures("cup")} == {jpeg(1), jpeg(2), jpeg(3)}
    assert names(store) == ["cup"]
    assert store.count("cup", date.fromtimestamp(NOON)) == 2
    assert store.last_seen("cup") == NOON + 5


def test_a_bad_picture_is_removed_and_with_the_last_one_the_thing(store):
    store.teach(lesson("mug", 1, 2))
    store.teach(lesson("mug", 3, denies=True))
    first, second = store.pictures("mug")
    assert store.remove_picture(first)
    assert not store.remove_picture(first)
    assert store.pictures("mug") == [second]
    assert store.remove_picture(second)
    assert store.things() == []


def test_the_number_of_a_picture_is_never_used_again(store):
    store.teach(lesson("mug", 1))
    (number,) = store.pictures("mug")
    store.forget("mug")
    store.teach(lesson("mug", 2))
    assert store.picture(number) is None


# What models make of it


def test_all_vectors_come_at_once(store):
    mug = store.teach(lesson("mug", 1, 2)).thing
    cup = store.teach(lesson("cup", 3)).thing
    store.teach(lesson("mug", 3, denies=True))
    vectors = store.vectors(MODEL)
    assert vectors.matrix.dtype == np.float32
    assert (vectors.matrix == [vector(1), vector(2), vector(3), vector(3)]).all()
    assert vectors.things.tolist() == [mug, mug, cup, mug]
    assert vectors.denies.tolist() == [False, False, False, True]
    assert vectors.lessons.tolist() == [1, 1, 2, 3]
    assert vectors.pictures.tolist() == [1, 2, 3, 4]
    assert vectors.names == {mug: "mug", cup: "cup"}


def test_for_another_model_they_are_made_anew_from_the_pictures(store):
    store.teach(lesson("mug", *range(70)))
    assert len(store.vectors(OTHER).matrix) == 0
    made = 0
    for number, picture in store.without_vector(OTHER):
        assert picture == store.picture(number)
        made += store.keep_vectors(OTHER, {number: vector(number, 5)})
    assert made == 70
    assert store.vectors(OTHER).matrix.shape == (70, 5)
    assert list(store.without_vector(OTHER)) == []
    assert store.models() == {MODEL: LENGTH, OTHER: 5}
    assert store.vectors(MODEL).matrix.shape == (70, LENGTH)  # it is kept, for whoever goes back to that model


def test_a_picture_that_is_gone_meanwhile_gets_no_vector(store):
    store.teach(lesson("mug", 1, 2, model=None))
    waiting = dict(store.without_vector(MODEL))
    store.remove_picture(1)
    assert store.keep_vectors(MODEL, {number: vector(number) for number in waiting}) == 1


def test_a_picture_that_cannot_be_embedded_does_not_come_again_and_again(store):
    store.teach(lesson("mug", *range(40), model=None))
    assert [number for number, _ in store.without_vector(MODEL)] == list(range(1, 41))


def test_a_picture_that_was_held_gets_the_vector_that_it_lacked(store):
    store.teach(lesson("mug", 1, model=None))
    store.teach(lesson("mug", 1, id="two"))
    assert (store.vectors(MODEL).matrix == [vector(1)]).all()


def test_a_server_notices_what_another_process_changes(path, store):
    store.teach(lesson("mug", 1, 2))
    with closing(Store(path)) as other:
        seen = {store.changes()}
        for change in (
            lambda: other.teach(lesson("cup", 3, id="cup")),
            lambda: other.rename("cup", "bowl"),
            lambda: other.remove_picture(1),
            lambda: other.undo("cup"),
            lambda: store.forget("mug"),
        ):
            change()
            assert store.changes() not in seen
            assert store.changes() == other.changes()
            seen.add(store.changes())
        other.sighted("mug", NOON)  # which changes nothing that was taught
        other.keep_vectors(OTHER, {2: vector(2)})  # nor does this
        assert store.changes() in seen


def test_an_export_sees_one_moment(store):
    store.teach(lesson("mug", 1))
    store.teach(lesson("cup", 2))
    lessons = store.recall()
    assert next(lessons).name == "mug"
    store.forget("cup")
    assert [each.name for each in lessons] == ["cup"]


def test_what_denies_is_recalled_last(store):
    store.teach(lesson("mug", 1))
    store.teach(lesson("mug", 2, denies=True, by="correction"))
    store.teach(lesson("cup", 2, owner="mine"))
    recalled = list(store.recall())
    assert [(each.name, each.denies, each.owner, each.by) for each in recalled] == [
        ("mug", False, "", ""),
        ("cup", False, "mine", ""),
        ("mug", True, "", "correction"),
    ]
    assert (recalled[0].pictures[0].vectors[MODEL] == vector(1)).all()


# When it was seen


def test_it_counts_what_comes_into_view(store):
    noon = datetime(2026, 11, 22, 12).astimezone()
    for hours in (0, 1, 2, 24):
        store.sighted("Dog", (noon + timedelta(hours=hours)).timestamp())
    assert store.count("dog", date(2026, 11, 22)) == 3
    assert store.count("the dog", date(2026, 11, 23)) == 1
    assert store.count("dog", date(2026, 11, 24)) == 0
    assert store.last_seen("dog") == (noon + timedelta(hours=24)).timestamp()
    assert store.last_seen("cat") is None


def test_after_a_year_it_forgets_the_day_but_not_the_last_one(store):
    store.sighted("dog", NOON)
    day = date.fromtimestamp(NOON)
    assert store.last_seen("dog") == NOON
    store.sighted("cat", NOON + 400 * 86400)
    assert store.count("dog", day) == 1
    store.sighted("dog", NOON + 400 * 86400)
    assert store.count("dog", day) == 0


def test_it_lets_go_of_its_file(path, store):
    store.teach(lesson("mug", 1))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: store.things(), range(4)))
    store.close()
    store.close()
    assert not [file for file in psutil.Process().open_files() if "memory.db" in file.path]
    assert beside(path) == [path]
    with pytest.raises(StoreError, match="closed"):
        store.things()


def test_a_memory_that_stays_locked_is_told(path, store, monkeypatch):
    store._connection.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.things() == []  # who reads need not wait
        with pytest.raises(StoreError, match="another program has kept the memory locked"):
            store.teach(lesson("mug", 1))
    assert store.teach(lesson("mug", 1)).kept == 1


def test_errors_are_those_of_a_plugin():
    assert issubclass(StoreError, PluginError)


def test_what_sqlite_cannot_hold_is_told(store):
    for ask in (lambda: store.picture(10**30), lambda: store.remove_picture(-(10**30)), lambda: store.forget("\ud83d")):
        with pytest.raises(StoreError, match="came to nothing"):
            ask()
    assert store.things() == []
