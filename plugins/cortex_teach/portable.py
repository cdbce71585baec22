"""The memory as a file that one bot gives another: a zip of pictures, what models make of them, and `memory.json`.

`memory.json` says of each lesson what was taught, when and how, and the numbers of its pictures: picture 7 is
`pictures/000007.jpg`, what the second model makes of it `vectors/1/000007.f32` (numbers of 32 bits, little endian).
"""

from __future__ import annotations

import os
import re
import stat
import struct
import time
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct

from cortex import PluginError, StimulusError, decode_picture
from cortex_teach.naming import NameRefused, checked
from cortex_teach.records import Lesson, Taken
from cortex_teach.rows import LARGEST, MOST
from cortex_teach.upgrading import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cortex_teach.records import Vector
    from cortex_teach.store import Store

VERSION = 1
TABLE = "memory.json"
DAY = 86_400.0
LONGEST_TABLE = 64 << 20
ALL = 8 << 30
"""Bytes that a file may unpack to; they are counted as they are read, whatever it says of itself."""
MEMBER = re.compile(r"memory\.json|pictures/([0-9]{6,9}\.jpg)?|vectors/([0-9]{1,2}/([0-9]{6,9}\.f32)?)?")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, struct.error)
"""What reading a zip raises, or JSON in it, that is damaged, cut off, encrypted or packed in a strange way."""

Short = Annotated[str, Meta(max_length=200)]


class Model(Struct, frozen=True):
    """A model that has seen pictures of the memory."""

    name: Short
    length: Annotated[int, Meta(ge=1, le=65536)]


class Entry(Struct, frozen=True):
    """A lesson, as `memory.json` has it."""

    name: Short
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    when: Annotated[float, Meta(ge=0, le=253_402_300_799)]
    pictures: Annotated[tuple[Annotated[int, Meta(ge=1, le=999_999_999)], ...], Meta(min_length=1, max_length=MOST)]
    owner: Short = ""
    by: Short = ""
    session: Short = ""
    denies: bool = False


class Table(Struct, frozen=True):
    """`memory.json`."""

    format: Literal["cortex-memory"]
    version: Annotated[int, Meta(ge=1)]
    models: Annotated[tuple[Model, ...], Meta(max_length=100)]
    lessons: tuple[Entry, ...]


class PortableError(PluginError):
    """A file cannot be written, or is no memory that can be taken in; then the memory is as it was."""


class Exported(NamedTuple):
    """What a file holds."""

    things: int
    lessons: int
    pictures: int


class Imported(NamedTuple):
    """What was new in a file."""

    things: int
    lessons: int
    pictures: int
    known: int
    """How many lessons of the file were held already; they are left as they are."""
    notes: tuple[str, ...]
    """What the person should know, a line each."""


def export(store: Store, path: Path) -> Exported:
    """Write all that was taught to a file, which is there whole or not at all.

    Raises:
        PortableError: it cannot be written.
        StoreError: the memory cannot be read.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        try:
            with part.open("xb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    exported = _write(store, archive)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise PortableError(f"{path} cannot be written: {reason(error)}") from error
    return exported


def import_(store: Store, path: Path) -> Imported:
    """Take in what a file holds: all of it that is not held yet, or nothing where the file is not sound.

    Raises:
        PortableError: it cannot be read, is no memory, or is not sound.
        StoreError: the memory cannot be written.
    """
    try:
        with _sound(path), zipfile.ZipFile(path) as archive:
            source = _Source(path, archive, store.models())
            for _ in source.lessons(look=True):  # all is looked at before anything is written
                pass
            dropped = source.dropped
            before = {thing.id for thing in store.things()}
            taught = store.teach_all(source.lessons())
    except OSError as error:
        raise PortableError(f"{path} cannot be read: {reason(error)}") from error
    new = [each for each in taught if not each.again]
    notes: tuple[str, ...] = ()
    if dropped:
        notes = (f"what models make of {dropped} of the pictures was missing or wrong; it is made anew from them",)
    things = {each.thing for each in new if each.thing} - before
    return Imported(len(things), len(new), sum(each.kept for each in new), len(taught) - len(new), notes)


def _write(store: Store, archive: zipfile.ZipFile) -> Exported:
    models = [Model(name, length) for name, length in store.models().items()]
    entries: list[Entry] = []
    pictures = 0
    for lesson in store.recall():
        first = pictures + 1
        for taken in lesson.pictures:
            pictures += 1
            _add(archive, _picture(pictures), taken.jpeg)
            for number, model in enumerate(models):
                if model.name in taken.vectors:
                    _add(archive, _vector(number, pictures), taken.vectors[model.name].tobytes())
        numbers = tuple(range(first, pictures + 1))
        whence = lesson.owner, lesson.by, lesson.session, lesson.denies
        entries.append(Entry(lesson.name, lesson.id, lesson.when, numbers, *whence))
    table = Table("cortex-memory", VERSION, tuple(models), tuple(entries))
    _add(archive, TABLE, msgspec.json.format(msgspec.json.encode(table)), zipfile.ZIP_DEFLATED)
    return Exported(len({entry.name for entry in entries}), len(entries), pictures)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, packed: int = zipfile.ZIP_STORED) -> None:
    member = zipfile.ZipInfo(name)
    member.external_attr = 0o644 << 16  # for those who unpack it by hand
    archive.writestr(member, content, packed)


def _picture(number: int) -> str:
    return f"pictures/{number:06}.jpg"


def _vector(model: int, number: int) -> str:
    return f"vectors/{model}/{number:06}.f32"


class _Source:
    """A file that is taken in. Nothing of it is ever unpacked to the disk."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, lengths: Mapping[str, int]) -> None:
        self._path = path
        self._archive = archive
        self._members = self._checked()
        self._left = ALL
        self._table = self._read_table()
        self._models = {
            number: model
            for number, model in enumerate(self._table.models)
            if lengths.get(model.name, model.length) == model.length
        }
        self._latest = time.time() + DAY
        self.dropped = 0
        """Of how many pictures what a model makes of them was missing or wrong."""

    def lessons(self, *, look: bool = False) -> Iterator[Lesson]:
        """Yield the lessons, those that deny last; `look` whether the pictures are pictures."""
        self._left = ALL
        self.dropped = 0
        for entry in sorted(self._table.lessons, key=lambda entry: entry.denies):
            try:
                name = checked(entry.name)
            except NameRefused as error:
                raise PortableError(f"{self._path} has a thing that cannot be called so: {error}") from error
            pictures = tuple(self._taken(number, look=look) for number in entry.pictures)
            when = min(entry.when, self._latest)  # the clock of whoever taught it may have been wrong
            yield Lesson(name, pictures, entry.id, when, entry.owner, entry.by, entry.session, entry.denies)

    def _taken(self, number: int, *, look: bool) -> Taken:
        name = _picture(number)
        if name not in self._members:
            raise PortableError(f"{self._path} lacks the picture {name}")
        jpeg = self._read(name, LARGEST)
        if jpeg is None:
            raise PortableError(f"{self._path}: {name} has more than {LARGEST:,} bytes")
        if look:
            self._look(name, jpeg)
        vectors = {}
        there = [index for index in range(len(self._table.models)) if _vector(index, number) in self._members]
        for index in there:
            vector = self._vector(index, number)
            if vector is not None:
                vectors[self._table.models[index].name] = vector
        self.dropped += len(vectors) < max(len(there), 1)
        return Taken(jpeg, vectors)

    def _look(self, name: str, jpeg: bytes) -> None:
        """Make sure that a picture is one, and a JPEG."""
        if not jpeg.startswith(b"\xff\xd8"):
            raise PortableError(f"{self._path}: {name} is no JPEG")
        try:
            decode_picture(jpeg)
        except StimulusError as error:
            raise PortableError(f"{self._path}: {name} cannot be looked at: {error}") from error

    def _vector(self, index: int, number: int) -> Vector | None:
        """Return what a model makes of a picture, or `None` where that is wrong."""
        import numpy as np

        model = self._models.get(index)
        if model is None:
            return None
        content = self._read(_vector(index, number), model.length * 4)
        if content is None or len(content) != model.length * 4:
            return None
        vector = np.frombuffer(content, "<f4")
        return vector if np.isfinite(vector).all() else None

    def _read_table(self) -> Table:
        content = self._read(TABLE, LONGEST_TABLE) if TABLE in self._members else None
        if content is None:
            raise PortableError(f"{self._path} is no exported memory: it has no {TABLE}, or one that is too long")
        head = msgspec.json.decode(content)
        version = head.get("version") if isinstance(head, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise PortableError(f"{self._path} is of version {version}; this Cortex knows {VERSION}: update Cortex")
        return msgspec.convert(head, Table)

    def _read(self, name: str, limit: int) -> bytes | None:
        """Return what a member holds, or `None` where that is more than `limit`."""
        with self._archive.open(name) as member:
            content = member.read(limit + 1)
        self._left -= len(content)
        if self._left < 0:
            raise PortableError(f"{self._path} unpacks to more than {ALL >> 30} GiB")
        return content if len(content) <= limit else None

    def _checked(self) -> set[str]:
        """Return the names of the members; others than an exported memory has are not looked at, but refused."""
        members = self._archive.infolist()
        for member in members:
            name = repr(member.filename[:100])
            if not MEMBER.fullmatch(member.filename):
                raise PortableError(f"{self._path} is no exported memory: it has a member {name}")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PortableError(f"{self._path} is no exported memory: its member {name} is packed in another way")
            if stat.S_ISLNK(member.external_attr >> 16):
                raise PortableError(f"{self._path} is no exported memory: its member {name} is a link")
        names = {member.filename for member in members}
        if len(names) != len(members):
            raise PortableError(f"{self._path} is no exported memory: it has several members of one name")
        return names


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Tell the person where reading a file shows that it is damaged."""
    try:
        yield
    except BROKEN as error:
        if isinstance(error, PluginError):
            raise
        raise PortableError(f"{path} is cut off, damaged, or no exported memory: {error}") from error
