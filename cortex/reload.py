"""Watches the files of the enabled plugins, and has a plugin reloaded when one of its files was saved."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cortex.errors import ConfigError
from cortex.loading import forget_shared, reason_of
from cortex.plugins import module_file
from cortex.served import MODULE_FILES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

    from cortex.bot import Bot
    from cortex.plugins import Plugin

log = logging.getLogger(__name__)

GLANCE = 1.0  # seconds after which the files are looked at even if nobody tells that one was saved
SETTLE = 0.05  # seconds without a change after which what was saved together is complete
SETTLES = 20  # how often that is waited for
CODE = frozenset({".py"})
NO_CODE = frozenset({"__pycache__", "node_modules"})

Stamps = dict[Path, tuple[int, ...]]
"""When each file was written, and what else tells one version of it from the next."""


class Root(NamedTuple):
    """A place whose files matter: a file, or a folder."""

    path: Path
    suffixes: frozenset[str] = CODE
    deep: bool = True
    """Whether the folders in it matter too."""
    shared: bool = False
    """Whether only what the plugins of a folder share matters: the names that begin with `_`."""

    def stamps(self) -> Stamps:
        """Look at the files."""
        stamps: Stamps = {}
        for path in [self.path] if self.path.suffix in self.suffixes else self._inside():
            with contextlib.suppress(OSError):  # it is not there, or no longer
                stat = path.stat()
                stamps[path] = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
        return stamps

    def _inside(self) -> Iterator[Path]:
        for place, folders, files in os.walk(self.path):
            folder = Path(place)
            top = self.shared and folder == self.path
            folders[:] = [name for name in folders if self._matters(name, top)] if self.deep else []
            yield from (folder / name for name in files if (folder / name).suffix in self.suffixes and _may(name, top))

    @staticmethod
    def _matters(folder: str, top: bool) -> bool:
        return folder not in NO_CODE and not folder.startswith(".") and _may(folder, top)


def _may(name: str, top: bool) -> bool:
    return not top or (name.startswith("_") and not name.startswith("__"))


class Watched:
    """The files of a bot's plugins, as they were when they were last looked at."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._plugins: dict[str, Plugin] = {}
        self._roots: dict[str, set[Root]] = {}
        self._seen: dict[Root, Stamps] = {}

    def look(self) -> set[Root]:
        """Return where a file was saved, made or deleted since the last look."""
        for plugin in self._bot.plugins.all:
            if self._plugins.get(plugin.name) is not plugin:
                self._plugins[plugin.name] = plugin
                known = self._roots.setdefault(plugin.name, set())  # where it once was it may come back
                known |= _roots(plugin, self._bot.plugins.doors.folders)
        seen, self._seen = self._seen, {root: root.stamps() for roots in self._roots.values() for root in roots}
        return {root for root, stamps in self._seen.items() if seen.get(root, stamps) != stamps}

    def affected(self, roots: set[Root]) -> list[str]:
        """Return the names of the plugins that these are of, in the order of the config."""
        return [name for name, own in self._roots.items() if not own.isdisjoint(roots)]

    def folders(self) -> dict[Path, tuple[int, int]]:
        """Return the folders in which files may be saved, or the nearest above that there is; and which they are."""
        folders = {path.parent for stamps in self._seen.values() for path in stamps}
        folders |= {_nearest(root.path) for root in self._seen}
        there = {}
        for folder in folders:
            with contextlib.suppress(OSError):  # just gone
                stat = folder.stat()
                there[folder] = (stat.st_dev, stat.st_ino)
        return there


def _nearest(path: Path) -> Path:
    return next((folder for folder in (path, *path.parents) if folder.is_dir()), path)


def _roots(plugin: Plugin, folders: tuple[Path, ...]) -> set[Root]:
    sources = _sources(plugin)
    roots = {Root(source) for source in sources}
    roots |= {Root(folder / name) for folder in folders for name in (plugin.name, f"{plugin.name}.py")}
    if plugin.found is not None and plugin.found.file is not None:
        roots.add(Root(plugin.found.file.parent, shared=True))
    for file in filter(None, map(module_file, plugin.browser.values())):
        deep = any(source == file.parent or source in file.parents for source in sources)
        roots.add(Root(file.parent, MODULE_FILES, deep))
    return roots


def _sources(plugin: Plugin) -> list[Path]:
    try:
        return plugin.sources
    except Exception as error:  # the plugin boundary: looking for a module imports the packages that it is in
        log.warning("the files of %s are not found", plugin.name, exc_info=error)
        return []


def check_watchfiles() -> None:
    """Make sure that files can be watched.

    Raises:
        ConfigError: watchfiles is not installed.
    """
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError as error:
        text = "--reload needs watchfiles, which is not installed: pip install 'cortex-senses[dev]'"
        raise ConfigError([text]) from error


def reload_on_save(bot: Bot, tell: Callable[[str], None]) -> Coroutine[Any, Any, None]:
    """Reload each plugin whose files change from now on, until cancelled; `tell` gets a line about each."""
    watched = Watched(bot)
    watched.look()
    return _watch(bot, watched, tell)


async def _watch(bot: Bot, watched: Watched, tell: Callable[[str], None]) -> None:
    trouble = ""
    folders: dict[Path, tuple[int, int]] = {}
    while True:
        try:
            await _catch_up(bot, watched, tell)
            folders = await asyncio.to_thread(watched.folders)
            async with contextlib.aclosing(_wakes(folders)) as wakes:
                async for replaced in wakes:
                    trouble = ""
                    await _catch_up(bot, watched, tell)
                    if replaced or await asyncio.to_thread(watched.folders) != folders:
                        break
                else:
                    raise RuntimeError("the watcher has ended")
        except Exception as error:  # whatever it is, saved files are still taken up
            if isinstance(error, FileNotFoundError) and await asyncio.to_thread(watched.folders) != folders:
                continue  # one of them has just gone
            text = f"{type(error).__name__}: {error}"
            if text != trouble:
                trouble = text
                log.error("files cannot be watched", exc_info=error)
                _say(tell, f"files cannot be watched ({text}); they are looked at every {GLANCE:g} s")
            await asyncio.sleep(GLANCE)


async def _wakes(folders: dict[Path, tuple[int, int]]) -> AsyncGenerator[bool, None]:
    """Wake when a file in these folders was saved, and now and then; tell whether one of the folders is another now."""
    import watchfiles

    changes = watchfiles.awatch(
        *folders, recursive=False, debounce=200, rust_timeout=int(GLANCE * 1000), yield_on_timeout=True
    )
    async with contextlib.aclosing(changes):
        async for paths in changes:
            yield any(Path(path) in folders and change is not watchfiles.Change.modified for change, path in paths)


async def _catch_up(bot: Bot, watched: Watched, tell: Callable[[str], None]) -> None:
    """Reload what was saved, until nothing is."""
    while saved := await asyncio.to_thread(watched.look):
        for _ in range(SETTLES):
            await asyncio.sleep(SETTLE)
            if not (more := await asyncio.to_thread(watched.look)):
                break
            saved |= more
        for folder in {root.path for root in saved if root.shared}:
            await asyncio.to_thread(forget_shared, folder)
        for name in watched.affected(saved):
            await _reload(bot, name, tell)


async def _reload(bot: Bot, name: str, tell: Callable[[str], None]) -> None:
    try:
        status = await bot.reload(name)
    except Exception as error:  # one plugin's failure ends neither the others nor the watching
        log.error("%s cannot be reloaded", name, exc_info=error)
        _say(tell, f"{name} cannot be reloaded: {reason_of(error, None)}")
        return
    if status is not None:
        _say(tell, f"reloaded {status.name}: {status.state}{f', {status.reason}' if status.reason else ''}")


def _say(tell: Callable[[str], None], line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # nobody reads what the command prints
        tell(line)
