"""The end: sockets closed with 1001, plugins stopped, exit code 0, within three seconds."""

from __future__ import annotations

import contextlib
import signal
import socket

import pytest
from websockets.client import ClientProtocol
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from tests.support.outsiders import cortex
from tests.support.pictures import picture

LIMIT = 3.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_closes_every_socket_stops_every_plugin_and_exits_with_0(
    serve, visit, outsiders, tmp_path, number
):
    for name in ("plain", "asynchronous"):
        head = "async def" if name == "asynchronous" else "def"
        outsiders.install(name, cortex(f"{head} stop(self): Path('{name}').write_text('stopped')", name=name))
    server = serve("plain", "asynchronous", "echo")
    clients = [await visit(server) for _ in range(5)]
    code, seconds = server.stop(number)
    assert code == 0
    assert seconds < LIMIT
    assert [await client.closed() for client in clients] == [1001] * 5
    assert (tmp_path / "plain").read_text() == (tmp_path / "asynchronous").read_text() == "stopped"
    assert "Traceback" not in server.log


async def test_two_signals_end_it_too(serve):
    server = serve("echo")
    server.process.send_signal(signal.SIGINT)
    code, seconds = server.stop(signal.SIGINT)
    assert code == 0
    assert seconds < LIMIT


TIDY = "def stop(self): Path('tidied').touch()"
HANG = {
    "in_stop": "def stop(self): threading.Event().wait()",
    "in_an_asynchronous_stop": "async def stop(self): await asyncio.Event().wait()",
    "in_start": "def start(self): threading.Event().wait()",
    "in_an_asynchronous_start": "async def start(self): await asyncio.Event().wait()",
    "in_join": "def join(self, session): threading.Event().wait()",
    "in_leave": "async def leave(self, session): await asyncio.Event().wait()",
    "in_a_thread_that_it_leaves_behind": "def start(self): threading.Thread(target=threading.Event().wait).start()",
}
DEAF = """
    async def stop(self):
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                pass
    """


@pytest.mark.parametrize(
    "bodies",
    [HANG, {"deaf": DEAF}, {"blocking": "async def stop(self): time.sleep(1000)"}],
    ids=["hanging", "deaf to their end", "blocking everything"],
)
async def test_plugins_that_hang_do_not_hold_up_the_end(serve, visit, outsiders, tmp_path, bodies):
    for name, body in {**bodies, "tidy": TIDY}.items():
        outsiders.install(name, cortex(body, name=name))
    server = serve(*bodies, "tidy")
    client = await visit(server)
    code, seconds = server.stop()
    assert code == 0
    assert seconds < LIMIT
    assert await client.closed() == 1001
    if "blocking" not in bodies:
        assert (tmp_path / "tidied").exists()


async def test_a_plugin_that_never_started_is_not_stopped(serve, outsiders, tmp_path):
    body = "def start(self): raise ValueError('no')\n\ndef stop(self): Path('stopped').touch()"
    outsiders.install("bad", cortex(body, name="bad"))
    assert serve("bad", "echo").stop()[0] == 0
    assert not (tmp_path / "stopped").exists()


async def test_a_client_that_does_not_read_does_not_hold_up_the_end(serve, visit, outsiders, tmp_path):
    outsiders.install("tidy", cortex(TIDY, name="tidy"))
    server = serve("echo", "tidy")
    with socket.create_connection(("localhost", server.port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await upgrade_and_flood(deaf, server.port)
        client = await visit(server)
        code, seconds = server.stop()
    assert code == 0
    assert seconds < LIMIT
    assert await client.closed() == 1001
    assert (tmp_path / "tidied").exists()


async def upgrade_and_flood(deaf, port):
    """Say hello, and so much that the answers no longer fit anywhere; never read."""
    protocol = ClientProtocol(parse_uri(f"ws://localhost:{port}/ws"), subprotocols=[Subprotocol("cortex.v1")])
    protocol.send_request(protocol.connect())
    deaf.sendall(b"".join(protocol.data_to_send()))
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += deaf.recv(1)
    protocol.receive_data(reply)
    protocol.send_text(b'{"type": "hello"}')
    sentence = b'{"type": "stimulus", "sense": "reading", "text": "%s"}' % (b"x" * 9_000)
    for _ in range(3000):
        protocol.send_text(sentence)
    deaf.settimeout(5)
    with contextlib.suppress(TimeoutError):  # the server may read no more than it can answer
        deaf.sendall(b"".join(protocol.data_to_send()))


async def test_frames_that_are_on_their_way_do_not_hold_up_the_end(serve, visit, outsiders):
    body = "def perceive(self, stimulus, session):\n    time.sleep(0.2)\n    return Show(text='seen')"
    outsiders.install("slow", cortex(body, name="slow", perceives="{'vision'}"))
    server = serve("slow")
    client = await visit(server)
    for _ in range(50):
        await client.show(picture())
    code, seconds = server.stop()
    assert code == 0
    assert seconds < LIMIT
    assert await client.closed() == 1001
