"""A client written in 2017, over a raw socket: text in, plain text out."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct

import pytest

from tests.support.pictures import picture

TEXT, BINARY, CLOSE = 1, 2, 8


class Raw:
    """A WebSocket by hand: no library, no subprotocol."""

    def __init__(self, port):
        self._socket = socket.create_connection(("localhost", port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET /ws HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._file = self._socket.makefile("rb")
        self.status = self._file.readline()
        self.headers = []
        while (line := self._file.readline()) not in (b"\r\n", b""):
            self.headers.append(line.decode().strip().lower())

    def send(self, payload, opcode=TEXT):
        payload = payload.encode() if isinstance(payload, str) else payload
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack(">BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack(">BBQ", 0x80 | opcode, 0x80 | 127, length)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._socket.sendall(head + mask + masked)

    def receive(self):
        """Return the opcode and the payload of the next frame."""
        first, second = self._file.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._file.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._file.read(8))
        return first & 0x0F, self._file.read(length)

    def text(self):
        opcode, payload = self.receive()
        assert opcode == TEXT, payload
        return payload.decode()

    def close_code(self):
        opcode, payload = self.receive()
        assert opcode == CLOSE, payload
        return struct.unpack(">H", payload[:2])[0]

    def close(self):
        self._file.close()
        self._socket.close()


def frame(data, prefix=""):
    content = prefix + base64.b64encode(data).decode()
    return json.dumps({"dataURI": {"contentType": "image/jpeg", "content": content}})


@pytest.fixture(name="raw")
def _raw(server):
    raw = Raw(server.port)
    yield raw
    raw.close()


def test_it_is_let_in_without_a_subprotocol_and_without_a_hello(raw):
    assert b" 101 " in raw.status
    assert not [header for header in raw.headers if header.startswith("sec-websocket-protocol")]


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
def test_its_frame_gets_one_plain_label(raw, prefix):
    raw.send(frame(picture("blue"), prefix))
    name, share = raw.text().split(" ")
    assert name == "blue"
    assert 80 <= int(share.strip("(%)")) <= 90


def test_what_it_says_gets_its_answer_as_plain_text(raw):
    raw.send("Hello, bot")
    assert raw.text() == "Hello, bot"
    raw.send('{"text": "looks like JSON"}')
    assert raw.text() == '{"text": "looks like JSON"}'


def test_a_frame_that_is_no_picture_is_told_and_the_next_is_looked_at(raw):
    raw.send(frame(b"no picture at all"))
    assert raw.text().startswith("error: this is no JPEG, PNG or WebP picture")
    raw.send(frame(picture("red")))
    assert raw.text().startswith("red (")


@pytest.mark.parametrize("content", ["not base64!", "é"])
def test_what_is_no_base64_is_told_and_the_connection_stays_open(raw, content):
    raw.send(json.dumps({"dataURI": {"contentType": "image/jpeg", "content": content}}))
    assert raw.text().startswith("error: dataURI.content is not base64")
    raw.send("still there?")
    assert raw.text() == "still there?"


def test_an_empty_sentence_is_told(raw):
    raw.send("  ")
    assert raw.text() == "error: the sentence is empty"


def test_a_binary_message_is_told_and_closes_with_1003(raw):
    raw.send(picture(), BINARY)
    assert raw.text() == "error: without a subprotocol every message is text"
    assert raw.close_code() == 1003


def test_text_that_is_no_utf_8_closes_with_1007(raw):
    raw.send(b"\xff\xfe")
    assert raw.close_code() == 1007
