"""The recorder is killed in the middle of its work: what is in the folder then is whole."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys

import pytest
from PIL import Image

WRITE = """
import asyncio, sys
from cortex.testing import pictures
from cortex_recorder.archive import Archive
from cortex_recorder.backlog import Backlog, Picture
from cortex_recorder.records import file_name
from cortex_recorder.store import Store
from cortex_recorder.views import Views

async def write():
    store, backlog, views = Store(sys.argv[1], {}, 10), Backlog(1000, 10**9), Views()
    store.open()
    archive = Archive(store, backlog, 10**9)
    jpeg = pictures.jpeg(pictures.photo(1))
    for number in range(10_000):
        backlog.put(Picture(jpeg=jpeg, name=file_name(number), views=views, session="s", id=str(number), sense="vision",
            captured=0.0, when=0.0, due=0.0, print=0, label="mug"))
        if number % 8 == 7:
            await archive.work(0)
            print(number, flush=True)

asyncio.run(write())
"""


@pytest.mark.parametrize("seed", range(4))
def test_after_a_kill_every_line_has_its_picture_and_every_picture_is_whole(tmp_path, seed):
    rolls = random.Random(seed)
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    for _ in range(rolls.randrange(2, 40)):
        written = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    lines = [json.loads(line) for file in tmp_path.glob("*.jsonl") for line in file.read_text().splitlines()]
    whole = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*.jpg")}
    for name in whole:
        with Image.open(tmp_path / name) as picture:
            picture.load()
    assert {line["file"] for line in lines} <= whole
    assert len(lines) > written
    assert len(whole) - len(lines) <= 8
