"""Rekognition, as boto3 talks to it: found lazily, asked with patience, its answers checked. Knows no session."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from cortex import PluginError, ServiceError, place_of
from cortex_rekognition.refusals import EXPIRED, MISSIGNED, MISSING, WRONG, RefusalError, explain, nonsense

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex_rekognition.options import RekognitionOptions

T = TypeVar("T", bound=msgspec.Struct)

CONNECTING = 3.0  # seconds
GARBLED = (AttributeError, KeyError, TypeError, ValueError)
"""What boto3's parser raises on an answer that is JSON of another form."""
NO_FACE = "InvalidParameterException"


class Client:
    """Asks Rekognition. For any thread; `spend` is told of each picture that AWS charges for."""

    def __init__(self, options: RekognitionOptions, spend: Callable[[int], None] = lambda _: None) -> None:
        self._options = options
        self._spend = spend
        self._lock = threading.Lock()
        self._made: Any = None
        self.name = place_of(options.endpoint).name if options.endpoint else "AWS"
        """What it is called where people see it."""

    def start(self) -> None:
        """Import boto3 and find the region; the service itself is not asked yet.

        Raises:
            ModuleNotFoundError: boto3 is not installed.
            PluginError: no region is set, or there is no such profile.
        """
        region = self._session().region_name
        if not self._options.endpoint:
            self.name = f"AWS {region}"

    def stop(self) -> None:
        """Let go of its connections."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def call(self, operation: str, kind: type[T], images: int = 1, **parameters: Any) -> T:
        """Ask something, such as `DetectLabels`, and return the answer; `images` is what AWS charges for.

        Raises:
            RefusalError: AWS answers that it will not.
            ServiceError: AWS is away, or answers nonsense.
        """
        from botocore import exceptions as boto
        from botocore import xform_name
        from botocore.parsers import ResponseParserError

        try:
            answer = getattr(self._client(), xform_name(operation))(**parameters)
        except (boto.BotoCoreError, boto.ClientError, ResponseParserError, *GARBLED) as error:
            told = explain(error, operation, self.name, self._options.patience)
            self._count(error, told, images)
            if not isinstance(told, RefusalError) or told.code in WRONG | MISSING | MISSIGNED | EXPIRED:
                self.stop()  # so that credentials are looked for anew
            raise told from error
        self._spend(images)
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            raise nonsense(self.name, operation) from error

    def _count(self, error: Exception, told: ServiceError, images: int) -> None:
        """Count what AWS may charge though nothing came of it."""
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        if isinstance(error, ReadTimeoutError | ConnectionClosedError):
            self._spend(images * self._options.attempts)  # it may have looked each time
        elif isinstance(told, RefusalError) and told.code == NO_FACE:
            self._spend(images)  # it has looked

    def _client(self) -> Any:
        from botocore.config import Config

        with self._lock:
            if self._made is None:
                endpoint = self._options.endpoint or None
                config = Config(
                    connect_timeout=min(CONNECTING, self._options.patience),
                    read_timeout=self._options.patience,
                    retries={"mode": "standard", "total_max_attempts": self._options.attempts},
                    user_agent_extra="cortex-senses",
                    proxies={} if endpoint and place_of(endpoint).where != "internet" else None,
                )
                self._made = self._session().client("rekognition", endpoint_url=endpoint, config=config)
            return self._made

    def _session(self) -> Any:
        """Return what knows the region and the credentials.

        Raises:
            PluginError: there is no such profile, or no region, or `~/.aws` cannot be read.
        """
        import boto3
        from botocore.exceptions import BotoCoreError, ProfileNotFound

        options = self._options
        try:
            session = boto3.session.Session(profile_name=options.profile or None, region_name=options.region or None)
        except ProfileNotFound as error:
            text = f"there is no AWS profile {error.kwargs.get('profile')!r}: set `profile`, or run `aws configure`"
            raise PluginError(text) from error
        except BotoCoreError as error:
            raise PluginError(f"the AWS configuration cannot be read: {error}") from error
        if not session.region_name:
            raise PluginError("no AWS region is set: set `region` (such as eu-west-1), or AWS_DEFAULT_REGION")
        return session
