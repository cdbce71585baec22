"""A cortex from outside: names the colour that fills the picture, and remarks on it. It needs no model."""

from cortex import Cortex, Label, Say, Show, hookimpl

NAMES = ("red", "green", "blue")
DARK = 40  # mean of the brightest colour, from 0 to 255


class Colours(Cortex):
    """Sees red, green and blue."""

    perceives = frozenset({"vision"})

    def perceive(self, stimulus, session):
        means = stimulus.image.mean(axis=(0, 1))
        labels = sorted(
            (Label(name, float(mean / means.sum())) for name, mean in zip(NAMES, means, strict=True)),
            key=lambda label: -label.score,
        )
        bright = bool(means.max() > DARK)
        yield Show(tuple(labels), sure=bright)
        if bright:
            yield Say(labels[0].name)


@hookimpl
def register_cortexes(register):
    register("colours", Colours)
