"""What a client may send that it should not, and what then happens: row by row."""

from __future__ import annotations

import contextlib
import http.client
import io
import json

import pytest
from PIL import Image
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.support.client import Client
from tests.support.pictures import huge_png, picture

SMALL_LIMIT = 4_000_000  # bytes of a message


async def looks_on(client):
    """The next frame is looked at."""
    frame = await client.show(picture("green"))
    assert (await client.next("show", answers=frame))["labels"][0]["name"] == "green"


BROKEN = {
    "nothing": b"",
    "no image": b"these are no bytes of an image",
    "only the beginning of a JPEG": picture()[:20],
    "a truncated JPEG": picture(size=(640, 480))[:-200],
    "a truncated PNG": picture(kind="PNG", size=(640, 480))[:-100],
    "a truncated WebP": picture(kind="WEBP", size=(640, 480))[:-20],
    "a GIF": picture(kind="GIF"),
    "a BMP": picture(kind="BMP"),
    "a TIFF": picture(kind="TIFF"),
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "HTML": b"<!doctype html><title>no</title>",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_picture_is_an_error_naming_it_and_the_next_frame_is_looked_at(client, data):
    frame = await client.show(data)
    error = await client.next("error")
    assert (error["code"], error["answers"]) == ("bad-image", frame)
    assert error["message"].startswith("this is no JPEG, PNG or WebP picture that can be decoded")
    await looks_on(client)


@pytest.mark.parametrize("size", [(5001, 5000), (20_000, 20_000), (65_000, 65_000)])
async def test_a_picture_of_more_than_25_million_pixels_is_refused_before_it_is_decoded(server, client, size):
    await looks_on(client)
    memory, seconds = server.memory, server.seconds
    frame = await client.show(huge_png(*size))
    error = await client.next("error")
    assert (error["code"], error["answers"]) == ("image-too-large", frame)
    assert "at most 25,000,000" in error["message"]
    assert server.memory - memory < 30_000_000  # decoded it would be 75 MB at least
    assert server.seconds - seconds < 0.2
    await looks_on(client)


async def test_a_large_picture_within_the_limit_is_looked_at(client):
    file = io.BytesIO()
    Image.new("RGB", (5000, 4999), "blue").save(file, "JPEG")
    frame = await client.show(file.getvalue())
    assert (await client.next("show", answers=frame))["labels"][0]["name"] == "blue"


async def test_a_message_of_more_than_four_megabytes_closes_with_1009(server, client, visit):
    with contextlib.suppress(ConnectionClosed):
        await client.show(bytes(SMALL_LIMIT))
    assert await client.closed() == 1009
    text = await visit(server)
    with contextlib.suppress(ConnectionClosed):  # the server need not hear it out
        await text.say("x" * SMALL_LIMIT)
    assert await text.closed() == 1009


async def test_a_message_of_almost_four_megabytes_is_taken(client):
    await client.show(bytes(SMALL_LIMIT - 200))
    assert (await client.next("error"))["code"] == "bad-image"


TEXTS = {
    "[]": "bad-json",
    "hello": "bad-json",
    "42": "bad-json",
    "{": "bad-json",
    "": "bad-json",
    "{}": "bad-json",
    '{"type": 5}': "bad-json",
    '{"type": "dance"}': "unknown-type",
    '{"type": "hello"}': "bad-hello",
    '{"type": "report", "name": "voice", "state": "singing"}': "bad-json",
    '{"type": "stimulus"}': "unknown-sense",
    '{"type": "stimulus", "sense": "smell"}': "unknown-sense",
    '{"type": "stimulus", "sense": "reading"}': "bad-json",
    '{"type": "stimulus", "sense": "reading", "text": 5}': "bad-json",
    '{"type": "stimulus", "sense": "reading", "text": "x", "id": 5}': "bad-json",
    '{"type": "stimulus", "sense": "reading", "text": "\\ud800"}': "bad-json",
    '{"type": "stimulus", "sense": "reading", "text": "  "}': "bad-text",
    json.dumps({"type": "stimulus", "sense": "reading", "text": "x" * 10_001}): "bad-text",
    '{"type": "stimulus", "sense": "vision"}': "bad-image",
    '{"type": "hello", "x": ' + "[" * 100_000: "bad-json",
}


@pytest.mark.parametrize(("text", "code"), TEXTS.items(), ids=[f"{code} {text[:50]}" for text, code in TEXTS.items()])
async def test_a_message_that_makes_no_sense_is_an_error_with_a_code_and_the_connection_stays_open(client, text, code):
    await client.connection.send(text)
    assert (await client.next("error"))["code"] == code
    await client.say("still there?")
    await client.next("say", text="still there?")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad-header"),
        (b"\xff\xd8\xff\xe0", "bad-header"),
        (b"\n", "bad-json"),
        (b"\xff\xfe\n" + picture(), "bad-json"),
        (b'{"type": "stimulus", "sense": "reading", "text": "\xff"}\n', "bad-json"),
        (b'{"type": "stimulus", "sense": "smell"}\n' + picture(), "unknown-sense"),
    ],
)
async def test_a_binary_message_without_a_proper_header_is_an_error_and_the_connection_stays_open(client, data, code):
    await client.connection.send(data)
    assert (await client.next("error"))["code"] == code
    await looks_on(client)


@pytest.mark.parametrize(
    "message",
    ['{"type": "stimulus", "sense": "reading", "text": "x"}', '{"type": "report", "name": "voice", "state": "idle"}'],
)
async def test_whoever_does_not_begin_with_hello_is_told(server, message):
    client = await Client.connect(server)
    await client.connection.send(message)
    assert (await client.next("error"))["code"] == "bad-hello"
    await client.say_hello()
    await client.close()


async def test_text_that_is_no_utf_8_closes_with_1007(client):
    await client.connection.send(b"\xff\xfe", text=True)
    assert await client.closed() == 1007


async def status_of(server, *, origin=None, subprotocols=("cortex.v1",), path=""):
    """Knock; return the status that is answered."""
    offered = [Subprotocol(name) for name in subprotocols]
    try:
        async with connect(server.socket + path, origin=origin, subprotocols=offered, proxy=None):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org",
        "http://localhost",
        "http://localhost:1",
        "http://localhost.example.org",
        "null",
        "http://[",
        "x",
    ],
)
async def test_a_websocket_from_another_origin_is_refused_with_403(server, origin):
    assert await status_of(server, origin=origin) == 403


async def test_a_websocket_from_the_page_itself_is_let_in(server):
    assert await status_of(server, origin=server.address) == 101
    assert await status_of(server) == 101


async def test_a_websocket_from_an_origin_that_the_config_names_is_let_in(serve):
    server = serve("echo", server={"origins": ["https://example.org"]})
    assert await status_of(server, origin="https://example.org") == 101
    assert await status_of(server, origin="https://example.com") == 403


async def test_a_websocket_of_an_unknown_protocol_or_path_is_refused(server):
    assert await status_of(server, subprotocols=("cortex.v9",)) == 400
    assert await status_of(server, subprotocols=("cortex.v9", "cortex.v1")) == 101
    assert await status_of(server, path="/elsewhere") in (400, 404)


PATHS = [
    "/../config.yaml",
    "/../cortex/app.py",
    "/%2e%2e/config.yaml",
    "/..%2fconfig.yaml",
    "/actuators/../../config.yaml",
    "//etc/passwd",
    "/modules/vision/../../../config.yaml",
    "/modules/vision/..%2f..%2fcortex/app.py",
    "/modules/vision/%2e%2e/hearing/client.js",
    "/modules/vision/__init__.py",
    "/modules/vision/nowhere.js",
    "/modules/nobody/client.js",
    "/nowhere",
    "/nowhere.html",
    "/%00",
    "/modules/vision/%00.js",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_out_or_nowhere_is_not_found(server, path):
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request("GET", path)  # as it is: nothing makes it plain on the way
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 404
    assert b"import" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_method_that_no_page_has_is_refused(server, method):
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request(method, "/healthz")
    assert connection.getresponse().status == 405
    connection.close()


def test_nothing_of_all_this_left_a_traceback_in_the_log_but_for_uvicorns_own(server):
    assert server.log.count("Traceback") == server.log.count("Invalid UTF-8 sequence received from client")
