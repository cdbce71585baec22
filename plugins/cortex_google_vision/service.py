"""The line to Google: opened when it is first needed, and anew after each failure. Knows no session and no finding."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from cortex import ServiceError, Threads
from cortex_google_vision import credentials, failure
from cortex_google_vision.options import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.cloud.vision_v1 import ImageAnnotatorAsyncClient

    from cortex_google_vision.options import VisionOptions

KINDS = {
    "labels": "LABEL_DETECTION",
    "objects": "OBJECT_LOCALIZATION",
    "text": "TEXT_DETECTION",  # for what stands on things; DOCUMENT_TEXT_DETECTION is for pages that fill the picture
    "logos": "LOGO_DETECTION",
    "landmarks": "LANDMARK_DETECTION",
    "faces": "FACE_DETECTION",
}
MOST = 50  # of a feature: as many labels and faces as Google gives
FIRST_PAUSE, LAST_PAUSE = 0.2, 2.0  # seconds between two tries of one request
# A new channel connects at once, and does not inherit how long an old one has waited.
CHANNEL = [("grpc.use_local_subchannel_pool", 1)]


class Line:
    """A client of Google's, and how many requests are under way on it."""

    def __init__(self, client: ImageAnnotatorAsyncClient, found: Any) -> None:
        self.client = client
        self.credentials = found
        """`None` where none are needed."""
        self.users = 0

    async def close(self) -> None:
        """Hang up; what is under way is cancelled."""
        await self.client.transport.close()  # type: ignore[no-untyped-call]


class Service:
    """Asks Google about one picture at a time; `charge` is told of units that Google will charge, or may.

    All of it happens on one event loop.
    """

    def __init__(self, options: VisionOptions, charge: Callable[[int], None]) -> None:
        self._options = options
        self._charge = charge
        self._line: Line | None = None
        self._threads = Threads("Google accounts")  # what waits for Google's accounts cannot be interrupted
        self._opening = asyncio.Lock()

    async def ask(self, jpeg: bytes, features: Sequence[str]) -> Any:
        """Return the `AnnotateImageResponse` of a picture.

        Raises:
            ServiceError: Google is away, refuses, or answers nonsense.
        """
        line = await self._opened()
        line.users += 1
        try:
            return self._answer(await self._batch(line, jpeg, features), len(features))
        except ServiceError:
            if line is self._line:  # the next request gets a new one; whoever else is on this one stays on it
                self._line = None
            raise
        finally:
            line.users -= 1
            if line is not self._line:
                await self._drop(line)

    async def close(self) -> None:
        """Let go of the line."""
        self._threads.stop()
        if (line := self._line) is not None:
            self._line = None
            await line.close()

    async def _drop(self, line: Line) -> None:
        """Take a line no more, and hang up once nobody is on it."""
        if line is self._line:
            self._line = None
        if not line.users:
            await line.close()

    async def _batch(self, line: Line, jpeg: bytes, features: Sequence[str]) -> Any:
        from google.api_core import exceptions
        from google.api_core.retry_async import AsyncRetry, if_exception_type
        from google.cloud import vision_v1

        wanted = [vision_v1.Feature(type_=KINDS[feature], max_results=MOST) for feature in features]
        request = vision_v1.AnnotateImageRequest(image=vision_v1.Image(content=jpeg), features=wanted)
        seconds, unavailable = self._options.patience, if_exception_type(exceptions.ServiceUnavailable)
        retry = AsyncRetry(
            predicate=lambda error: unavailable(error) and failure.retry_after(error) is None,
            initial=FIRST_PAUSE,
            maximum=LAST_PAUSE,
            timeout=seconds,
        )
        try:
            batch = await line.client.batch_annotate_images(requests=[request], retry=retry, timeout=seconds)
        except asyncio.CancelledError:
            self._charge(len(wanted))  # Google may have looked at it all the same
            raise
        except (exceptions.GoogleAPICallError, exceptions.RetryError) as error:
            if isinstance(error, exceptions.GatewayTimeout):  # as above
                self._charge(len(wanted))
            raise failure.refused(error, seconds) from error
        return batch

    def _answer(self, batch: Any, units: int) -> Any:
        """Return what stands in an answer to one picture; count it, unless it is a refusal."""
        answers = [] if batch is None else list(batch.responses)  # `None`: so gRPC has it that it was no message
        if len(answers) == 1 and (wrong := failure.of_picture(answers[0].error, self._options.patience)) is not None:
            raise wrong
        self._charge(units)
        if len(answers) != 1:
            what = "nothing that can be read" if batch is None else f"{len(answers)} answers to one picture"
            raise ServiceError(f"{NAME} answers nonsense: {what}")
        return answers[0]

    # Opening

    async def _opened(self) -> Line:
        """Return the line, with credentials that are fresh."""
        seconds = self._options.patience
        try:
            async with asyncio.timeout(seconds), self._opening:
                if self._line is None:
                    self._line = await self._open()
                line = self._line
                if line.credentials is not None:
                    try:
                        await self._threads.run(partial(credentials.refresh, line.credentials))
                    except BaseException:
                        await self._drop(line)
                        raise
        except TimeoutError as error:
            raise ServiceError(f"{NAME}: Google's accounts do not answer within {seconds:g} s") from error
        return line

    async def _open(self) -> Line:
        import grpc.aio  # type: ignore[import-untyped]
        from google.api_core.client_options import ClientOptions
        from google.cloud import vision_v1
        from google.cloud.vision_v1.services.image_annotator.transports import ImageAnnotatorGrpcAsyncIOTransport

        host = self._options.host
        if self._options.plain:
            channel = grpc.aio.insecure_channel(host, options=[*CHANNEL, ("grpc.enable_http_proxy", 0)])
            transport = ImageAnnotatorGrpcAsyncIOTransport(channel=channel)
            return Line(vision_v1.ImageAnnotatorAsyncClient(transport=transport), None)

        def secure(host: str, *, options: list[tuple[str, int]], **settings: Any) -> grpc.aio.Channel:
            return ImageAnnotatorGrpcAsyncIOTransport.create_channel(host, options=[*options, *CHANNEL], **settings)

        scopes = ImageAnnotatorGrpcAsyncIOTransport.AUTH_SCOPES
        found = await self._threads.run(partial(credentials.find, scopes, self._options.quota_project))
        client = vision_v1.ImageAnnotatorAsyncClient(
            credentials=found,
            transport=partial(ImageAnnotatorGrpcAsyncIOTransport, channel=secure),
            client_options=ClientOptions(api_endpoint=host or None),
        )
        return Line(client, found)
