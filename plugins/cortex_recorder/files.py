"""The files of a store, by way of fsspec: as blocking as it is. Knows no time limit and no picture."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cortex import PluginError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Files:
    """A folder, by its path or its URL. Its coroutines belong to one event loop, and may block that.

    `name` is what it is called where people see it.

    Raises:
        ModuleNotFoundError: a library is not installed.
        PluginError: there is no such kind of store.
    """

    def __init__(self, folder: str, settings: Mapping[str, Any], name: str) -> None:
        import fsspec
        from fsspec.core import split_protocol

        protocol = split_protocol(folder)[0] or "file"
        try:
            kind = fsspec.get_filesystem_class(protocol)
        except ValueError as error:
            raise PluginError(f"folder {name!r}: {error}") from error
        except ImportError as error:
            module = getattr(error.__cause__, "name", None) or protocol
            raise ModuleNotFoundError(f"No module named {module!r}", name=module.partition(".")[0]) from error
        self._awaits = bool(kind.async_impl)
        self._folder = folder
        self._settings = dict(settings)
        if self._awaits:  # then it works on the loop that it is called on, and fsspec begins no thread of its own
            self._settings |= {"asynchronous": True, "use_listings_cache": False}
        self._root = ""
        self._made: Any = None

    @property
    def _files(self) -> Any:
        """Return fsspec's half, made when it is first asked for: it belongs to the loop that it is made on."""
        if self._made is None:
            import fsspec

            self._made, root = fsspec.url_to_fs(self._folder, skip_instance_cache=True, **self._settings)
            self._root = root.rstrip("/")
        return self._made

    async def size(self) -> int:
        """Return how many bytes there are."""
        files = self._files
        if self._awaits:
            return int(await files._du(self._root))  # noqa: SLF001 - so fsspec calls what can be awaited
        files.makedirs(self._root, exist_ok=True)
        return int(files.du(self._root))

    async def names(self) -> list[str]:
        """Return the names of the files and folders at the top."""
        files = self._files
        try:
            if self._awaits:
                found = await files._ls(self._root, detail=False)  # noqa: SLF001 - as above
            else:
                found = files.ls(self._root, detail=False)
        except FileNotFoundError:  # object stores know no empty folder
            return []
        return [path.rstrip("/").rpartition("/")[2] for path in found]

    async def write(self, path: str, data: bytes) -> None:
        """Make a file, whole or not at all; one of the same name is replaced."""
        files = self._files
        whole = f"{self._root}/{path}"
        if self._awaits:
            await files._pipe_file(whole, data)  # noqa: SLF001 - as above
            return
        files.makedirs(whole.rpartition("/")[0], exist_ok=True)
        if "file" in files.protocol:
            _replace(Path(whole), data)
        else:
            files.pipe_file(whole, data)

    async def close(self) -> None:
        """Let go of its connections."""
        files, self._made = self._made, None
        connect = getattr(files, "set_session", None) or getattr(files, "_set_session", None)
        if self._awaits and connect is not None:
            await (await connect()).close()


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
