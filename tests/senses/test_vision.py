"""From bytes to pictures: every kind, every mode, and everything that is no picture."""

from __future__ import annotations

import io
import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cortex import Cortex, StimulusError, decode_picture
from cortex.picture import FORMATS, MAX_PIXELS
from tests.support.pictures import huge_png, picture


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def code_of(data):
    with pytest.raises(StimulusError) as caught:
        decode_picture(data, "f1")
    assert caught.value.answers == "f1"
    assert caught.value.close is None
    return caught.value.code


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_becomes_rgb(kind):
    image = decode_picture(picture("red", kind, (64, 48)))
    assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)
    assert np.abs(image.mean(axis=(0, 1)) - (220, 20, 20)).max() < 5


def test_a_picture_can_only_be_read():
    with pytest.raises(ValueError, match="read-only"):
        decode_picture(picture())[0, 0] = 0


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("1", "L", "LA", "P", "I;16", "RGBA")),
        *((mode, "JPEG") for mode in ("L", "CMYK", "YCbCr")),
        ("RGBA", "WEBP"),
    ],
)
def test_every_mode_becomes_rgb(mode, kind):
    image = Image.new("L", (8, 6), 255)
    image = (
        image.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else image.convert(mode)
    )
    decoded = decode_picture(encoded(image, kind))
    assert decoded.shape == (6, 8, 3)
    assert decoded.min() >= 250


def test_sixteen_bits_of_grey_stay_grey():
    grey = Image.fromarray(np.full((4, 4), 0x8000, np.uint16))
    assert 120 <= decode_picture(encoded(grey)).mean() <= 135


def test_what_is_transparent_is_white():
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    image.putpixel((0, 0), (255, 0, 0, 255))
    decoded = decode_picture(encoded(image))
    assert decoded[0, 0].tolist() == [255, 0, 0]
    assert decoded[1, 1].tolist() == [255, 255, 255]


def test_a_picture_that_was_taken_sideways_is_put_upright():
    image = Image.new("RGB", (64, 32), "blue")
    exif = image.getexif()
    exif[0x0112] = 6
    assert decode_picture(encoded(image, "JPEG", exif=exif)).shape == (64, 32, 3)


@pytest.mark.parametrize(
    ("size", "decoded"), [((320, 240), (240, 320)), ((1280, 960), (480, 640)), ((4000, 3000), (750, 1000))]
)
def test_a_large_jpeg_is_decoded_small_but_never_below_what_classifiers_look_at(size, decoded):
    assert decode_picture(encoded(Image.new("RGB", size), "JPEG")).shape[:2] == decoded


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_a_picture_of_another_kind_is_refused(kind):
    assert code_of(picture(kind=kind)) == "bad-image"


@pytest.mark.parametrize(
    "size", [(5001, 5000), (MAX_PIXELS + 1, 1), (9500, 9500), (20_000, 20_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_picture_of_too_many_pixels_is_refused_and_costs_nothing(size):
    data = huge_png(*size)
    tracemalloc.start()
    try:
        assert code_of(data) == "image-too-large"
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_picture_of_just_so_many_pixels_is_not_too_large():
    assert code_of(huge_png(5000, 5000)) == "bad-image"  # only its header is whole


def test_the_bytes_of_the_error_are_not_told():
    with pytest.raises(StimulusError) as caught:
        decode_picture(b"x")
    assert "0x" not in str(caught.value)


WHOLE = [picture(kind=kind, size=(40, 30)) for kind in FORMATS] + [
    encoded(Image.new("P", (9, 9)), "PNG", transparency=0),
    encoded(Image.new("RGB", (40, 30)), "JPEG", progressive=True, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
    encoded(Image.new("RGBA", (9, 9)), "WEBP", save_all=True, append_images=[Image.new("RGBA", (9, 9), "red")]),
]


@settings(max_examples=300)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=6),
    st.floats(0.1, 1),
)
def test_whatever_becomes_of_a_picture_on_its_way_it_is_decoded_or_refused(data, damages, share):
    broken = bytearray(data)
    for place, damage in damages:
        at = int(place * (len(broken) - 1))
        broken[at : at + len(damage)] = damage
    try:
        decoded = decode_picture(bytes(broken[: int(len(broken) * share) + 1]))
    except StimulusError:
        return
    assert decoded.ndim == 3


@given(st.binary())
def test_whatever_comes_in_is_refused_and_nothing_worse(data):
    assert code_of(data) == "bad-image"


def test_warnings_are_not_silenced_for_others():
    decode_picture(picture())
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)


class Looker(Cortex):
    """Keeps what it looks at."""

    perceives = frozenset({"vision"})

    def start(self):
        self.frames = []

    def perceive(self, frame, session):
        self.frames.append((frame, frame.image))


async def looked_at(bot, payload, **header):
    await bot.load(Looker)
    await bot.perceive("vision", payload, **header)
    return bot.core.units[0].cortex.frames


async def test_a_frame_is_decoded_only_when_it_is_looked_at(bot):
    await bot.perceive("vision", b"no picture", id="f1")
    assert bot.problems == []
    await bot.restart()
    assert await looked_at(bot, b"no picture", id="f1") == []
    (problem,) = bot.problems
    assert problem == "this is no JPEG, PNG or WebP picture that can be decoded"
    assert bot.statuses[-1].state == "working"


async def test_a_picture_that_is_none_is_refused_whenever_it_is_asked_for(bot):
    sense = bot.core.plugins.senses["vision"]
    frame = sense.decode(sense.Header(sense="vision", id="f1"), b"no picture")
    with pytest.raises(StimulusError) as caught:
        frame.prepare()
    assert caught.value.answers == "f1"
    with pytest.raises(StimulusError):
        _ = frame.image


async def test_a_frame_has_its_picture_its_id_and_its_time(bot):
    ((frame, image),) = await looked_at(bot, picture("red", size=(64, 48)), id="f1", captured=1500.0)
    assert (frame.sense, frame.id, frame.captured) == ("vision", "f1", 1.5)
    assert frame.image is image
    assert image.shape == (48, 64, 3)


async def test_the_page_is_told_how_to_look(bot):
    await bot.load("vision", fps=5)
    settings = bot.core.plugins.senses["vision"].settings()
    assert set(settings) == {"fps", "width", "quality", "camera"}
    assert settings["fps"] == 5


async def test_an_id_is_never_longer_than_sixty_four_characters(bot):
    ((frame, _),) = await looked_at(bot, picture(), id="x" * 1000)
    assert frame.id == "x" * 64
