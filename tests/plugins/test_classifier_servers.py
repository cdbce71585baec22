"""The classifier with a model on a server: what the server is sent, and what is made of its answers."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from cortex import ConfigError, Cortex, Place, Say
from cortex.testing import pictures
from tests.support.model_server import Reply

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


class Witness(Cortex):
    """Keeps what was seen, with its embedding."""

    perceives = frozenset({"seen"})

    def perceive(self, stimulus, session):
        self.seen = [*getattr(self, "seen", []), stimulus]
        return Say(f"witnessed {stimulus.show.labels[0].name}")


def witness(bot):
    [unit] = [unit for unit in bot.core.units if isinstance(unit.cortex, Witness)]
    return unit.cortex.seen


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "classifier"]
    return status


async def names_colours(bot):
    for picture, name in ((pictures.red(), "red"), (pictures.green(), "green"), (pictures.blue(), "blue")):
        await bot.see(picture)
        assert bot.shown[-1].labels[0].name == name
        assert bot.shown[-1].labels[0].score > 0.5
    assert bot.problems == []


async def test_a_model_of_tensorflow_serving_names_what_is_seen(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, smoothing=1)
    await names_colours(bot)
    assert bot.said[0] == "I see: red."
    assert serving.asked[0].path == "/v1/models/colours/metadata"
    body = serving.predictions[-1].json
    assert body["signature_name"] == "serving_default"
    picture = np.asarray(body["instances"][0]["pixels"])
    assert picture.shape == (8, 8, 3)
    assert -1 <= picture.min() < -0.5 < 0.5 < picture.max() <= 1
    assert status(bot).place == Place(where="machine", name=serving.url.removeprefix("http://"), gets=("pictures",))


@pytest.mark.parametrize(
    ("kind", "options", "levels"),
    [
        ("DT_FLOAT", {}, [(value - 127.5) / 127.5 for value in (200, 100, 0)]),
        ("DT_FLOAT", {"mean": 0, "scale": 255}, [value / 255 for value in (200, 100, 0)]),
        ("DT_FLOAT", {"mean": 0, "scale": 1}, [200, 100, 0]),
        ("DT_UINT8", {}, [200, 100, 0]),
        ("DT_INT32", {"mean": 7, "scale": 2}, [200, 100, 0]),
        ("DT_INT8", {}, [72, -28, -128]),
    ],
)
async def test_pixels_are_what_the_type_and_the_options_ask_for(bot, serving, labels, kind, options, levels):
    serving.kind = kind
    await bot.load("classifier", model=serving.model, labels=labels, **options)
    await bot.see(pictures.plain((200, 100, 0)))
    assert bot.problems == []
    picture = np.asarray(serving.predictions[-1].json["instances"][0]["pixels"])
    assert picture[3, 3].tolist() == pytest.approx(levels, abs=1e-5)


async def test_a_model_that_decodes_its_pictures_gets_them_as_jpeg(bot, serving, labels):
    serving.kind, serving.shape = "DT_STRING", [-1]
    await bot.load("classifier", model=serving.model, labels=labels, smoothing=1, size=64)
    await names_colours(bot)


async def test_a_size_that_the_server_leaves_open_is_that_of_the_options(bot, serving, labels):
    serving.shape = [-1, -1, -1, 3]
    await bot.load("classifier", model=serving.model, labels=labels, size=16)
    await bot.see(pictures.red())
    assert np.asarray(serving.predictions[-1].json["instances"][0]["pixels"]).shape == (16, 16, 3)


@pytest.mark.parametrize("which", ["/versions/1", "/labels/stable"])
async def test_a_version_or_a_label_may_be_named(bot, serving, labels, which):
    serving.versions = [1, 2]
    await bot.load("classifier", model=serving.model + which, labels=labels)
    await bot.see(pictures.red())
    assert bot.shown[0].labels[0].name == "red"
    assert serving.asked[0].path == f"/v1/models/colours{which}/metadata"
    assert {asked.path for asked in serving.predictions} == {"/v1/models/colours/versions/1:predict"}


async def test_frames_that_wait_together_go_in_one_request(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, batch=3, smoothing=1)
    people = [bot, *[await bot.meet() for _ in range(4)]]
    serving.hold()
    for person, picture in zip(people, [pictures.red(), pictures.green()] * 2 + [pictures.blue()], strict=True):
        await person.see(picture, wait=False)
        if person is bot:
            serving.let_go(1)  # the black one, by which the model is known
            await asyncio.to_thread(serving.was_asked, 2)
    remote = classifier(bot)._network
    await asyncio.to_thread(waiting, remote, 4)
    serving.let_go()
    for person, name in zip(people, ["red", "green", "red", "green", "blue"], strict=True):
        await person.until(lambda person=person: person.shown)
        assert person.shown[0].labels[0].name == name
    assert [len(asked.json["instances"]) for asked in serving.predictions] == [1, 1, 3, 1]


def classifier(bot):
    [unit] = [unit for unit in bot.core.units if unit.name == "classifier"]
    return unit.cortex


def waiting(remote, count):
    """Wait until so many frames wait for the request that is under way."""
    batcher = remote._model._batcher
    with batcher._changed:
        assert batcher._changed.wait_for(lambda: len(batcher._waiting) == count, 20)


async def test_a_model_for_one_picture_gets_one(bot, serving, labels):
    serving.shape = [1, 8, 8, 3]
    await bot.load("classifier", model=serving.model, labels=labels)
    other = await bot.meet()
    serving.hold()
    await bot.see(pictures.red(), wait=False)
    serving.let_go(1)
    await asyncio.to_thread(serving.was_asked, 2)
    await other.see(pictures.green(), wait=False)
    await asyncio.to_thread(serving.was_asked, 3)
    serving.let_go()
    await other.until(lambda: other.shown)
    await bot.until(lambda: bot.shown)
    assert {len(asked.json["instances"]) for asked in serving.predictions} == {1}


async def test_an_output_named_embedding_is_what_others_get_to_see(bot, serving, labels):
    serving.embedding = True
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.load(Witness)
    await bot.see(pictures.red())
    [seen] = witness(bot)
    assert seen.show.labels[0].name == "red"
    assert seen.embedding[-1] == 1
    assert len(seen.embedding) == 4
    again = await asyncio.to_thread(seen.eye.embed, np.asarray(pictures.red()))
    assert again.tolist() == pytest.approx(seen.embedding.tolist())


async def test_another_version_is_noticed_within_a_minute_and_its_embeddings_are_others(bot, clock, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.load(Witness)
    await bot.see(pictures.red())
    serving.versions = [1, 2]
    await bot.see(pictures.red())
    await clock.advance(61)
    await bot.see(pictures.red())
    await bot.see(pictures.red())
    first, second, third, fourth = [seen.eye.model for seen in witness(bot)]
    assert (first == second, second == third, third == fourth) == (True, False, True)
    assert serving.predictions[-1].path == "/v1/models/colours/versions/2:predict"


async def test_a_version_that_goes_is_followed_by_the_next_without_a_word(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    serving.versions = [2]
    await bot.see(pictures.green())
    assert bot.shown[-1].labels[0].name == "green"
    assert bot.problems == []


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, smoothing=1)
    await bot.see(pictures.red())
    serving.replies = [b"", None]
    await bot.see(pictures.green())
    assert bot.shown[-1].labels[0].name == "green"
    assert bot.problems == []


async def test_one_that_is_busy_for_a_moment_is_asked_again(bot, serving, labels):
    serving.replies = [Reply(503, {"error": "loading"}, {"Retry-After": "0"}), None]
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"
    assert len(serving.predictions) == 3


# The Open Inference Protocol, with tensors as they lie in memory


@pytest.mark.parametrize(
    ("kind", "shape", "extensions"),
    [
        ("FP32", [-1, 3, 8, 8], ["binary_tensor_data"]),
        ("FP32", [-1, 3, 8, 8], []),
        ("FP16", [-1, 8, 8, 3], ["binary_tensor_data"]),
        ("UINT8", [1, 8, 8, 3], ["binary_tensor_data"]),
        ("INT8", [-1, 3, 8, 8], []),
    ],
)
async def test_a_model_of_the_open_inference_protocol(bot, triton, kind, shape, extensions):
    triton.kind, triton.shape, triton.extensions = kind, shape, extensions
    await bot.load("classifier", model=triton.model, smoothing=1)
    await names_colours(bot)
    last = triton.predictions[-1]
    assert ("inference-header-content-length" in last.headers) == bool(extensions)
    assert b'"scores"' in last.body
    assert b"embedding" not in last.body  # nobody wants it


async def test_both_outputs_come_in_one_look(bot, triton):
    await bot.load("classifier", model=triton.model)
    await bot.load(Witness)
    await bot.see(pictures.red())
    [seen] = witness(bot)
    assert (seen.show.labels[0].name, seen.embedding[-1]) == ("red", 1)
    assert len(triton.predictions) == 2


async def test_a_version_in_the_address_and_one_that_changes_without_a_word(bot, triton):
    await bot.load("classifier", model=triton.model)
    await bot.load(Witness)
    await bot.see(pictures.red())
    triton.version = "2"
    await bot.see(pictures.red())
    one, two = [seen.eye.model for seen in witness(bot)]
    assert one != two
    assert bot.problems == []
    await bot.restart()
    await bot.load("classifier", model=f"{triton.model}/versions/2")
    await bot.see(pictures.red())
    assert triton.predictions[-1].path == "/v2/models/colours/versions/2/infer"


# What it costs


async def test_a_budget_that_is_spent_is_still_spent_after_a_restart(bot, clock, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, prices={"prediction": 0.5}, max_cost_per_day=1.5)
    for number in range(4):
        await bot.see(pictures.photo(number))
    assert len(serving.predictions) == 3  # the black one counts
    assert status(bot).cost_left == 0
    await bot.restart()
    await bot.see(pictures.photo(1))
    assert len(serving.predictions) == 3
    await clock.advance(DAY)
    await bot.see(pictures.photo(1))
    assert len(serving.predictions) == 5


async def test_a_model_on_this_machine_costs_nothing(bot):
    await bot.load("classifier", model="builtin", prices={"prediction": 1}, max_cost_per_day=1)
    await bot.see(pictures.photo(1), times=3)
    assert len(bot.shown) == 3
    assert status(bot).cost_left == 1
    assert status(bot).place == Place()


async def test_prices_are_of_predictions(bot):
    with pytest.raises(ConfigError, match="prediction"):
        await bot.load("classifier", model="http://x/v1/models/y", max_cost_per_day=1)


async def test_the_token_goes_along(bot, serving, labels, monkeypatch):
    serving.token = "a-secret-token"
    monkeypatch.setenv("MODEL_TOKEN", "a-secret-token")
    await bot.load("classifier", model=serving.model, labels=labels, token={"$env": "MODEL_TOKEN"})
    await bot.see(pictures.red())
    assert {asked.headers["authorization"] for asked in serving.asked} == {"Bearer a-secret-token"}
