"""`python -m benchmarks`: measure everything, and print one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks.age import age
from benchmarks.company import company
from benchmarks.frames import frames
from benchmarks.machine import machine
from benchmarks.measurement import QUICK, THOROUGH
from benchmarks.memory import memory
from benchmarks.sentences import sentences
from benchmarks.start import start
from benchmarks.table import as_json, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.measurement import Effort, Measurement

SUBJECTS: dict[str, Callable[[Effort], Iterator[Measurement]]] = {
    "frames": frames,
    "sentences": sentences,
    "age": age,
    "company": company,
    "memory": memory,
    "start": start,
}


@click.command()
@click.argument("subjects", nargs=-1, type=click.Choice([*SUBJECTS]))
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the same as JSON.")
@click.option("--quick", is_flag=True, help="Measure less often, to see that it works.")
def main(subjects: tuple[str, ...], path: Path | None, quick: bool) -> None:
    """Measure Cortex beside the numbers that it is to hold: all SUBJECTS, or some."""
    effort = QUICK if quick else THOROUGH
    lines = machine()
    found: list[Measurement] = []
    console = Console()
    with Console(stderr=True).status("") as status:
        for name in subjects or SUBJECTS:
            status.update(f"Measuring {name} ...")
            found += SUBJECTS[name](effort)
    console.print(table(found))
    console.print(*lines, sep="\n", highlight=False)
    if path:
        path.write_text(as_json(found))


if __name__ == "__main__":
    main()
