"""`cortex rekognition`: people enrolled, listed and forgotten, by real boto3 over HTTP to a stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys

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
