"""Whether a picture has really changed, on a synthetic camera: noise, JPEG, drifting light, things that come and go."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from cortex.change import PATIENCE, Change

PERIOD = 0.1  # seconds between two frames


class Camera:
    """Looks at a room; a thing may stand in it."""

    def __init__(self, *, noise=4.0, quality=70, seed=1):
        self.random = np.random.default_rng(seed)
        self.noise, self.quality = noise, quality
        room = self.random.integers(0, 255, (12, 16, 3), np.uint8)
        self.room = np.asarray(Image.fromarray(room).resize((320, 240), Image.Resampling.BICUBIC), np.float32)
        self.light, self.shift = 1.0, 0  # the light may be one of each colour
        self.thing = None  # (x, y, side, grey or colour)

    def frame(self):
        picture = np.roll(self.room, self.shift, axis=1).copy()
        if self.thing is not None:
            x, y, side, grey = self.thing
            picture[y : y + side, x : x + side] = grey
        picture = picture * self.light + self.random.normal(0, self.noise, picture.shape)
        file = io.BytesIO()
        image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
        image.filter(ImageFilter.GaussianBlur(0.7)).save(file, "JPEG", quality=self.quality)
        return np.asarray(Image.open(file))


class Watcher:
    """Counts the frames that are news."""

    def __init__(self, camera):
        self.camera, self.change, self.now = camera, Change(), 0.0

    def watch(self, frames, before=lambda number: None):
        news = 0
        for number in range(frames):
            before(number)
            if self.change.is_news(self.camera.frame(), self.now):
                self.change.looked()
                news += 1
            self.now += PERIOD
        return news


@pytest.fixture(name="watcher", params=[(3, 80), (6, 60)], ids=["good light", "bad light"])
def _watcher(request):
    noise, quality = request.param
    return Watcher(Camera(noise=noise, quality=quality))


def test_the_first_frame_is_news_and_the_same_room_is_none(watcher):
    assert watcher.watch(1) == 1
    assert watcher.watch(100) == 0


def test_light_that_drifts_is_none(watcher):
    watcher.watch(1)

    def drift(number):
        watcher.camera.light = 1 - number / 400

    assert watcher.watch(60, drift) == 0


@pytest.mark.parametrize("side", [60, 75, 120])  # 5, 7 and 19 % of the picture
def test_a_thing_that_comes_is_news_once_and_again_when_it_goes(watcher, side):
    watcher.watch(5)
    watcher.camera.thing = 40, 60, side, 230
    assert watcher.watch(30) == 1
    watcher.camera.thing = None
    assert watcher.watch(30) == 1


def test_a_thing_is_looked_at_when_it_has_come_to_rest(watcher):
    watcher.watch(5)

    def bring(number):
        watcher.camera.thing = 10 + 30 * number, 60, 80, 240

    assert watcher.watch(4, bring) == 0
    assert watcher.watch(10) == 1


def test_a_picture_that_never_rests_is_looked_at_once_a_second(watcher):
    watcher.watch(1)

    def pan(number):
        watcher.camera.shift += 12

    news = watcher.watch(50, pan)
    assert 3 <= news <= 50 * PERIOD / PATIENCE + 1


def test_what_was_asked_about_is_no_news_afterwards(watcher):
    watcher.watch(5)
    watcher.camera.thing = 40, 60, 100, 230
    watcher.change.asked(watcher.camera.frame())
    watcher.change.looked()
    assert watcher.watch(10) == 0


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (15, 40), (16, 16), (17, 23), (1080, 1920)])
def test_pictures_of_any_size_can_be_compared(size):
    black, white = np.zeros((*size, 3), np.uint8), np.zeros((*size, 3), np.uint8)
    white[:, size[1] // 2 :] = 255
    change = Change()
    assert change.is_news(black, 0.0)
    change.looked()
    assert not change.is_news(black, 0.1)
    change.is_news(white, 0.2)
    assert change.is_news(white, 0.3) == (size != (1, 1))  # all of it is a change of the light


@pytest.mark.parametrize("side", [40, 55])  # 2 and 4 % of the picture
@pytest.mark.parametrize("contrast", [-40, 40])
def test_a_small_thing_that_differs_little_is_news(watcher, side, contrast):
    watcher.watch(5)
    ground = watcher.camera.room[90 : 90 + side, 70 : 70 + side].mean()
    watcher.camera.thing = 70, 90, side, ground + contrast
    assert watcher.watch(10) == 1


@pytest.mark.parametrize(("wall", "thing"), [((40, 120, 40), (203, 40, 40)), ((60, 90, 160), (150, 60, 70))])
def test_a_thing_as_bright_as_the_wall_but_of_another_colour_is_news(watcher, wall, thing):
    watcher.camera.room[:] = wall
    watcher.watch(5)
    watcher.camera.thing = (100, 80, 60, thing)
    assert watcher.watch(10) == 1
    watcher.camera.thing = None
    assert watcher.watch(10) == 1


def test_another_white_balance_is_none(watcher):
    watcher.watch(5)

    def warm(number):
        share = min(number, 20) / 20
        watcher.camera.light = np.array([1 + 0.12 * share, 1.0, 1 - 0.12 * share])

    assert watcher.watch(40, warm) == 0


def test_dusk_is_none(watcher):
    watcher.watch(1)

    def dim(number):
        watcher.camera.light = 1 - 0.6 * number / 60

    assert watcher.watch(60, dim) == 0


def test_a_sheet_of_white_paper_is_news(watcher):
    watcher.watch(5)
    watcher.camera.thing = 40, 60, 80, 255
    assert watcher.watch(10) == 1


def test_news_that_could_not_be_looked_at_stays_news(watcher):
    watcher.watch(5)
    watcher.camera.thing = 40, 60, 80, 230
    news = [watcher.change.is_news(watcher.camera.frame(), watcher.now + number) for number in range(1, 6)]
    assert news[1:] == [True] * 4


def test_a_look_that_failed_is_news_again(watcher):
    watcher.watch(5)
    watcher.change.failed()
    assert watcher.watch(10) == 1
