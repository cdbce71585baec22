"""A stand-in for S3: moto's server on this machine, which the test can hold up, take away, bring back and lock."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NAME = "things"
PATIENCE = 20  # seconds
MOMENT = 0.1


class Bucket:
    """One bucket. The protocol, the signatures and the errors are S3's; the disks are this process' memory."""

    def __init__(self) -> None:
        os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "inf"  # moto asks for no rights before `lock`
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from moto.s3.models import s3_backends

        self._app: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
        self._open = threading.Event()
        self._open.set()
        self._answered = threading.Condition()
        self.answers = 0
        """How many requests were answered."""
        self._port = 0
        self.come()
        self._backend: Any = s3_backends["123456789012"]["aws"]
        self._backend.reset()
        self._backend.create_bucket(NAME, "us-east-1")

    @property
    def url(self) -> str:
        """The folder that a recorder is given."""
        return f"s3://{NAME}/seen"

    @property
    def storage(self) -> dict[str, Any]:
        """What it is given besides."""
        return {
            "endpoint_url": f"http://127.0.0.1:{self._port}",
            "key": "who",
            "secret": "a-secret-of-who",
            "client_kwargs": {"region_name": "us-east-1"},
        }

    def files(self) -> dict[str, bytes]:
        """Return what lies in the folder, by name."""
        keys = self._backend.buckets[NAME].keys
        return {name.removeprefix("seen/"): keys[name].value for name in sorted(keys) if name.startswith("seen/")}

    def go(self) -> None:
        """Be away: nobody listens at the address."""
        self._server.shutdown()
        self._server.server_close()

    def come(self) -> None:
        """Be there, at the same address as before."""
        self._server = make_server("127.0.0.1", self._port, self._answer, threaded=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def hold(self) -> None:
        """Answer nobody, for now."""
        self._open.clear()

    def let_go(self) -> None:
        """Answer those who wait, and whoever comes."""
        self._open.set()

    def lock(self) -> None:
        """Believe no credentials any more."""
        self._rights("0")

    def unlock(self) -> None:
        """Believe everybody."""
        self._rights("inf")

    def _rights(self, free: str) -> None:
        from moto.core.responses import ActionAuthenticatorMixin

        ActionAuthenticatorMixin.request_count = 0
        from moto import settings

        settings.INITIAL_NO_AUTH_ACTION_COUNT = float(free)

    def answered(self, before: int) -> bool:
        """Wait a moment for more requests to be answered than before; tell whether they were."""
        with self._answered:
            return self._answered.wait_for(lambda: self.answers > before, MOMENT)

    def close(self) -> None:
        """End it."""
        self.unlock()
        self.let_go()
        self.go()

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self._open.wait(PATIENCE)
        try:
            return self._app(environ, start)
        finally:
            with self._answered:
                self.answers += 1
                self._answered.notify_all()
