"""The classifier: names what the camera sees with a model here or on a server, on the screen and aloud.

Light to import.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from cortex import BaseOptions, Cortex, Frame, Label, Register, Say, SecretText, Seen, Session, Show, hookimpl
from cortex_classifier.address import check_endpoint, check_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cortex_classifier.network import Network
    from cortex_classifier.remote import Remote
    from cortex_classifier.smoothing import Recent

PHRASES = {"en": "I see: {name}.", "fr": "Je vois : {name}."}
GROWN = {"en": "I have learned more: I know {count} things now.", "fr": "J'en sais plus : je connais {count} choses."}
UNSURE = {"en": "I'm not sure. It could be: {name}.", "fr": "Je ne suis pas sûr. Peut-être : {name}."}


OFFLINE = "CORTEX_OFFLINE"
"""The environment variable that, set to anything, keeps the classifier from fetching by itself."""


NEWS = 10.0
"""Seconds for which it is news that the model knows more; the core sees to it that it is said once."""


class Met:
    """What a session has met: how many things the model knew, and until when it is news that it knows more."""

    count = 0
    news_until = 0.0


class Classifier(Cortex):
    """Shows the likeliest labels of every frame, and says the first one where it is sure of it."""

    class Options(BaseOptions):
        """What looks, and how sure it has to be."""

        model: str = "auto"
        """`auto`, `builtin`, a path, a network that `cortex models pull NAME` has fetched, or a model server's address.

        `auto` begins with `builtin`, fetches `larger` in the background where the network can be reached, and goes on
        with that; `builtin` never touches the network. Addresses are `http://HOST/v1/models/NAME` (TensorFlow Serving),
        `v2+http://HOST/v2/models/NAME` (Open Inference Protocol) and `vertex://PROJECT/REGION/ENDPOINT`.
        """
        larger: str = "MobileNetV3Large"
        """Which network of Keras Applications `auto` fetches; `cortex models` lists them."""
        mirror: str = "https://storage.googleapis.com"
        """Where `auto` asks for it."""
        labels: str = ""
        """Path of the labels, one a line; empty: beside the model or inside it."""
        top: Annotated[int, Meta(ge=1, le=100)] = 3
        """How many labels are shown."""
        threshold: Annotated[float, Meta(ge=0, le=1)] | None = None
        """Score from which the first label is sure, and said aloud; empty: what the model says, or 0.5."""
        smoothing: Annotated[int, Meta(ge=1, le=100)] = 3
        """How many of the last frames are averaged, none older than a second; 1 averages nothing."""
        phrase: str = ""
        """What is said, with `{name}` in it; empty: "I see: {name}.", or the same in French."""
        input: str = ""
        """Name of the input tensor of a frozen graph or of a model on a server; empty: `input`, or the only one."""
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
        token: SecretText = ""
        """What a model server wants to be shown, as a bearer token: `{$env: NAME}`."""
        batch: Annotated[int, Meta(ge=1, le=64)] = 8
        """How many frames that wait together go to a model server in one request; 1: each by itself."""
        patience: Annotated[float, Meta(gt=0, le=60)] = 8.0
        """Seconds that a model server may take for an answer."""
        endpoint: str = ""
        """Address of a Vertex AI endpoint that has one of its own; empty: that of its region."""
        jpeg: bool = False
        """Whether a Vertex AI endpoint gets its pictures as JPEG in base64 instead of numbers."""

        def __post_init__(self) -> None:
            check_model(self.model)
            check_endpoint(self.endpoint)

    perceives = frozenset({"vision"})
    uses: ClassVar[Mapping[str, str]] = {"prediction": "a frame that a model server looks at"}

    options: Classifier.Options
    _growing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the model; with `auto`, begin to fetch a larger one where it isn't there."""
        await asyncio.to_thread(self._load)
        network = self._network
        if self.options.model == "auto" and getattr(network, "is_builtin", False) and not os.environ.get(OFFLINE):
            self._growing = asyncio.create_task(self._grow())
            self._growing.add_done_callback(self._grown_up)

    def _load(self) -> None:
        from cortex_classifier import auto, network, smoothing  # with NumPy and Pillow

        self._recent: type[Recent] = smoothing.Recent
        if "://" in self.options.model:
            self._network: Network | Remote = self._distant()
        else:
            self._network = (auto if self.options.model == "auto" else network).load(self.options)
        self.concurrency = self._network.concurrency

    def _distant(self) -> Remote:
        from cortex_classifier.remote import remote  # with what talks to servers

        found = remote(self.options, lambda frames: self.spend(prediction=frames), self.clock.now)
        self.place = found.place
        return found

    async def _grow(self) -> None:
        """Go on with a larger network as soon as it is there; frames that are being looked at finish with the old."""
        from cortex_classifier import auto

        self._network = await auto.larger(self)

    def _grown_up(self, _: asyncio.Task[None]) -> None:
        self._growing = None  # so that an error that nobody foresaw does not wait unseen until the server stops

    async def stop(self) -> None:
        """Let go of the model, if it was loaded, and of what is being fetched."""
        if (growing := self._growing) is not None:
            growing.cancel()
            await asyncio.wait([growing])
        network: Network | Remote | None = vars(self).pop("_network", None)
        if network is not None:
            network.stop()

    def perceive(self, frame: Frame, session: Session) -> Iterator[Show | Say | Seen]:
        """Show what is seen, and say it where that is sure; the core decides whether it is really said.

        A frame that somebody asks about is answered in any case, by itself: it is no part of the stream. Where another
        cortex perceives what was seen, showing and saying it is left to that one.
        """
        thought = session.perceived("seen")
        network, pixels, scores, embedding = self._network.glance(frame.image, deep=bool(thought))
        met = session.state(Met)
        if 0 < met.count < network.count:
            met.news_until = self.clock.now() + NEWS
        met.count = network.count
        if self.clock.now() < met.news_until:
            if frame.asked:  # what is said of it is said in any case
                met.news_until = 0
            yield _grown(network.count, session.language)
        if self.options.smoothing > 1 and not frame.asked:
            scores = session.state(self._recent).average(scores, pixels, frame.captured, self.options.smoothing)
        top = network.top(scores, self.options.top)
        labels = tuple(_label(network, name, score, session.language) for name, score in top)
        show, say = Show(labels=labels, sure=labels[0].score >= network.threshold), None
        if show.sure or frame.asked:
            phrases, phrase = (PHRASES, self.options.phrase) if show.sure else (UNSURE, "")
            say = _say(network, labels[0].name, session.language, phrases, phrase)
        if thought:
            fields = {field: getattr(frame, field) for field in Frame.__struct_fields__}
            aliases = network.aliases(labels[0].name)
            yield Seen(**fields, show=show, say=say, aliases=aliases, embedding=embedding, eye=network)
            return
        yield show
        if say:
            yield say


def _label(network: Network, name: str, score: float, language: str) -> Label:
    spoken = network.spoken(name, language[:2].lower())
    return Label(name, score, spoken if spoken != name else "")


def _say(network: Network, name: str, language: str, phrases: dict[str, str], phrase: str = "") -> Say:
    short = language[:2].lower()
    spoken = ""
    if not phrase:
        phrase, spoken = (phrases[short], language) if short in phrases else (phrases["en"], "en")
    return Say(phrase.replace("{name}", network.spoken(name, short)), language=spoken, topic=name)


def _grown(count: int, language: str) -> Say:
    if language[:2].lower() == "fr":
        return Say(GROWN["fr"].format(count=f"{count:,}".replace(",", "\u202f")), language=language)
    return Say(GROWN["en"].format(count=f"{count:,}"), language="en")


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("classifier", Classifier)
