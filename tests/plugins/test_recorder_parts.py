"""The parts of the recorder by themselves: names of folders, likeness, the backlog."""

from __future__ import annotations

import json
import string
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex.testing import pictures
from cortex_recorder import Recorder
from cortex_recorder.backlog import Backlog, Picture
from cortex_recorder.labels import Folders, label_of
from cortex_recorder.likeness import BITS, distance, fingerprint
from cortex_recorder.options import Options
from cortex_recorder.records import file_name, line
from cortex_recorder.views import Views

FORBIDDEN = set('/\\:*?"<>|\0\n') | set(map(chr, range(32)))


def normal(label):
    return unicodedata.normalize("NFC", label).strip()


@pytest.mark.parametrize(
    "label", ["mug", "sugar bowl", "Müllers Tasse", "la tasse à café", "杯子", "my 2nd mug", "🦜", "it's"]
)
def test_a_plain_name_is_its_own_folder(label):
    assert Folders().folder(label) == label


@pytest.mark.parametrize(
    ("label", "folder"),
    [
        ("", "unlabelled"),
        ("   ", "unlabelled"),
        ("unlabelled", "%75nlabelled"),
        ("Unlabelled", "%55nlabelled"),
        ("a/b", "a%2Fb"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("C:\\mug", "C%3A\\mug".replace("\\", "%5C")),
        ("end.", "end%2E"),
        ("con", "%63on"),
        ("LPT1.txt", "%4CPT1.txt"),
        ("100%", "100%25"),
        ("a~b", "a%7Eb"),
        ("<b>mug</b>", "%3Cb%3Emug%3C%2Fb%3E"),
        ("two\nlines", "two%0Alines"),
    ],
)
def test_what_a_system_would_misunderstand_is_written_as_in_urls(label, folder):
    assert Folders().folder(label) == folder
    assert label_of(folder) == normal(label)


def test_labels_that_differ_in_case_only_get_folders_of_their_own():
    folders = Folders(["mug"])
    assert folders.folder("mug") == "mug"
    assert folders.folder("Mug").startswith("Mug~")
    assert folders.folder("Mug") == Folders(["mug", folders.folder("Mug")]).folder("Mug")


def test_a_decomposed_letter_is_the_composed_one():
    assert Folders().folder("cafe\u0301") == "café"


@given(st.lists(st.text(st.characters(codec=None), max_size=200), max_size=6))
def test_any_names_become_safe_folders_that_no_two_share(labels):
    folders = Folders()
    taken = {}
    for label in labels:
        name = folders.folder(label)
        assert 0 < len(name.encode()) <= 100
        assert not set(name) & FORBIDDEN
        assert not name.startswith((".", " "))
        assert not name.endswith((".", " "))
        assert taken.setdefault(name.casefold(), normal(label)) == normal(label)
        if "~" not in name:
            assert label_of(name) == normal(label)


def test_a_long_name_is_cut_and_marked():
    names = {Folders().folder("x" * 200 + letter) for letter in string.ascii_letters}
    assert len(names) == len(string.ascii_letters)
    assert {len(name) for name in names} == {100}


# Likeness


def test_what_a_camera_makes_of_one_scene_is_alike_and_scenes_are_not():
    scenes = [np.asarray(pictures.photo(seed)) for seed in range(12)]
    scenes += [np.asarray(colour()) for colour in (pictures.red, pictures.green, pictures.blue, pictures.black)]
    noise = np.random.default_rng(0)
    for scene in scenes:
        again = (scene + noise.normal(0, 3, scene.shape)).clip(0, 255).astype(np.uint8)
        assert distance(fingerprint(scene), fingerprint(again)) <= 6
    for number, scene in enumerate(scenes):
        for other in scenes[:number]:
            assert distance(fingerprint(scene), fingerprint(other)) > 6


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
def test_any_shape_has_a_fingerprint(size):
    print_ = fingerprint(np.asarray(pictures.red(size)))
    assert 0 <= print_ < 2**BITS


# The backlog


def picture(views, number, label="", size=100, due=0.0):
    return Picture(
        jpeg=bytes(size),
        name=file_name(number),
        views=views,
        session="s",
        id=str(number),
        sense="vision",
        captured=0.0,
        when=0.0,
        due=due,
        print=1 << number,
        label=label,
    )


def filled(backlog, views, *pictures_):
    for each in pictures_:
        views.keep(each)
        backlog.put(each)


def test_past_so_many_pictures_the_oldest_is_lost():
    backlog, views = Backlog(3, 10_000), Views()
    filled(backlog, views, *(picture(views, number) for number in range(5)))
    assert [each.id for each in backlog.take(0, 9)] == ["2", "3", "4"]
    assert (backlog.lost, views.count) == (2, 3)


def test_past_so_many_bytes_the_oldest_are_lost():
    backlog, views = Backlog(100, 1000), Views()
    filled(backlog, views, *(picture(views, number, size=400) for number in range(4)))
    assert (len(backlog), backlog.lost) == (2, 2)
    filled(backlog, views, picture(views, 9, size=5000))
    assert (len(backlog), backlog.lost, views.count) == (0, 5, 0)


def test_what_was_lost_is_welcome_again():
    backlog, views = Backlog(1, 1000), Views()
    filled(backlog, views, picture(views, 1), picture(views, 2))
    assert not views.has(1 << 1, 0)
    assert views.has(1 << 2, 0)


def test_what_was_taken_and_not_stored_is_first_again():
    backlog, views = Backlog(9, 1000), Views()
    filled(backlog, views, *(picture(views, number) for number in range(4)))
    backlog.put_back(backlog.take(0, 2))
    assert [each.id for each in backlog.take(0, 9)] == ["0", "1", "2", "3"]


def test_one_can_be_claimed_by_its_session_only_while_it_has_no_name():
    backlog, views, others = Backlog(9, 1000), Views(), Views()
    filled(backlog, views, picture(views, 1), picture(views, 2, label="mug"))
    assert backlog.claim(others, "1") is None
    assert backlog.claim(views, "2") is None
    assert backlog.claim(views, "1").id == "1"
    assert backlog.claim(views, "1") is None


def test_what_waits_for_its_name_is_not_taken_yet():
    backlog, views = Backlog(9, 1000), Views()
    filled(backlog, views, picture(views, 1, due=5), picture(views, 2, label="mug"))
    assert [each.id for each in backlog.take(4, 9)] == ["2"]
    assert [each.id for each in backlog.take(5, 9)] == ["1"]


# Records


def test_a_line_is_json_whatever_the_label():
    for label in ('"quoted"', "Ä", "two\nlines", "\ud800"):
        text = line(picture(Views(), 1, label=label), "x/y.jpg")
        assert text.count(b"\n") == 1
        assert json.loads(text)["label"] == label


# Where it goes


@pytest.mark.parametrize(
    ("folder", "storage", "where", "name"),
    [
        ("pictures", {}, "machine", ""),
        ("/srv/pictures", {}, "machine", ""),
        ("file:///srv/pictures", {}, "machine", ""),
        ("s3://bucket/pictures", {}, "internet", "Amazon S3"),
        ("gs://bucket", {}, "internet", "Google Cloud Storage"),
        ("s3://bucket", {"endpoint_url": "http://127.0.0.1:9000"}, "machine", "127.0.0.1:9000"),
        ("s3://bucket", {"client_kwargs": {"endpoint_url": "http://nas.local:9000"}}, "network", "nas.local:9000"),
        ("sftp://me:secret@nas.example/pictures", {}, "internet", "nas.example"),
        ("smb://nas/pictures", {}, "network", "nas"),
    ],
)
def test_the_page_is_told_where_the_pictures_go(folder, storage, where, name):
    place = Recorder(Options(folder=folder, storage=storage)).place
    assert (place.where, place.name) == (where, name)
