"""`cortex rekognition`: people enrolled, listed and forgotten, by real boto3 over HTTP to a stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cortex.testing import pictures
from cortex_rekognition.command import rekognition
from cortex_rekognition.identity import identity_of, name_of
from tests.support import aws
from tests.support.aws import StandIn, scene


@pytest.fixture(name="stand")
def _stand(monkeypatch, tmp_path):
    aws.enter(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    scene("red").save("olivier.png")
    scene("green").save("zoe.png")
    stand = StandIn()
    yield stand
    stand.close()


@pytest.fixture(name="run")
def _run(stand):
    def run(*arguments, **how):
        return CliRunner().invoke(rekognition, [*arguments, "--endpoint", stand.url], **how)

    return run


def assert_fails(result, code, why):
    assert result.exit_code == code, result.output
    assert result.stderr.startswith(f"Error: {why}"), result.stderr
    assert result.stderr.count("\n") == 1
    assert aws.SECRET not in result.output


def test_who_is_enrolled_is_listed_until_they_are_forgotten(stand, run):
    result = run("enrol", "Zoé Du Pont", "zoe.png")
    assert (result.exit_code, result.stdout) == (0, "Zoé Du Pont is enrolled in the collection people.\n")
    assert stand.operations == ["DetectFaces", "IndexFaces", "CreateCollection", "IndexFaces"]
    assert [identity for identity, _ in stand.collections["people"].values()] == ["Zo:C3:A9:20Du:20Pont"]
    for _ in range(3):
        assert run("enrol", "Olivier", "olivier.png").exit_code == 0
    assert run("list").stdout == "Olivier  3 faces\nZoé Du Pont  1 face\n"
    lines = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert [(line["name"], len(line["faces"])) for line in lines] == [("Olivier", 3), ("Zoé Du Pont", 1)]
    assert run("forget", "olivier", "--yes").stdout == "Olivier is forgotten, with 3 faces.\n"
    assert run("list").stdout == "Zoé Du Pont  1 face\n"


def test_it_asks_before_it_forgets(stand, run):
    run("enrol", "Olivier", "olivier.png")
    assert run("forget", "Olivier", input="n\n").exit_code == 1
    assert len(stand.collections["people"]) == 1
    assert run("forget", "Olivier", input="y\n").exit_code == 0
    assert stand.collections["people"] == {}


def test_collections_are_apart(stand, run):
    run("enrol", "Olivier", "olivier.png", "--collection", "office")
    assert list(stand.collections) == ["office"]
    assert run("list").stdout.startswith("Nobody is in the collection people: ")
    assert run("list", "--json").stdout == ""
    assert run("list", "--collection", "office").stdout == "Olivier  1 face\n"


def test_a_picture_in_s3_can_be_enrolled(stand, run):
    stand.stored = lambda bucket, key: pictures.jpeg(scene("red")) if (bucket, key) == ("things", "me.jpg") else None
    assert run("enrol", "Olivier", "s3://things/me.jpg").exit_code == 0
    assert_fails(run("enrol", "Olivier", "s3://things/you.jpg"), 1, f"{stand.url[7:]} fails at DetectFaces: Invalid")


async def test_who_is_enrolled_is_greeted(bot, stand, run):
    run("enrol", "Zoé Du Pont", "zoe.png")
    await bot.load("rekognition", endpoint=stand.url, features=["faces"], collection="people")
    await bot.see(scene("green"))
    assert bot.said == ["Hello Zoé Du Pont."]


@pytest.mark.parametrize(
    ("faces", "why"),
    [([], "shows no face"), (["red", "green"], "shows 2 faces"), (["red", "green", "blue"], "shows 3")],
)
def test_a_picture_without_or_with_several_faces_is_refused(stand, run, faces, why):
    scene(*faces).save("group.png")
    assert_fails(run("enrol", "Olivier", "group.png"), 1, f"group.png {why}")
    assert stand.collections == {}


def test_a_face_that_aws_does_not_take_is_told(stand, run):
    stand.blurred = True
    assert_fails(
        run("enrol", "Olivier", "olivier.png"),
        1,
        "olivier.png: AWS does not take the face (LOW_SHARPNESS, SMALL_BOUNDING_BOX)",
    )


def test_wrong_use_is_told(stand, run, tmp_path):
    (tmp_path / "words.txt").write_text("words")
    assert_fails(run("enrol", "Olivier", "nowhere.png"), 2, "there is no picture nowhere.png")
    assert_fails(run("enrol", "Olivier", "words.txt"), 2, "words.txt: this is no JPEG")
    assert_fails(run("enrol", " ", "olivier.png"), 2, "' ' cannot be enrolled: the name is empty")
    assert_fails(run("enrol", "é" * 50, "olivier.png"), 2, f"{'é' * 50!r} cannot be enrolled: the name is too long")
    assert_fails(run("list", "--collection", "my people"), 2, "collection 'my people': AWS takes letters")
    run("enrol", "Olivier", "olivier.png")
    assert_fails(
        run("forget", "Oliver", "--yes"), 2, "nobody called 'Oliver' is in the collection people; did you mean"
    )
    assert_fails(run("forget", "Zoé", "--yes"), 2, "nobody called 'Zoé' is in the collection people; `cortex rekog")


def test_missing_and_wrong_credentials_are_told(stand, run, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-it")
    assert_fails(run("list"), 1, f"{stand.url[7:]} refuses the signature: AWS_SECRET_ACCESS_KEY is not the one")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert_fails(run("list"), 1, "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert_fails(run("list"), 1, "no AWS region is set")


def test_without_boto3_the_extra_is_named(stand, tmp_path):
    (tmp_path / "boto3.py").write_text("raise ModuleNotFoundError(\"No module named 'boto3'\", name='boto3')\n")
    command = [sys.executable, "-m", "cortex", "rekognition", "list"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Error: it needs 'boto3', which is not installed: pip install 'cortex-senses[aws]'\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_every_name_comes_back(name):
    try:
        identity = identity_of(name)
    except ValueError:
        return
    assert set(identity) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:")
    assert identity_of(name_of(identity)) == identity


@pytest.mark.parametrize("identity", ["olivier:1", "a:b", "me:2F", "100:ZZ", ":FF"])
def test_what_others_enrolled_keeps_the_name_that_it_has(identity):
    name = name_of(identity)
    assert name in (identity, "me/")


@pytest.mark.parametrize("typed", [unicodedata.normalize("NFD", "Zoé"), "Du  Pont"])
def test_who_was_enrolled_is_forgotten_under_the_same_name(run, typed):
    run("enrol", typed, "zoe.png")
    assert run("forget", typed, "--yes").exit_code == 0
    assert run("list", "--json").stdout == ""


def test_of_two_who_differ_in_case_the_one_that_is_named_is_forgotten(run):
    run("enrol", "Anna", "olivier.png")
    run("enrol", "anna", "zoe.png")
    assert_fails(run("forget", "ANNA", "--yes"), 2, "'ANNA' may be 'Anna' or 'anna': write it as it is there")
    assert run("forget", "anna", "--yes").stdout == "anna is forgotten, with 1 face.\n"
    assert run("list").stdout == "Anna  1 face\n"
    assert run("forget", "ANNA", "--yes").exit_code == 0


def test_a_face_that_nobody_has_named_is_listed_by_its_id(stand, run):
    stand.collections["people"] = {"00000000-0000-4000-8000-000000000009": ("", "red")}
    assert run("list").stdout == "without a name: 00000000-0000-4000-8000-000000000009  1 face\n"


@pytest.mark.parametrize("path", ["s3://", "s3://bucket", "s3://xy/me.jpg"])
def test_what_is_no_place_in_s3_is_wrong_use(run, path):
    assert_fails(run("enrol", "Olivier", path), 2, f"{path!r} is not of the form s3://bucket/key")


def test_a_picture_that_is_too_small_is_wrong_use(run):
    scene("red", size=(64, 64)).save("small.png")
    why = "small.png has 64 x 64 pixels: Rekognition takes none below 80 x 80"
    assert_fails(run("enrol", "Olivier", "small.png"), 2, why)


def test_without_a_region_it_says_which_flag_to_use(run, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert_fails(run("list"), 1, "no AWS region is set: use --region (such as eu-west-1)")
