"""What looks: one for all the cortexes of a bot, so that they share connections and who is known. Knows no session."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from cortex import Place, Threads, encode_picture, place_of
from cortex_rekognition import answers
from cortex_rekognition.client import Client
from cortex_rekognition.faces import Faces
from cortex_rekognition.people import Person
from cortex_rekognition.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Collection

    from cortex import Cortex, Frame
    from cortex_rekognition.company import Company
    from cortex_rekognition.options import RekognitionOptions


class Eye:
    """Asks AWS about frames."""

    def __init__(self, options: RekognitionOptions) -> None:
        self._options = options
        self._starting = threading.Lock()
        self._threads = Threads("AWS")
        self._client: Client | None = None
        self.place = Place(where="internet", name="AWS", gets=("pictures",))
        """Where pictures go."""
        self.knows = bool(options.people or options.collection)
        """Whether it knows people, so that others are strangers."""

    def start(self, cortex: Cortex) -> None:
        """Import boto3, find the region, read the pictures of people; AWS itself is not asked yet.

        `cortex` is whose clock and costs count: any of the plugin's, the first that comes.

        Raises:
            ModuleNotFoundError: boto3 is not installed.
            PluginError: there is no region or no such profile, or a picture of somebody cannot be read.
        """
        with self._starting:
            if self._client is not None:
                return
            client = Client(self._options, lambda images: cortex.spend(image=images))
            client.start()
            people = [Person(name, path) for name, path in self._options.people.items()]
            for person in people:
                _ = person.image  # a file that cannot be read is to be told now
            self._faces = Faces(client, people, self._options, cortex.clock.now)
            if self._options.endpoint:
                self.place = place_of(self._options.endpoint, "pictures")
            else:
                self.place = Place(where="internet", name=client.name, gets=("pictures",))
            self._client = client

    def stop(self) -> None:
        """Let go of the connections, if it was started."""
        self._threads.stop()
        if self._client is not None:
            self._client.stop()

    @property
    def problem(self) -> str:
        """Which people cannot be recognised, and why; empty: none."""
        return self._faces.problem

    async def look(self, frame: Frame, company: Company, features: Collection[str]) -> Sight:
        """Return what is on a picture; what of it is known already is not asked again. One call at a time a session.

        Raises:
            ServiceError: AWS does not answer.
        """
        async with company.looking:
            if company.sight.frame != frame.id:
                company.sight = Sight(frame.id)
            sight, likely, given_up = company.sight, frozenset(company.here), threading.Event()
            try:
                await self._threads.run(lambda: self._ask_alone(company, frame, sight, features, likely, given_up))
            except asyncio.CancelledError:
                given_up.set()
                company.sight = Sight()
                raise
            return sight

    def _ask_alone(self, company: Company, *asked: Any) -> None:
        """Ask once what an earlier look has begun, and nobody waits for any longer, has ended. Blocks."""
        with company.calling:
            if not asked[-1].is_set():
                self._ask(*asked)

    def _ask(
        self, frame: Frame, sight: Sight, features: Collection[str], likely: frozenset[str], given_up: threading.Event
    ) -> None:
        """Ask AWS for what is not known yet of a picture. Blocks."""
        options, client = self._options, self._client
        if client is None:
            raise RuntimeError("the eye has not started")
        jpeg = encode_picture(frame.image, side=options.side, quality=85)
        least = options.threshold * 100
        if "labels" in features and sight.labels is None:
            sight.labels = client.call(
                "DetectLabels", answers.Labels, Image={"Bytes": jpeg}, MaxLabels=options.top, MinConfidence=least
            )
        if "text" in features and sight.text is None and not given_up.is_set():
            found = client.call("DetectText", answers.Texts, Image={"Bytes": jpeg}).text_detections
            sight.text = tuple(line for line in found if line.type == "LINE" and line.confidence >= least)
        if "faces" in features and sight.faces is None and not given_up.is_set():
            sight.faces = self._faces.find(jpeg, frame.image, likely, given_up)
