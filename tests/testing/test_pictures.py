"""Pictures to show a bot."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cortex import decode_picture
from cortex.testing import pictures

KINDS = {
    "red": pictures.red,
    "noise": pictures.noise,
    "checkerboard": pictures.checkerboard,
    "photo": pictures.photo,
    "text": lambda size=(320, 240): pictures.text("STOP", size),
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_it_is_rgb_of_the_size_that_was_asked_for_and_always_the_same(make):
    one, two = make(), make()
    assert (one.mode, one.size) == ("RGB", (320, 240))
    assert one.tobytes() == two.tobytes()
    assert make(size=(64, 100)).size == (64, 100)


def test_another_seed_is_another_picture():
    for make in (pictures.noise, pictures.photo):
        assert make(1).tobytes() != make(2).tobytes()


@pytest.mark.parametrize(("name", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_colour_is_mostly_that_colour(name, channel):
    assert np.asarray(getattr(pictures, name)()).mean(axis=(0, 1)).argmax() == channel


def test_a_checkerboard_is_half_black_and_half_white():
    board = np.asarray(pictures.checkerboard(4, (80, 80)))
    assert set(np.unique(board)) == {0, 255}
    assert board.mean() == 127.5
    assert board[0, 0, 0] == 255
    assert board[0, 20, 0] == 0


def test_words_are_dark_on_white_and_fit():
    image = np.asarray(pictures.text("STOP", (200, 100)).convert("L"))
    rows, columns = np.nonzero(image < 128)
    assert image[0].min() == image[-1].min() == 255
    assert columns.max() - columns.min() > 120
    assert image[:, 0].min() == image[:, -1].min() == 255
    assert rows.size < image.size / 2


def test_jpeg_and_png_make_what_a_bot_can_look_at():
    image = pictures.photo()
    assert decode_picture(pictures.png(image)).tobytes() == image.tobytes()
    with Image.open(io.BytesIO(pictures.jpeg(image))) as decoded:
        assert (decoded.format, decoded.size) == ("JPEG", image.size)


def test_any_kind_of_picture_becomes_bytes(tmp_path):
    image = pictures.noise(size=(8, 6))
    content = pictures.png(image)
    (tmp_path / "noise.png").write_bytes(content)
    for picture in (image, np.asarray(image), content, bytearray(content), tmp_path / "noise.png"):
        assert decode_picture(pictures.encoded(picture)).tobytes() == image.tobytes()
    assert pictures.encoded(str(tmp_path / "noise.png")) == content
