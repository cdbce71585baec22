"""Hooks of a real server, called over HTTP."""

from __future__ import annotations

import hmac
import http.client
import json

import pytest

from tests.support.server import SENSES

TOKEN = "a-token-of-some-length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def senses(**options):
    hooks = {"door": {"token": {"$env": "DOOR_TOKEN"}}, "say": {"token": {"$env": "DOOR_TOKEN"}, "say": "{who.name}!"}}
    return {**SENSES["senses"], "webhook": {"hooks": hooks, **options}}


def call(server, name, body, headers=BEARER, *, chunked=False):
    """Call a hook; return status, headers and what was answered."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=30)
    content = iter([body]) if chunked else body
    connection.request("POST", f"/senses/webhook/{name}", content, dict(headers), encode_chunked=chunked)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, answer.headers, told


@pytest.fixture(name="calls")
def _calls(serve, monkeypatch):
    monkeypatch.setenv("DOOR_TOKEN", TOKEN)
    return lambda **options: serve("herald", senses=senses(**options))


async def test_a_hook_that_is_called_is_said_in_every_session(calls, visit):
    server = calls()
    clients = [await visit(server), await visit(server)]
    assert call(server, "door", b'{"text": "The door\\nopened."}')[::2] == (202, {"sessions": 2})
    for client in clients:
        said = await client.next("say")
        assert (said["text"], said["priority"]) == ("The door opened.", "remark")
    body = b'{"who": {"name": "Ada"}}'
    signature = {"X-Hub-Signature-256": f"sha256={hmac.new(TOKEN.encode(), body, 'sha256').hexdigest()}"}
    assert call(server, "say", body, signature)[0] == 202


def test_what_is_refused_is_refused_with_its_reason(calls):
    server = calls()
    status, headers, told = call(server, "door", b"{}", {"Authorization": "Bearer wrong"})
    assert (status, headers["WWW-Authenticate"], "Bearer TOKEN" in told["error"]) == (401, "Bearer", True)
    assert call(server, "nowhere", b"{}")[::2] == (status, told)
    assert call(server, "door", b"{}", {})[0] == 401
    assert call(server, "door", b"payload=1")[0] == 400
    assert call(server, "door", b"[]")[0] == 400
    assert call(server, "door", b"{}")[0] == 400
    assert call(server, "say", b'{"who": 1}')[0] == 422
    assert TOKEN not in server.log
    assert TOKEN not in server.get("/plugins")[2].decode()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_more_than_256_kb_is_refused_whether_it_tells_its_length_or_not(calls, chunked):
    server = calls()
    at_most = json.dumps({"text": "x", "more": "x" * (256 * 1024 - 100)}).encode()
    assert call(server, "door", at_most, chunked=chunked)[0] == 202
    too_large = json.dumps({"text": "x", "more": "x" * 256 * 1024}).encode()
    assert call(server, "door", too_large, chunked=chunked)[0] == 413
    assert call(server, "door", b'{"text": "x"}', chunked=chunked)[0] == 202


def test_a_hook_that_is_called_too_often_is_told_when_to_come_again(calls):
    server = calls(max_rate=0.1)
    answers = [call(server, "door", b'{"text": "x"}') for _ in range(20)]
    assert answers[0][0] == 202
    status, headers, told = answers[-1]
    assert status == 429
    assert 1 <= int(headers["Retry-After"]) <= 20
    assert told["error"]


async def test_no_client_learns_of_the_hooks(calls, visit):
    client = await visit(calls())
    [hello] = client.heard
    assert hello["senses"].keys() == {"vision", "hearing", "reading"}
    assert TOKEN not in json.dumps(hello)
