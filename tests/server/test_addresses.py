"""Where the server listens, and what it tells people to type."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.support.server import PATIENCE


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def answers(host, port):
    with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=PATIENCE) as answer:
        return answer.status == 200


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("localhost", ["127.0.0.1", "localhost"]),
        ("127.0.0.1", ["127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),
        *([("::", ["[::1]"]), ("::1", ["[::1]"])] if has_ipv6() else []),
    ],
)
def test_it_listens_where_it_is_told_and_prints_an_address_that_works(serve, host, reached):
    server = serve("echo", arguments=("--host", host))
    assert server.address == f"http://localhost:{server.port}"
    assert all(answers(each, server.port) for each in reached)


def test_the_options_go_before_the_config(serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        server = serve("echo", server={"host": "127.0.0.1", "port": busy})
    assert server.port != busy
