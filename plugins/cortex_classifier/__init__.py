"""The classifier: names what the camera sees with a TensorFlow model, on the screen and aloud. Light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cortex import BaseOptions, Cortex, Frame, Label, Register, Say, Session, Show, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex_classifier.network import Network
    from cortex_classifier.smoothing import Recent

PHRASES = {"en": "I see: {name}.", "fr": "Je vois : {name}."}
UNSURE = {"en": "I'm not sure. It could be: {name}.", "fr": "Je ne suis pas sûr. Peut-être : {name}."}


class Classifier(Cortex):
    """Shows the likeliest labels of every frame, and says the first one where it is sure of it."""

    class Options(BaseOptions):
        """What looks, and how sure it has to be."""

        model: str = "builtin"
        """`builtin`, the path of a model, or the name of a network that `cortex models pull NAME` has fetched."""
        labels: str = ""
        """Path of the labels, one a line; empty: beside the model or inside it."""
        top: Annotated[int, Meta(ge=1, le=100)] = 3
        """How many labels are shown."""
        threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5
        """Score from which the first label is sure, and said aloud."""
        smoothing: Annotated[int, Meta(ge=1, le=100)] = 3
        """How many of the last frames are averaged, none older than a second; 1 averages nothing."""
        phrase: str = ""
        """What is said, with `{name}` in it; empty: "I see: {name}.", or the same in French."""
        input: str = ""
        """Name of the input tensor of a frozen graph; empty: `input`, or the only one."""
        output: str = ""
        """Name of the output; empty: the one that fits the labels."""
        size: Annotated[int, Meta(ge=0, le=4096)] = 0
        """Width and height in pixels that the model looks at, where it does not say."""
        mean: float | None = None
        """A pixel becomes (value - mean) / scale; empty: what the model says, 127.5, or 117 for a frozen graph."""
        scale: Annotated[float, Meta(gt=0)] | None = None
        """See `mean`; empty: what the model says, 127.5, or 1 for a frozen graph."""
        threads: Annotated[int, Meta(ge=1, le=64)] = 1
        """Threads for one frame of a `.tflite` model; several frames are looked at at once where cores are left."""

    perceives = frozenset({"vision"})

    options: Classifier.Options

    def start(self) -> None:
        """Load the model."""
        from cortex_classifier import network, smoothing  # with NumPy and Pillow

        self._network: Network = network.load(self.options)
        self._recent: type[Recent] = smoothing.Recent
        self.concurrency = self._network.concurrency

    def stop(self) -> None:
        """Let go of the model, if it was loaded."""
        vars(self).pop("_network", None)

    def perceive(self, frame: Frame, session: Session) -> Iterator[Show | Say]:
        """Show what is seen, and say it where that is sure; the core decides whether it is really said.

        A frame that somebody asks about is answered in any case, by itself: it is no part of the stream.
        """
        pixels = self._network.look(frame.image)
        scores = self._network.scores(pixels)
        if self.options.smoothing > 1 and not frame.asked:
            scores = session.state(self._recent).average(scores, pixels, frame.captured, self.options.smoothing)
        labels = tuple(Label(name, score) for name, score in self._network.top(scores, self.options.top))
        sure = labels[0].score >= self.options.threshold
        yield Show(labels=labels, sure=sure)
        if sure:
            yield self._say(labels[0].name, session.language, PHRASES, self.options.phrase)
        elif frame.asked:
            yield self._say(labels[0].name, session.language, UNSURE)

    def _say(self, name: str, language: str, phrases: dict[str, str], phrase: str = "") -> Say:
        short = language[:2].lower()
        spoken = ""
        if not phrase:
            phrase, spoken = (phrases[short], language) if short in phrases else (phrases["en"], "en")
        return Say(phrase.replace("{name}", self._network.spoken(name, short)), language=spoken, topic=name)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("classifier", Classifier)
