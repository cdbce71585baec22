"""The credentials of Google Cloud Vision, by Google's own library, without a network: missing, broken, refused, right.

Where a token has to be fetched, a stand-in for Google's Security Token Service on this machine refuses it.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cortex.testing import pictures
from tests.browser.support.server import COMMAND
from tests.support import google_vision as stand_in

LOG_IN = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`"
ELSEWHERE = {
    "GOOGLE_CLOUD_PROJECT": "a-project",  # so that nobody is asked for one
    "NO_GCE_CHECK": "true",
    "GCE_METADATA_IP": "127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",  # whoever wants to go to the network does not get there
    "https_proxy": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
}
"""A machine that is none of Google's, and not on the network."""


@pytest.fixture(name="home", autouse=True)
def _home(monkeypatch, tmp_path):
    """A home without credentials."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    for name, value in {**ELSEWHERE, "CLOUDSDK_CONFIG": str(home / "gcloud"), "HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(name="key")
def _key(home, monkeypatch):
    """Write a file of credentials, and name it where Google's library looks for it."""

    def write(content):
        path = home / "key.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        return path

    return write


def service_account(**changes):
    """A key of a service account, such as Google hands out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "type": "service_account",
        "project_id": "a-project",
        "private_key_id": "one",
        "private_key": pem,
        "client_email": "bot@a-project.iam.gserviceaccount.com",
        "token_uri": "http://127.0.0.1:9/token",
        **changes,
    }


class Tokens(ThreadingHTTPServer):
    """A stand-in for the Security Token Service of workload identity federation, which refuses."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        super().__init__(("127.0.0.1", 0), Refusal)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def credentials(self, home):
        """Return the credentials that it is asked about."""
        (home / "subject").write_text("a-secret-of-the-subject")
        return {
            "type": "external_account",
            "audience": "//iam.googleapis.com/locations/global/workloadIdentityPools/pool/providers/one",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"http://127.0.0.1:{self.server_port}/v1/token",
            "credential_source": {"file": str(home / "subject")},
        }


class Refusal(BaseHTTPRequestHandler):
    """What it answers."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.free.wait(20)
        body = json.dumps({"error": "invalid_grant", "error_description": "The token has expired."}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(name="tokens")
def _tokens():
    tokens = Tokens()
    yield tokens
    tokens.free.set()
    tokens.shutdown()
    tokens.server_close()


async def complaint(bot, **options):
    """Let it look at something; return the one line that comes of it."""
    await bot.load("google_vision", **options)
    await bot.see(pictures.photo())
    [status] = bot.statuses[-1:]
    assert status.state == "benched"
    [problem] = bot.problems
    assert len(problem.splitlines()) == 1
    return problem.removeprefix("google_vision: ")


async def test_a_key_file_that_is_not_there(bot, home, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(home / "nowhere.json"))
    problem = await complaint(bot)
    assert problem.startswith("Google Cloud Vision: the credentials cannot be used: ")
    assert str(home / "nowhere.json") in problem
    assert problem.endswith(LOG_IN)


@pytest.mark.parametrize(
    "content",
    ["a-secret that is no JSON", "[]", {"type": "spaceship"}, service_account(private_key="a-secret"), {}],
    ids=["no JSON", "a list", "of no known kind", "with no key in it", "empty"],
)
async def test_a_key_file_that_is_none(bot, key, content, caplog):
    path = key(content)
    problem = await complaint(bot)
    assert problem.startswith("Google Cloud Vision: the credentials cannot be used: ")
    assert problem.endswith(LOG_IN)
    assert "a-secret" not in problem + caplog.text
    assert str(path) in problem or "private" in problem or "key" in problem


async def test_credentials_that_google_takes_no_more(bot, home, key, tokens, caplog):
    key(tokens.credentials(home))
    problem = await complaint(bot)
    assert problem.startswith("Google Cloud Vision: Google refuses the credentials: ")
    assert "The token has expired" in problem
    assert problem.endswith(LOG_IN)
    assert "a-secret" not in problem + caplog.text


async def test_where_nobody_hands_out_tokens(bot, home, key, tokens):
    credentials = tokens.credentials(home)
    tokens.shutdown()
    tokens.server_close()
    key(credentials)
    problem = await complaint(bot, patience=60)
    assert problem.startswith("Google Cloud Vision: Google's accounts cannot be reached: ")


async def test_whoever_hands_out_tokens_and_hangs(bot, home, key, tokens):
    tokens.free.clear()
    key(tokens.credentials(home))
    problem = await complaint(bot, patience=0.5)
    assert problem == "Google Cloud Vision: Google's accounts do not answer within 0.5 s"


async def test_a_file_that_is_mended_is_read_again(bot, clock, home, key, tokens):
    key("no JSON")
    assert "cannot be used" in await complaint(bot)
    key(tokens.credentials(home))
    await clock.advance(15)
    await bot.see(pictures.photo(), times=2)
    assert "Google refuses the credentials" in bot.statuses[-1].reason


# In a process of its own: Google's libraries read some of the environment when they are imported.


def see(folder, options, **environment):
    """Show a picture to `cortex see` with this plugin alone."""
    (folder / "picture.jpg").write_bytes(pictures.jpeg(pictures.photo()))
    (folder / "config.yaml").write_text(json.dumps({"plugins": {"google_vision": options}}))
    return subprocess.run(
        [COMMAND, "see", "picture.jpg", "--only", "google_vision"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_any_credentials(tmp_path):
    done = see(tmp_path, {})
    assert f"Google Cloud Vision has no credentials: {LOG_IN}" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_right_credentials_go_along_encrypted_and_the_answer_is_shown(tmp_path, key):
    key(service_account())
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    chain = b"".join(pem.bytes() for pem in certificate.cert_chain_pems)
    vision = stand_in.Vision(grpc.ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)]))
    stand_in.mug(vision)
    authority.cert_pem.write_to_path(str(tmp_path / "roots.pem"))
    endpoint = f"localhost:{vision.host.rpartition(':')[2]}"
    try:
        done = see(
            tmp_path,
            {"endpoint": endpoint, "quota_project": "who-pays"},
            GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=str(tmp_path / "roots.pem"),
        )
    finally:
        vision.close()
    assert "Mug" in done.stdout, done
    [asked] = vision.asked
    assert asked.metadata["authorization"].startswith("Bearer ey")
    assert asked.metadata["x-goog-user-project"] == "who-pays"
