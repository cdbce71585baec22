"""What the recorder keeps is a training set for Keras, which is asked in a process of its own: it is large."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from cortex import Cortex, Named
from cortex.testing import pictures

READ = """
import collections, json, sys, keras
images = keras.utils.image_dataset_from_directory(sys.argv[1], image_size=(64, 64), batch_size=None, shuffle=False)
count = collections.Counter(images.class_names[int(label)] for _, label in images)
print(json.dumps([images.class_names, count]))
"""
LABELS = ["mug", "sugar bowl", "la tasse à café", "100% a/b", ".con", "🦜"]


class Teacher(Cortex):
    """A stand-in for `teach`: each seventh frame has no name, the others one after the other have these."""

    perceives = frozenset({"vision"})

    async def perceive(self, stimulus, session):
        number = int(stimulus.id.rpartition("-")[2])
        if number % 7:
            common = {field: getattr(stimulus, field) for field in ("sense", "id", "captured", "picture")}
            yield Named(**common, name=LABELS[number % len(LABELS)], score=1.0, by="lesson")


def read(folder):
    done = subprocess.run([sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


async def test_keras_finds_each_label_with_its_pictures(bot, clock, tmp_path):
    folder = tmp_path / "seen"
    await bot.load("recorder", folder=str(folder))
    await bot.load(Teacher)
    for seed in range(24):
        await bot.see(pictures.photo(seed))
        await clock.advance(0.1)
    await clock.advance(3)
    names, count = await asyncio.to_thread(read, folder)
    lines = [json.loads(line) for line in next(folder.glob("*.jsonl")).read_text().splitlines()]
    assert names == sorted({line["file"].partition("/")[0] for line in lines})
    assert {line["label"] for line in lines} == {None, *LABELS}
    expected = {}
    for line in lines:
        name = line["file"].partition("/")[0]
        expected[name] = expected.get(name, 0) + 1
    assert count == expected
    assert sum(count.values()) == 24
