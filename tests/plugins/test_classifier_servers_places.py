"""Where pictures for a model server go: to that one, not where it sends them, nor through a proxy; certificates."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

import pytest
import trustme

from cortex import Place, ServiceError
from cortex.testing import pictures
from cortex_classifier.connection import Connection
from tests.support.model_server import Reply
from tests.support.tensorflow_serving import TensorFlowServing
from tests.support.triton import Triton
from tests.support.vertex import Vertex

PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


@pytest.fixture(autouse=True)
def _no_exceptions(monkeypatch):
    for name in ("no_proxy", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(name="server", params=[TensorFlowServing, Triton, Vertex], ids=lambda kind: kind.__name__)
def _server(request):
    server = request.param()
    server.token = "a-secret-token"
    yield server
    server.close()


@pytest.fixture(name="load")
def _load(bot, server, labels, monkeypatch):
    monkeypatch.setenv("MODEL_TOKEN", "a-secret-token")

    async def load(url=""):
        own = {"model": "vertex://my-project/europe-west4/1234", "endpoint": url or server.url, "size": 8}
        theirs = {} if isinstance(server, Vertex) else {"model": server.model.replace(server.url, url or server.url)}
        options = theirs or own
        await bot.load("classifier", labels=labels, token={"$env": "MODEL_TOKEN"}, **options)
        return options["model"]

    return load


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_picture_goes_where_the_server_sends_it(bot, clock, server, load, serving, status):
    to = serving.url.replace("127.0.0.1", "localhost")
    location = f"{to.replace('//', '//me:a-secret-token@')}/x?key=a-secret-token"
    server.replies = [Reply(status, {}, {"Location": location})]
    model = await load()
    await bot.see(pictures.red())
    assert bot.problems == [
        f"classifier: {model} sends us on to {to}, which is not asked; set that address if you trust it"
    ]
    assert not serving.asked
    server.replies = []
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ({}, "fails (307 Temporary Redirect)"),
        ({"Location": "/elsewhere"}, "sends us on to http://127.0.0.1"),
        ({"Location": "http://[nowhere"}, "sends us on to elsewhere"),
    ],
)
async def test_a_redirect_to_nowhere(bot, serving, labels, headers, line):
    serving.replies = [Reply(307, {}, headers)]
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    assert bot.problems[0].startswith(f"classifier: {serving.model} {line}")


class Proxy:
    """A stand-in for a proxy, who takes down whom it is asked for and refuses."""

    def __init__(self):
        self.asked = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                with caller:
                    self.asked.append(caller.recv(65536).split(b"\r\n")[0].decode())
                    caller.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self):
        self._listening.close()


@pytest.fixture(name="proxy")
def _proxy(monkeypatch):
    proxy = Proxy()
    for name in PROXIES:
        monkeypatch.setenv(name, proxy.url)
    yield proxy
    proxy.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_what_is_for_this_machine_goes_through_no_proxy(bot, server, load, proxy, host):
    await load(server.url.replace("127.0.0.1", host))
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"
    assert proxy.asked == []


def test_what_is_for_the_internet_goes_through_the_proxy(proxy):
    place = Place(where="internet", name="models.example.com", gets=("pictures",))
    asking = Connection("the server", place, 5, dict, str)
    with pytest.raises(ServiceError, match="refuses"):
        asking.ask("GET", "http://models.example.com/v1/models/x")
    with pytest.raises(ServiceError, match="cannot be reached"):
        asking.ask("GET", "https://models.example.com/v1/models/x")
    asking.stop()
    assert proxy.asked[0] == "GET http://models.example.com/v1/models/x HTTP/1.1"
    assert proxy.asked[1].startswith("CONNECT models.example.com:443 ")


# Certificates


class Encrypted(TensorFlowServing):
    """The same, with a certificate of somebody's own; `calls` are all who came."""

    def __init__(self, authority):
        self.calls = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self._context)
        super().__init__()
        take, self._plain = self._server.get_request, self._server.socket

        def get_request():
            caller, address = take()
            self.calls += 1
            return self._context.wrap_socket(caller, server_side=True), address

        self._server.get_request = get_request

    @property
    def model(self):
        return super().model.replace("http://127.0.0.1", "https://localhost")


@pytest.fixture(name="authority")
def _authority():
    return trustme.CA()


@pytest.fixture(name="encrypted")
def _encrypted(authority):
    server = Encrypted(authority)
    yield server
    server.close()


async def test_a_certificate_that_nobody_knows(bot, encrypted, labels):
    await bot.load("classifier", model=encrypted.model, labels=labels)
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {encrypted.model} has a certificate that is not trusted here: ")
    assert problem.endswith("; for one of your own set REQUESTS_CA_BUNDLE to the file that vouches for it")
    assert encrypted.calls == 1  # it would not become another one


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_a_certificate_of_ones_own(bot, encrypted, authority, labels, monkeypatch, tmp_path, name):
    path = tmp_path / "own.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv(name, str(path))
    await bot.load("classifier", model=encrypted.model, labels=labels)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"
    assert bot.problems == []


async def test_a_bundle_that_is_not_there(bot, encrypted, labels, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    await bot.load("classifier", model=encrypted.model, labels=labels)
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {encrypted.model} cannot be reached: ")
    assert "/nowhere.pem" in problem
