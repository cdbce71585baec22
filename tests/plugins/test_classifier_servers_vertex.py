"""The classifier with a model behind a Vertex AI endpoint: a stand-in for it, entered with real google-auth."""

from __future__ import annotations

import contextlib
import json
import sys
import threading

import numpy as np
import pytest

from cortex import Place, PluginError, ServiceError
from cortex.testing import pictures
from cortex_classifier import Classifier
from cortex_classifier import vertex as module
from cortex_classifier.connection import TooMuchError
from cortex_classifier.deadline import within
from cortex_classifier.remote import remote
from tests.support.model_server import LABELS, Reply
from tests.support.vertex import Vertex

ADDRESS = "vertex://my-project/europe-west4/1234"
LOG_IN = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`"


@pytest.fixture(name="vertex")
def _vertex():
    server = Vertex()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _room(monkeypatch, tmp_path):
    """No proxy, no machine of Google's, nobody logged in."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)


@pytest.fixture(name="key")
def _key(monkeypatch, vertex, tmp_path):
    path = vertex.key_file(tmp_path / "key.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    return path


@pytest.fixture(name="load")
def _load(bot, vertex, tmp_path):
    labels = tmp_path / "colours.txt"
    labels.write_text("\n".join(LABELS) + "\n")

    async def load(**more):
        own = {"model": ADDRESS, "endpoint": vertex.url, "size": 8, "labels": str(labels), "smoothing": 1}
        await bot.load("classifier", **{**own, **more})

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "classifier"]
    return status


@pytest.mark.parametrize("options", [{}, {"jpeg": True, "size": 64}, {"input": "bytes_inputs", "jpeg": True}])
async def test_it_names_what_is_seen(bot, vertex, key, load, options):
    vertex.input = options.get("input", "")
    await load(**options)
    for picture, name in ((pictures.red(), "red"), (pictures.blue(), "blue")):
        await bot.see(picture)
        assert bot.shown[-1].labels[0].name == name
    assert bot.problems == []
    assert vertex.asked[0].path == "/v1/projects/my-project/locations/europe-west4/endpoints/1234:predict"
    assert vertex.asked[0].headers["authorization"] == f"Bearer {vertex.token}"
    instance = vertex.asked[-1].json["instances"][0]
    assert list(instance) == ["bytes_inputs"] if vertex.input else isinstance(instance, dict) == bool(options)


async def test_numbers_are_scaled_as_the_options_say(bot, vertex, key, load):
    await load(mean=0, scale=1)
    await bot.see(pictures.plain((200, 100, 0)))
    [picture] = np.asarray(vertex.asked[-1].json["instances"])
    assert picture[3, 3].tolist() == [200, 100, 0]
    assert b"200.0" not in vertex.asked[-1].body


async def test_another_model_behind_the_endpoint_is_noticed(bot, vertex, key, load):
    await load()
    await bot.see(pictures.red())
    vertex.model_id = "888"
    await bot.see(pictures.green())
    assert bot.shown[-1].labels[0].name == "green"
    assert len(vertex.asked) == 5  # black, red; green in vain, black, green


@pytest.mark.parametrize(("endpoint", "most"), [("", 1.5), ("https://1.europe-west4-2.prediction.vertexai.goog", 10)])
def test_what_vertex_ai_would_not_take_is_not_sent(vertex, endpoint, most):
    options = Classifier.Options(model=ADDRESS, endpoint=endpoint, size=8, token=vertex.token, jpeg=True)
    server = module.VertexAI(ADDRESS, options)
    entry = server.describe()
    assert server._limit == most * 1_000_000
    noise = np.random.default_rng(0).integers(0, 256, (4096, 4096, 3), np.uint8)
    with pytest.raises(
        TooMuchError, match=rf"a picture is \d+\.\d MB, and Vertex AI takes {most:g} MB: set `jpeg: true`"
    ):
        server.predict(entry, [noise], [])
    server.stop()


async def test_a_token_that_runs_out_is_renewed(bot, vertex, key, load):
    await load()
    await bot.see(pictures.red(), times=2)
    assert vertex.tokens == 1
    vertex.lasts = 60  # which google-auth takes for too little
    await bot.restart()
    await load()
    await bot.see(pictures.red(), times=2)
    assert vertex.tokens == 1 + 3  # black, red, red


async def test_credentials_that_are_refused_are_looked_for_anew(bot, clock, vertex, key, load):
    await load()
    await bot.see(pictures.red())
    vertex.token = "ya29.another-token"
    await bot.see(pictures.green())
    assert "refuses (403 Forbidden)" in bot.problems[0]
    await clock.advance(15)
    await bot.see(pictures.green())
    assert bot.shown[-1].labels[0].name == "green"


async def test_who_hands_out_tokens_and_drips_is_not_waited_for(bot, vertex, key, load):
    serve, gone = vertex.serve, threading.Event()

    def drip(handler):
        if handler.path != "/token":
            serve(handler)
            return
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(500):
                handler.wfile.write(b"x")
                gone.wait(0.02)

    vertex.serve = drip
    await load(patience=0.3)
    await bot.see(pictures.red())
    gone.set()
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {ADDRESS}: Google's tokens cannot be had: ")


def test_who_waits_for_a_token_that_does_not_come_waits_so_long(key):
    found = module.Credentials(ADDRESS, 0.1)
    with found._lock, within(0.1), pytest.raises(ServiceError, match=r"tokens cannot be had within 0\.1 s$"):
        found.headers()
    assert found.headers()["authorization"].startswith("Bearer ")


async def test_a_picture_that_is_too_large_by_itself(bot, vertex, key, load):
    await load(size=1024)
    await bot.see(pictures.photo())
    line = "MB, and Vertex AI takes 10 MB: set `jpeg: true` where the model decodes it"
    assert line in bot.problems[0]
    assert not vertex.asked


async def test_nobody_is_logged_in(bot, clock, vertex, load, monkeypatch, tmp_path):
    await load()
    await bot.see(pictures.red())
    assert bot.problems == [f"classifier: {ADDRESS}: there are no Google credentials; {LOG_IN}"]
    path = vertex.key_file(tmp_path / "late.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


async def test_a_key_file_that_is_not_there(bot, load, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    await load()
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {ADDRESS}: File /nowhere/key.json was not found")
    assert problem.endswith(LOG_IN)


async def test_a_key_file_that_is_none(bot, load, monkeypatch, tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"type": "service_account", "private_key": "rubbish"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    await load()
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {ADDRESS}: ")
    assert problem.endswith(LOG_IN)
    assert "rubbish" not in problem


async def test_a_key_that_google_does_not_know(bot, vertex, key, load, clock):
    vertex.knows_key = False
    await load()
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem == (
        f"classifier: {ADDRESS}: Google refuses the credentials: invalid_grant: Invalid JWT Signature; {LOG_IN}"
    )
    vertex.knows_key = True
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


async def test_who_may_not_predict(bot, clock, vertex, key, load):
    vertex.replies = [vertex.refusal(403, "Permission 'aiplatform.endpoints.predict' denied on resource.")]
    await load()
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {ADDRESS} refuses (403 Forbidden): Permission 'aiplatform.endpoints.")
    assert "the role Vertex AI User" in problem


async def test_an_endpoint_that_there_is_not(bot, vertex, key, load):
    vertex.replies = [Reply(404, vertex.refusal(404, "The Endpoint does not exist.").body)]
    await load()
    await bot.see(pictures.red())
    assert "does not know that model (404 Not Found): The Endpoint does not exist" in bot.problems[0]


async def test_without_google_auth_it_says_what_to_install(bot, load, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.auth", None)
    await load()
    with pytest.raises(PluginError, match=r"it needs 'google.auth', which is not installed: pip install .*\[vertex\]"):
        await bot.start()


def test_where_the_pictures_go_and_to_which_address(tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text("one\n")
    google = Place(where="internet", name="Vertex AI europe-west4", gets=("pictures",))
    evil = Place(where="internet", name="evil.example", gets=("pictures",))
    for endpoint, place, base in (
        ("", google, "https://europe-west4-aiplatform.googleapis.com/v1/"),
        (
            "https://1.europe-west4-2.prediction.vertexai.goog/",
            google,
            "https://1.europe-west4-2.prediction.vertexai.goog/v1/",
        ),
        ("http://gpu.local", Place(where="network", name="gpu.local", gets=("pictures",)), "gpu.local"),
        ("https://evil.example/x.googleapis.com", evil, "evil.example"),
    ):
        options = Classifier.Options(model=ADDRESS, size=8, labels=str(labels), endpoint=endpoint)
        found = remote(options, lambda _: None, lambda: 0.0)
        assert found.place == place
        assert base in found._server._url
        found.stop()
