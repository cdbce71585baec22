"""The benchmarks run, and say what they found; how fast things are is no matter here."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from benchmarks.__main__ import main
from benchmarks.measurement import Measurement
from benchmarks.table import as_json, table

FASTER = Measurement("frames", 0.912, "ratio", 0.85)
SLOWER = Measurement("start", 2.5, "s", 1.5, "at most")
PLAIN = Measurement("sentences", 12345.6, "1/s")


@pytest.mark.parametrize(("one", "holds"), [(FASTER, True), (SLOWER, False), (PLAIN, None)])
def test_a_measurement_holds_its_bar_or_not_or_has_none(one, holds):
    assert one.holds is holds


def test_the_table_shows_each_value_beside_its_bar():
    console = Console(width=100)
    with console.capture() as shown:
        console.print(table([FASTER, SLOWER, PLAIN]))
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.get().splitlines() if "│" in line]
    assert rows == [
        ["frames", "0.912", "ratio", "at least 0.85", "yes"],
        ["start", "2.5", "s", "at most 1.5", "no"],
        ["sentences", "12,346", "1/s", "", ""],
    ]


def test_the_json_has_four_keys():
    assert json.loads(as_json([FASTER, PLAIN])) == [
        {"name": "frames", "value": 0.912, "unit": "ratio", "bar": 0.85},
        {"name": "sentences", "value": 12345.6, "unit": "1/s", "bar": None},
    ]


def test_the_command_starts_a_server_measures_it_and_writes_json(tmp_path):
    path = tmp_path / "out.json"
    result = CliRunner().invoke(main, ["start", "--quick", "--json", str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "start: cortex run to serving" in result.output
    assert "Python" in result.output
    first, second = json.loads(path.read_text())
    assert first["name"] == "start: cortex run to serving"
    assert first["unit"] == "s"
    assert first["bar"] == 1.5
    assert 0 < first["value"] <= second["value"]
