"""Models on a server that are of no use, and what is wrong in the config: what is told, and when."""

from __future__ import annotations

import re

import pytest

from cortex import ConfigError, PluginError
from cortex.testing import pictures
from tests.support.tensorflow_serving import TensorFlowServing


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


async def test_a_model_that_a_server_does_not_have(bot, triton, serving, labels):
    await bot.load("classifier", model=triton.model.replace("colours", "colors"))
    await bot.see(pictures.red())
    line = r"does not know that model \(404 Not Found\): Request for unknown model: 'colors' is not found"
    assert re.search(line + r" \(did you mean colours\?\)$", bot.problems[0])
    await bot.restart()
    await bot.load("classifier", model=serving.model.replace("colours", "colors"), labels=labels)
    await bot.see(pictures.red())
    assert "colors does not know that model (404 Not Found): Servable not found" in bot.problems[-1]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"shape": [-1, 10]}, "does not look at pictures: its input pixels is [?, 10], not [frames, height, width, 3]"),
        ({"shape": [-1, -1, -1, 3]}, "does not say how large its pictures are: set `size`, such as `size: 224`"),
        ({"shape": [4, 8, 8, 3]}, "wants 4 pictures at once"),
        ({"kind": "DT_BOOL"}, "does not look at pictures: its input pixels is DT_BOOL"),
        ({"inputs": ("pixels", "other")}, "does not look at pictures: it has 2 inputs, not one"),
        ({"signature": "classify"}, "has no signature 'serving_default'; it has classify, __saved_model_init_op"),
    ],
)
async def test_a_model_of_no_use(bot, clock, serving, labels, change, line):
    for name, value in change.items():
        setattr(serving, name, value)
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    assert bot.problems[0].startswith(f"classifier: {serving.model} {line}")
    fresh = TensorFlowServing()
    for name in change:
        setattr(serving, name, getattr(fresh, name))
    fresh.close()
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"input": "pixel"}, "has no input 'pixel' (did you mean pixels?)"),
        ({"output": "score"}, "has no output 'score' (did you mean scores?)"),
    ],
)
async def test_ends_that_a_model_does_not_have(bot, triton, options, line):
    await bot.load("classifier", model=triton.model, **options)
    await bot.see(pictures.red())
    assert bot.problems[0].startswith(f"classifier: {triton.model} {line}")


async def test_labels_that_nobody_has(bot, triton):
    triton.labels = None
    await bot.load("classifier", model=triton.model)
    await bot.see(pictures.red())
    line = f"{triton.model} does not name what it knows: set `labels`, a file with one a line"
    assert bot.problems[0].startswith(f"classifier: {line}")


# What cannot work at all, whatever the server does

TOKEN = {"$env": "MODEL_TOKEN"}


async def test_a_token_in_the_config_itself_is_refused_and_not_shown(bot):
    with pytest.raises(ConfigError, match=r"token: no secret stands in the config") as refused:
        await bot.load("classifier", model="http://host/v1/models/x", token="a-secret-token")
    assert "a-secret-token" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"model": "http://host:8501/models/x"}, "is no address of a model: write http://HOST:8501/v1/models/NAME"),
        ({"model": "v2+http://host/v1/models/x"}, "is no address of a model: write v2+http://HOST:8000/v2/models/NAME"),
        ({"model": "vertex://project/europe-west4"}, "write vertex://PROJECT/REGION/ENDPOINT"),
        ({"model": "vertex://p/europe-west4/1"}, "cannot say how large its pictures are: set `size`"),
        ({"model": "grpc://host/x"}, "is no model server of a kind that is known: http://HOST/v1/models/NAME, "),
        ({"model": "http://host/v1/models/x"}, "cannot name what it knows: set `labels`"),
        ({"model": "http://host/v1/models/x", "labels": "/nowhere.txt"}, "there is no such file of labels"),
        ({"model": "http://host/v2/models/x"}, "is no address of a model: write v2+http://host/v2/models/x"),
        ({"model": "http://host/v1/models/x", "token": TOKEN}, "`token` has characters that no token has"),
    ],
)
async def test_what_is_wrong_in_the_config_is_told_at_the_start(bot, monkeypatch, options, line):
    monkeypatch.setenv("MODEL_TOKEN", "one\ntwo")
    await bot.load("classifier", **options)
    with pytest.raises(PluginError) as refused:
        await bot.start()
    assert line in str(refused.value)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"model": "http://me:a-secret@host/v1/models/x"}, "model: the address of a model server has no name, no"),
        ({"model": "http://host/v1/models/x?key=a-secret"}, "nothing after a `?` or `#` in it: set `token` instead"),
        ({"model": "v2+https://host/v2/models/x#a-secret"}, "nothing after a `?` or `#` in it: set `token` instead"),
        ({"model": "http://host:99999/v1/models/x"}, "has a host or a port that can be none"),
        ({"model": "http://[host/v1/models/x"}, "has a host or a port that can be none"),
        ({"endpoint": "ftp://me:a-secret@host"}, "endpoint is not an address: it is https://HOST, or http://HOST in a"),
        ({"endpoint": "https://me:a-secret@host"}, "endpoint is not an address"),
        ({"endpoint": "https://host/?key=a-secret"}, "endpoint is not an address"),
        ({"endpoint": "foo"}, "endpoint is not an address"),
        ({"endpoint": "https://"}, "endpoint is not an address"),
        ({"endpoint": "https://host:http"}, "endpoint is not an address"),
        ({"endpoint": "http://models.example.com"}, "endpoint: http:// is for this machine and for networks of one's"),
    ],
)
async def test_what_can_be_no_address_is_refused_with_the_options_and_not_repeated(bot, options, line):
    with pytest.raises(ConfigError) as refused:
        await bot.load("classifier", **options)
    told = str(refused.value)
    assert line in told
    assert len(told.splitlines()) == 1
    assert "a-secret" not in told
