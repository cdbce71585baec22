"""https and wss, with a certificate made here."""

from __future__ import annotations

import ssl
import urllib.error

import pytest
import trustme

from tests.support.client import Client
from tests.support.pictures import picture
from tests.support.server import run_cortex, write_config


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory):
    """A certificate of localhost with that of who signed it, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for pem in (*certificate.cert_chain_pems, authority.cert_pem):
        pem.write_to_path(str(folder / "cert.pem"), append=True)
    return {"cert": str(folder / "cert.pem"), "key": str(folder / "key.pem")}


async def test_with_a_certificate_the_server_speaks_https_and_wss(serve, outsiders, certificate):
    server = serve("echo", server={"tls": certificate})
    trust = ssl.create_default_context(cafile=certificate["cert"])
    assert server.address.startswith("https://localhost:")
    assert server.get("/healthz", tls=trust)[0] == 200
    client = await Client.connect(server, tls=trust)
    await client.say_hello()
    await client.say("hello")
    await client.next("say", text="hello")
    await client.show(picture())
    assert server.stop()[0] == 0
    assert await client.closed() == 1001


def test_without_tls_nothing_is_served_there(serve, certificate):
    server = serve("echo", server={"tls": certificate})
    server.address = server.address.replace("https", "http")
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        server.get("/healthz")


@pytest.mark.parametrize("wrong", ["missing", "broken", "swapped", "of another"])
def test_a_certificate_that_is_none_is_one_line_and_exit_code_2(outsiders, tmp_path, certificate, wrong):
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    tls = {
        "missing": {"cert": "nowhere.pem", "key": certificate["key"]},
        "broken": {"cert": str(tmp_path / "broken.pem"), "key": certificate["key"]},
        "swapped": {"cert": certificate["key"], "key": certificate["cert"]},
        "of another": {"cert": certificate["cert"], "key": str(tmp_path / "bot.yaml")},
    }[wrong]
    config = write_config(tmp_path, "echo", server={"tls": tls})
    done = run_cortex("run", "--port", "0", "--config", str(config), outsiders=outsiders, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert tls["cert"] in done.stderr
