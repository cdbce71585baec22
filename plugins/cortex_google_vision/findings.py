"""What Google found on a picture, in Cortex' own words. Knows no session and no service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cortex import Box, Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PARTS = 40  # boxes of text at most
# The kinds of `DetectedBreak` of a symbol, and what stands there in writing.
BREAKS = {1: " ", 2: " ", 3: " ", 4: "", 5: " "}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found."""

    labels: tuple[Label, ...] = ()
    """Of everything that has a name, the likeliest first."""
    boxes: tuple[Box, ...] = ()
    logo: Label | None = None
    """The likeliest."""
    landmark: Label | None = None
    """The likeliest."""
    text: str = ""
    """All that is written there, line by line."""
    language: str = ""
    """Of the text: a BCP 47 tag; empty where Google does not say."""
    faces: int = 0
    """How many."""


def found(response: Any, size: tuple[int, int], face: str = "") -> Findings:
    """Read an `AnnotateImageResponse` of a picture of so many pixels, width and height; `face` is what to call one."""
    named = [*response.label_annotations, *response.landmark_annotations, *response.logo_annotations]
    labels = [Label(each.description, _share(each.score)) for each in named]
    labels += [Label(each.name, _share(each.score)) for each in response.localized_object_annotations]
    whole = response.text_annotations[0] if response.text_annotations else None
    return Findings(
        labels=_ranked(labels),
        boxes=tuple(_boxes(response, size, face)),
        logo=_best(response.logo_annotations),
        landmark=_best(response.landmark_annotations),
        text=whole.description.strip() if whole is not None else "",
        language=_language(whole.locale) if whole is not None else "",
        faces=len(response.face_annotations),
    )


def _ranked(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Return each name once, with its best score, the likeliest first."""
    best: dict[str, Label] = {}
    for label in labels:
        key = label.name.casefold()
        if label.name and (key not in best or best[key].score < label.score):
            best[key] = label
    return tuple(sorted(best.values(), key=lambda label: -label.score))


def _best(annotations: Iterable[Any]) -> Label | None:
    ranked = _ranked(Label(each.description, _share(each.score)) for each in annotations)
    return ranked[0] if ranked else None


def _boxes(response: Any, size: tuple[int, int], face: str) -> Iterator[Box]:
    """Yield where things are. Objects come in shares of the picture, everything else in pixels of it."""
    for each in response.localized_object_annotations:
        yield from _box(each.bounding_poly.normalized_vertices, (1, 1), each.name, each.score)
    for each in (*response.landmark_annotations, *response.logo_annotations):
        yield from _box(each.bounding_poly.vertices, size, each.description, each.score)
    for each in response.face_annotations:
        yield from _box(each.bounding_poly.vertices, size, face, each.detection_confidence)
    for poly, written in list(_parts(response))[:PARTS]:
        yield from _box(poly.vertices, size, written, None)


def _box(corners: Any, size: tuple[int, int], name: str, score: float | None) -> Iterator[Box]:
    """Yield the upright box round some corners, as much of it as is on the picture; nothing, where that is nothing."""
    xs = [_share(corner.x / size[0]) for corner in corners]
    ys = [_share(corner.y / size[1]) for corner in corners]
    if xs and max(xs) > min(xs) and max(ys) > min(ys):
        score = None if score is None else _share(score)
        left, top = min(xs), min(ys)
        yield Box(left=left, top=top, width=max(xs) - left, height=max(ys) - top, name=name, score=score)


def _parts(response: Any) -> Iterator[tuple[Any, str]]:
    """Yield where each paragraph stands and what it says; each word, where Google knows of no paragraphs."""
    if not response.full_text_annotation.pages:
        yield from ((each.bounding_poly, each.description) for each in response.text_annotations[1:])
    for page in response.full_text_annotation.pages:
        for block in page.blocks:
            for paragraph in block.paragraphs:
                symbols = (symbol for word in paragraph.words for symbol in word.symbols)
                yield paragraph.bounding_box, "".join(map(_written, symbols)).strip()


def _written(symbol: Any) -> str:
    return f"{symbol.text}{BREAKS.get(int(symbol.property.detected_break.type_), '')}"


def _language(locale: str) -> str:
    return "" if locale == "und" else locale


def _share(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 4)
