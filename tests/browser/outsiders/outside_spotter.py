"""A cortex from outside that says it asks a service far away: it boxes what is bright, with two boxes that are none."""

from typing import ClassVar

import numpy as np

from cortex import Box, Cortex, Label, Place, Show, hookimpl

BRIGHT = 150  # of 255, in every colour
NAME = "a <b>sheet</b>"


class Spotter(Cortex):
    """Finds what is white."""

    perceives = frozenset({"vision"})
    place = Place(where="internet", name="AWS eu-west-1", gets=("pictures",))
    uses: ClassVar = {"image": "an image that is sent"}

    def perceive(self, stimulus, session):
        self.spend(image=1)
        rows, columns = np.nonzero(stimulus.image.min(axis=2) > BRIGHT)
        if len(rows) == 0:
            return Show((Label("nothing", 0.9),))
        height, width = stimulus.image.shape[:2]
        left, top = columns.min() / width, rows.min() / height
        box = Box(
            left=float(left),
            top=float(top),
            width=float((columns.max() + 1) / width - left),
            height=float((rows.max() + 1) / height - top),
            name=NAME,
            score=0.9,
        )
        stray = Box(left=7.0, top=-3.0, width=1.0, height=2.0, name="stray")
        flat = Box(left=0.1, top=0.1, width=-1.0, height=0.0, name="flat")
        return Show((Label("sheet", 0.9),), text="MIND THE GAP", boxes=(stray, box, flat))


@hookimpl
def register_cortexes(register):
    register("spotter", Spotter)
