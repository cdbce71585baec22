"""`cortex memory`: what the bot was taught, to be listed, shown, forgotten, renamed, exported and imported."""

from __future__ import annotations

import difflib
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cortex import PluginError, state_folder
from cortex_teach.naming import NameRefused, checked, key
from cortex_teach.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex_teach.store import Thing, Told

file_option = click.option(
    "--db",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The memory's file. [default: the one of the plugin teach]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


class Misnamed(click.ClickException):
    """A name that there is nothing of: wrong use."""

    exit_code = 2


@click.group()
def memory() -> None:
    """See, mend and share what the bot was taught; a server may go on meanwhile."""


@memory.command("list")
@file_option
@json_option
def list_(path: Path | None, *, as_json: bool) -> None:
    """List what it knows."""
    with _opened(path) as store:
        things = store.things()
    if as_json:
        for thing in things:
            _echo_json(_thing(thing))
    elif not things:
        click.echo("It knows nothing yet: show it something and say what that is.")
    else:
        _table(
            {
                "thing": [_plain(thing.name) for thing in things],
                "whose": [_plain(thing.owner) for thing in things],
                "pictures": [f"{thing.pictures}" for thing in things],
                "lessons": [f"{thing.lessons}" for thing in things],
                "denials": [f"{thing.denials or ''}" for thing in things],
                "last taught": [_when(thing.taught) for thing in things],
            }
        )


@memory.command()
@click.argument("name")
@file_option
@json_option
@click.option(
    "--save",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write its pictures as files into this folder.",
)
def show(name: str, path: Path | None, folder: Path | None, *, as_json: bool) -> None:
    """Show what it knows of NAME: each lesson, when and how it was taught."""
    with _opened(path) as store:
        thing = _known(store, name)
        lessons, seen = store.lessons(thing.name), store.last_seen(thing.name)
        files = [] if folder is None else _save(store, store.pictures(thing.name), folder)
    if as_json:
        told = [lesson._asdict() for lesson in lessons]
        _echo_json({**_thing(thing), "last_seen": seen, "told": told, "files": [str(file) for file in files]})
        return
    owner = f" ({_plain(thing.owner)})" if thing.owner else ""
    click.echo(f"{thing.name}{owner}: {_count(thing.pictures, 'picture')} of {_count(thing.lessons, 'lesson')}")
    if seen is not None:
        click.echo(f"last seen: {_when(seen)}")
    _table(
        {
            "taught": [_when(lesson.when) for lesson in lessons],
            "how": [_plain(lesson.by) for lesson in lessons],
            "pictures": [f"{len(lesson.pictures)}" for lesson in lessons],
            "session": [_plain(lesson.session) for lesson in lessons],
            "": [_denied(lesson) for lesson in lessons],
        }
    )
    if folder is not None:
        click.echo(f"{_count(len(files), 'picture')} written to {folder}")


@memory.command()
@click.argument("name")
@file_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(name: str, path: Path | None, *, yes: bool) -> None:
    """Forget NAME: its pictures, its lessons, and when it was seen."""
    with _opened(path) as store:
        thing = _known(store, name)
        if not yes:
            click.confirm(f"Forget {thing.name} and its {_count(thing.pictures, 'picture')}?", abort=True)
        store.forget(thing.name)
    click.echo(f"{thing.name} is forgotten, with {_count(thing.pictures, 'picture')}.")


@memory.command()
@click.argument("old")
@click.argument("new")
@file_option
@click.option("--yes", is_flag=True, help="Do not ask, also where NEW is known already, and both become one.")
def rename(old: str, new: str, path: Path | None, *, yes: bool) -> None:
    """Call OLD something else: NEW."""
    with _opened(path) as store:
        thing = _known(store, old)
        other = store.thing(checked(new))
        merged = other is not None and other.id != thing.id
        if other is not None and merged and not yes:
            click.confirm(f"{other.name} is known already. Make one thing of it and {thing.name}?", abort=True)
        renamed = store.rename(thing.name, new)
    if renamed is None:
        raise Misnamed(f"{thing.name} was forgotten in between")
    both = f", and has {_count(renamed.pictures, 'picture')}" if merged else ""
    click.echo(f"{thing.name} is now called {renamed.name}{both}.")


@memory.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@file_option
@click.option("--force", is_flag=True, help="Write it even if there is such a file.")
def export(file: Path, path: Path | None, *, force: bool) -> None:
    """Write all that it knows to FILE, for another bot."""
    from cortex_teach.portable import export as write

    if file.exists() and not force:
        raise Misnamed(f"{file} is there already; --force writes over it")
    with _opened(path) as store:
        if not store.things():
            raise click.ClickException("it knows nothing yet that could be exported")
        exported = write(store, file)
    size = f"{file.stat().st_size / 1e6:.1f} MB"
    click.echo(f"{_count(exported.things, 'thing')} with {_count(exported.pictures, 'picture')} in {file} ({size})")


@memory.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@file_option
def import_(file: Path, path: Path | None) -> None:
    """Take in what another bot knows, from a FILE that it exported."""
    from cortex_teach.portable import import_ as read

    with _opened(path, new=True) as store:
        imported = read(store, file)
    new = f"{_count(imported.things, 'new thing')}, {_count(imported.lessons, 'new lesson')}"
    click.echo(f"{new}, {_count(imported.pictures, 'new picture')}; {imported.known} known already.")
    for note in imported.notes:
        click.echo(f"Note: {note}")


@contextmanager
def _opened(path: Path | None, *, new: bool = False) -> Iterator[Store]:
    """Open the memory; one that is named must be there, unless a `new` one may be begun."""
    if path is not None and not new and not path.exists():
        raise Misnamed(f"there is no memory {path}")
    try:
        # A damaged one is left to the server: it says so aloud. What `--db` names may be anything.
        with closing(Store(path or state_folder("teach") / "memory.db", mend=False)) as store:
            yield store
    except NameRefused as error:
        raise Misnamed(str(error)) from error
    except (PluginError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _known(store: Store, name: str) -> Thing:
    """Return what is known by a name, or tell the nearest."""
    thing = store.thing(name)
    if thing is not None:
        return thing
    names = {key(known.name): known.name for known in store.things()}
    near = difflib.get_close_matches(key(name), names, 1)
    hint = f"; did you mean {names[near[0]]!r}?" if near else "; `cortex memory list` lists what is known"
    raise Misnamed(f"nothing is known by the name {name!r}{hint}")


def _save(store: Store, pictures: list[int], folder: Path) -> list[Path]:
    """Write pictures as files, named by their numbers: what a person called the thing names no file."""
    files = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            if (jpeg := store.picture(picture)) is not None:
                file = folder / f"{picture:06}.jpg"
                file.write_bytes(jpeg)
                files.append(file)
    except OSError as error:
        raise click.ClickException(f"the pictures cannot be written to {folder}: {error.strerror or error}") from error
    return files


def _thing(thing: Thing) -> dict[str, Any]:
    of = thing._asdict()
    return {field: of[field] for field in ("name", "owner", "pictures", "lessons", "denials", "taught")}


def _denied(lesson: Told) -> str:
    return "says what it is not" if lesson.denies else ""


def _echo_json(line: dict[str, Any]) -> None:
    click.echo(msgspec.json.encode(line).decode())


def _table(columns: dict[str, list[str]]) -> None:
    """Print a table, without the columns in which nothing stands."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    columns = {head: cells for head, cells in columns.items() if any(cells)}
    table = Table(*columns, box=None)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*map(escape, cells))
    Console().print(table)


def _plain(text: str) -> str:
    """Return a text without what would turn a terminal's colours."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
