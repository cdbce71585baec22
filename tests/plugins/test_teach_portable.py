"""The memory as a file: what one bot learned another knows, and no file, however wrong, does any harm."""

from __future__ import annotations

import json
import stat
import zipfile
from contextlib import closing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cortex.testing import pictures
from cortex_teach import portable
from cortex_teach.portable import Exported, Imported, PortableError, export, import_
from cortex_teach.store import Lesson, Store, StoreError
from tests.support.lessons import LENGTH, MODEL, NOON, OTHER, jpeg, lesson, taken, vector


@pytest.fixture(name="store")
def _store(tmp_path):
    with closing(Store(tmp_path / "one.db")) as store:
        store.teach(lesson("mug", 1, 2, id="one", owner="mine", by="voice", session="kitchen"))
        store.teach(lesson("sugar bowl ☕", 3, id="two"), lesson("mug", 3, id="not", denies=True, by="correction"))
        store.keep_vectors(OTHER, {1: vector(1, 5)})
        yield store


@pytest.fixture(name="other")
def _other(tmp_path):
    with closing(Store(tmp_path / "other.db")) as store:
        yield store


@pytest.fixture(name="file")
def _file(store, tmp_path):
    export(store, tmp_path / "memory.cortex")
    return tmp_path / "memory.cortex"


def contents(store):
    """All that a store holds, without the numbers that it gave to it."""
    return {
        one.id: (
            *one._replace(pictures=()),
            [(each.jpeg, {model: list(numbers) for model, numbers in each.vectors.items()}) for each in one.pictures],
        )
        for one in store.recall()
    }


def members(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(file, changes=(), *, table=None):
    """Rewrite a file with some members changed, added, or, where they are `None`, left out."""
    now = {**members(file), **dict(changes)}
    if table is not None:
        now["memory.json"] = json.dumps(table(json.loads(now["memory.json"]))).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in now.items():
            if content is not None:
                archive.writestr(name, content)


def assert_refused(store, file, why):
    before, things, changes = contents(store), store.things(), store.changes()
    with pytest.raises(PortableError, match=why) as refused:
        import_(store, file)
    assert "\n" not in str(refused.value)
    assert (contents(store), store.things(), store.changes()) == (before, things, changes)


def test_what_one_bot_learned_another_knows(store, other, tmp_path):
    assert export(store, tmp_path / "x") == Exported(things=2, lessons=3, pictures=4)
    assert import_(other, tmp_path / "x") == Imported(things=2, lessons=3, pictures=4, known=0, notes=())
    assert contents(other) == contents(store)
    assert [thing._replace(id=0, cover=0) for thing in other.things()] == [
        thing._replace(id=0, cover=0) for thing in store.things()
    ]


def test_a_file_imported_twice_changes_nothing(store, other, file):
    import_(other, file)
    before, things = contents(other), other.things()
    assert import_(other, file) == Imported(things=0, lessons=0, pictures=0, known=3, notes=())
    assert import_(store, file).known == 3
    assert (contents(other), other.things()) == (before, things)


def test_what_was_known_already_is_joined(other, file):
    other.teach(lesson("My Mug", 2, 7, id="here"))
    assert import_(other, file) == Imported(things=1, lessons=3, pictures=3, known=0, notes=())
    thing = other.thing("mug")
    assert (thing.name, thing.pictures, thing.lessons, thing.denials) == ("My Mug", 3, 2, 1)


def test_the_file_can_be_read_by_anybody(file):
    within = members(file)
    assert within["pictures/000001.jpg"] == jpeg(1)
    assert (np.frombuffer(within["vectors/0/000002.f32"], "<f4") == vector(2)).all()
    table = json.loads(within["memory.json"])
    assert table["models"] == [{"name": MODEL, "length": LENGTH}, {"name": OTHER, "length": 5}]
    assert table["lessons"][0] == {
        "name": "mug",
        "id": "one",
        "when": NOON,
        "pictures": [1, 2],
        "owner": "mine",
        "by": "voice",
        "session": "kitchen",
        "denies": False,
    }
    assert list(within)[-1] == "memory.json"


class Failing(Store):
    """A memory that breaks after the first lesson."""

    def recall(self):
        yield next(super().recall())
        raise StoreError("the memory is damaged")


def test_an_export_is_there_whole_or_not_at_all(store, file, tmp_path):
    before = file.read_bytes()
    with closing(Failing(store.path)) as failing, pytest.raises(StoreError):
        export(failing, file)
    assert file.read_bytes() == before
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_an_export_that_cannot_be_written_says_so(store, tmp_path):
    with pytest.raises(PortableError, match="x cannot be written: No such file or directory"):
        export(store, tmp_path / "nowhere" / "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PortableError, match="cannot be written"):
        export(store, tmp_path / "folder")
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


# A file that is wrong


def test_a_file_that_is_cut_off(other, file):
    whole = file.read_bytes()
    for length in (0, 3, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        assert_refused(other, file, "is cut off, damaged, or no exported memory")


def test_what_is_no_such_file(other, tmp_path):
    assert_refused(other, tmp_path / "none", "none cannot be read: No such file or directory")
    assert_refused(other, tmp_path, "cannot be read")
    (tmp_path / "text").write_text("mug")
    assert_refused(other, tmp_path / "text", "no exported memory")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("holidays.jpg", jpeg(1))
    assert_refused(other, tmp_path / "zip", "is no exported memory: it has a member 'holidays.jpg'")
    with zipfile.ZipFile(tmp_path / "empty", "w"):
        pass
    assert_refused(other, tmp_path / "empty", "it has no memory.json")


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "pictures/../../x.jpg",
        "pictures/000001.jpg/../../x",
        "C:\\x",
        "pictures\\000001.jpg",
        "vectors/0/x.npy",
        "memory.json\n",
        "pictures/0000١٢.jpg",
    ],
)
def test_a_file_that_tries_to_write_elsewhere(other, file, name, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    changed(file, {name: b"x"})
    assert_refused(other, file, "is no exported memory: it has a member")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_is_refused(other, file):
    within = members(file)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in within.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == "pictures/000001.jpg" else 0
            archive.writestr(member, b"/etc/passwd" if member.external_attr else content)
    assert_refused(other, file, "its member 'pictures/000001.jpg' is a link")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(other, file):
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("memory.json", b"{}")
    assert_refused(other, file, "several members of one name")


def without(key):
    return lambda table: {name: value for name, value in table.items() if name != key}


def first(**fields):
    return lambda table: {**table, "lessons": [{**table["lessons"][0], **fields}, *table["lessons"][1:]]}


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (lambda _: [], "no exported memory: Expected `object`"),
        (without("format"), "missing required field `format`"),
        (lambda table: {**table, "format": "zoo"}, r"Invalid enum value 'zoo'"),
        (lambda table: {**table, "version": 2}, "is of version 2; this Cortex knows 1: update Cortex"),
        (lambda table: {**table, "lessons": 5}, r"\$.lessons"),
        (lambda table: {**table, "models": [{"name": "m", "length": 0}] * 2}, r"\$.models"),
        (first(name="../../x"), "has a thing that cannot be called so: '../../x' is a path"),
        (first(name="<b>mug</b>"), "has markup in it"),
        (first(name=""), "has a thing that cannot be called so"),
        (first(name="x" * 201), "length <= 200"),
        (first(id=""), r"\$.lessons"),
        (first(when=-5), r"\$.lessons"),
        (first(when=1e300), r"\$.lessons"),
        (first(when=None), r"\$.lessons"),
        (first(pictures=[]), r"\$.lessons"),
        (first(pictures=[1] * 257), r"\$.lessons"),
        (first(pictures=[0]), r"\$.lessons"),
        (first(pictures=[99]), "lacks the picture pictures/000099.jpg"),
        (first(denies="yes"), r"\$.lessons"),
    ],
)
def test_a_table_that_is_wrong(other, file, table, why):
    changed(file, table=table)
    assert_refused(other, file, why)


def test_a_table_that_is_no_json(other, file):
    for content in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud83d"'):
        changed(file, {"memory.json": content})
        assert_refused(other, file, "no exported memory")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "lacks the picture pictures/000003.jpg"),
        (b"", "pictures/000003.jpg is no JPEG"),
        (b"mug", "is no JPEG"),
        (pictures.png(pictures.red()), "is no JPEG"),
        (jpeg(3)[:300], "pictures/000003.jpg cannot be looked at: this is no JPEG"),
        (b"\xff\xd8\xff\xe0 and no more", "cannot be looked at"),
        (b"\xff\xd8" + bytes(1_000_000), "pictures/000003.jpg has more than 1,000,000 bytes"),
    ],
)
def test_a_picture_that_is_none(other, file, content, why):
    other.teach(lesson("cup", 9))
    changed(file, {"pictures/000003.jpg": content})
    assert_refused(other, file, why)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\0" * (LENGTH * 4 - 1),
        b"\0" * (LENGTH * 4 + 4),
        np.full(LENGTH, np.nan, "<f4").tobytes(),
        np.full(LENGTH, np.inf, "<f4").tobytes(),
    ],
)
def test_wrong_embeddings_are_dropped_and_made_anew(other, file, content):
    changed(file, {"vectors/0/000002.f32": content})
    imported = import_(other, file)
    assert imported.pictures == 4
    assert imported.notes == ("what models make of 1 of the pictures was missing or wrong; it is made anew from them",)
    assert [picture for _, picture in other.without_vector(MODEL)] == [jpeg(2)]
    assert len(other.vectors(MODEL).matrix) == 3


def test_embeddings_of_another_length_than_here_are_dropped(other, file):
    other.teach(Lesson("cup", taken(9, model=None), "here", NOON))
    other.keep_vectors(MODEL, {1: vector(9, LENGTH + 1)})
    assert import_(other, file).notes[0].startswith("what models make of 4 of the pictures was missing or wrong")
    assert other.vectors(MODEL).matrix.shape == (1, LENGTH + 1)
    assert other.vectors(OTHER).matrix.shape == (1, 5)


def test_a_file_that_unpacks_to_more_than_it_says(other, file, monkeypatch):
    changed(file, {"pictures/000003.jpg": b"\xff\xd8" + bytes(50_000_000)})
    assert_refused(other, file, "has more than 1,000,000 bytes")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("memory.json", b" " * (65 << 20))
    assert file.stat().st_size < 100_000
    assert_refused(other, file, "it has no memory.json, or one that is too long")


def test_all_that_a_file_unpacks_to_is_bounded(other, file, monkeypatch):
    monkeypatch.setattr(portable, "ALL", 2000)
    assert_refused(other, file, "unpacks to more than")


def test_an_encrypted_file(other, file):
    content = bytearray(file.read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1  # the flag in the directory
        at += 4
    file.write_bytes(content)
    assert_refused(other, file, "no exported memory: .*encrypted")


def test_no_room_for_an_import(other, file):
    other.teach(lesson("cup", 9))
    ((pages,),) = other._connection.execute("PRAGMA page_count")
    other._connection.execute(f"PRAGMA max_page_count = {pages}")
    before = contents(other)
    with pytest.raises(StoreError, match="there is no room for"):
        import_(other, file)
    assert contents(other) == before


def test_a_file_that_somebody_unpacked_and_packed_again(other, file):
    changed(file, {"pictures/": b"", "vectors/": b"", "vectors/0/": b""})
    assert import_(other, file).pictures == 4


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=4))
def test_whatever_is_damaged_it_is_taken_in_or_refused(file, damage, tmp_path):
    content = bytearray(file.read_bytes())
    for place, value in damage:
        content[int(place * len(content))] = value
    broken = tmp_path / "broken"
    broken.write_bytes(content)
    with closing(Store(tmp_path / "fuzzed.db")) as fuzzed:
        before = contents(fuzzed)
        try:
            import_(fuzzed, broken)
        except PortableError:
            assert contents(fuzzed) == before


def test_a_file_that_is_packed_in_another_way_is_refused(other, file):
    content = members(file)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, member in content.items():
            archive.writestr(name, member)
    assert_refused(other, file, "packed in another way")


def test_a_lesson_of_the_far_future_is_of_today_at_the_latest(other, file):
    def late(table):
        table["lessons"][0]["when"] = 253_402_300_799
        return table

    changed(file, table=late)
    import_(other, file)
    assert all(thing.taught < 4_000_000_000 for thing in other.things())
