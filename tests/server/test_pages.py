"""What the server serves besides the socket."""

from __future__ import annotations

import json

import pytest

import cortex.bot


def test_healthz_answers_when_the_server_is_ready(server):
    status, headers, body = server.get("/healthz")
    assert (status, headers.get_content_type()) == (200, "application/json")
    assert json.loads(body) == {"status": "ok", "version": cortex.bot.VERSION}


def test_the_page_is_there(server):
    status, headers, body = server.get("/")
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert b"Wake me" in body


def test_the_plugins_are_listed_with_their_states(server):
    assert server.plugins()["colours"] == {
        "name": "colours",
        "state": "working",
        "reason": "",
        "rate": 0.0,
        "median_ms": None,
        "calls_left": None,
        "cost_left": None,
        "limits": {"timeout": 30.0},
        "place": {"where": "machine", "name": "", "gets": []},
    }


@pytest.mark.parametrize("path", ["/", "/healthz", "/main.js", "/nowhere"])
def test_every_answer_says_what_the_browser_may_do_with_it(server, path):
    _, headers, _ = server.get(path)
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(self)"


def test_a_page_that_has_not_changed_is_not_sent_again(server):
    _, headers, _ = server.get("/main.js")
    assert server.get("/main.js", **{"If-None-Match": headers["ETag"]})[0] == 304
