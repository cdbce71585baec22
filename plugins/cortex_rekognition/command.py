"""`cortex rekognition`: the people in a collection of AWS Rekognition, to be enrolled, listed and forgotten."""

from __future__ import annotations

import difflib
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cortex import CortexError, PluginError
from cortex_rekognition.client import Client
from cortex_rekognition.collection import Collection
from cortex_rekognition.identity import tidy
from cortex_rekognition.options import COLLECTION, RekognitionOptions
from cortex_rekognition.people import image_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT = "people"
MISSING = "it needs {name!r}, which is not installed: pip install 'cortex-senses[aws]'"


class MisusedError(click.ClickException):
    """A name or a picture that is none: wrong use."""

    exit_code = 2


def with_collection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which collection, and hand it that as `collection`."""

    @click.option("--collection", "called", default=DEFAULT, show_default=True, help="Which collection.")
    @click.option(
        "--region", default="", help="The AWS region, such as eu-west-1. [default: as AWS' own tools have it]"
    )
    @click.option("--profile", default="", help="The profile of ~/.aws. [default: as AWS' own tools have it]")
    @click.option("--endpoint", default="", help="Address of a compatible service. [default: AWS' own]")
    @wraps(command)
    def run(*args: Any, called: str, region: str, profile: str, endpoint: str, **kwargs: Any) -> None:
        if not COLLECTION.fullmatch(called):
            raise MisusedError(f"collection {called!r}: AWS takes letters, digits, `_`, `.` and `-`")
        try:
            options = RekognitionOptions(region=region, profile=profile, endpoint=endpoint)
        except ValueError as error:
            raise MisusedError(str(error)) from error
        with _connected(options) as client:
            command(*args, collection=Collection(client, called), **kwargs)

    return run


@contextmanager
def _connected(options: RekognitionOptions) -> Iterator[Client]:
    client = Client(options)
    try:
        client.start()
        yield client
    except ModuleNotFoundError as error:
        raise click.ClickException(MISSING.format(name=error.name)) from error
    except CortexError as error:
        raise click.ClickException(str(error).replace("set `region`", "use --region")) from error
    finally:
        client.stop()


@click.group()
def rekognition() -> None:
    """Say whom AWS Rekognition knows: faces in a collection of your account, which AWS charges for."""


@rekognition.command()
@click.argument("name")
@click.argument("image")
@with_collection
def enrol(name: str, image: str, collection: Collection) -> None:
    """Have Rekognition know NAME by the face on IMAGE, a file or s3://bucket/key.

    The collection is made if it is not there. More pictures of somebody, in other light and from other sides, make it
    more certain. AWS keeps what it has measured of the face, not the picture.
    """
    try:
        picture = image_at(image)
    except PluginError as error:
        raise MisusedError(str(error)) from error
    try:
        collection.enrol(name, picture, image)
    except ValueError as error:
        raise MisusedError(f"{name!r} cannot be enrolled: {error}") from error
    click.echo(f"{_plain(name)} is enrolled in the collection {collection.name}.")


@rekognition.command("list")
@with_collection
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_(collection: Collection, *, as_json: bool) -> None:
    """List who is in a collection."""
    people = collection.people()
    if as_json:
        for name, faces in people.items():
            click.echo(msgspec.json.encode({"name": name, "faces": faces}).decode())
    elif not people:
        click.echo(f"Nobody is in the collection {collection.name}: `cortex rekognition enrol NAME IMAGE` adds people.")
    else:
        for name, faces in people.items():
            click.echo(f"{_plain(name)}  {len(faces)} face{'' if len(faces) == 1 else 's'}")


@rekognition.command()
@click.argument("name")
@with_collection
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(name: str, collection: Collection, *, yes: bool) -> None:
    """Remove NAME from a collection, with all of their faces."""
    people = collection.people()
    wanted = tidy(name)
    alike = [other for other in people if other.casefold() == wanted.casefold()]
    known = wanted if wanted in people else alike[0] if len(alike) == 1 else None
    if known is None and alike:
        raise MisusedError(f"{name!r} may be {' or '.join(map(repr, alike))}: write it as it is there")
    if known is None:
        near = difflib.get_close_matches(name, people, 1)
        hint = f"did you mean {near[0]!r}?" if near else "`cortex rekognition list` lists who is"
        raise MisusedError(f"nobody called {name!r} is in the collection {collection.name}; {hint}")
    count = f"{len(people[known])} face{'' if len(people[known]) == 1 else 's'}"
    if not yes:
        click.confirm(f"Forget {_plain(known)} and {count}?", abort=True)
    collection.forget(people[known])
    click.echo(f"{_plain(known)} is forgotten, with {count}.")


def _plain(text: str) -> str:
    """Return a text without what would turn a terminal's colours."""
    return "".join(character if character.isprintable() else "�" for character in text)
