"""From plain values to typed structs: every problem is named, and none hides another."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from cortex.schema import convert, nearest, unknown


class Inner(msgspec.Struct, kw_only=True):
    cert: str
    key: str = ""


class Settings(msgspec.Struct, kw_only=True):
    model: str
    top: Annotated[int, msgspec.Meta(ge=1)] = 3
    side: Literal["left", "right"] = "left"
    sizes: list[int] = []
    inner: Inner | None = None


def problems(values):
    made, found = convert(values, Settings, ("plugins", "eye"))
    assert made is None
    return {".".join(path): text for path, text in found}


def test_what_is_right_becomes_a_struct():
    made, found = convert({"model": "x", "top": 5, "inner": {"cert": "c"}}, Settings, ())
    assert found == []
    assert made == Settings(model="x", top=5, inner=Inner(cert="c"))


def test_nothing_at_all_is_taken_for_no_values():
    class Lenient(msgspec.Struct):
        top: int = 3

    assert convert(None, Lenient, ()) == (Lenient(), [])


def test_every_problem_is_named_at_once_with_its_path():
    found = problems({"topp": 5, "side": "up", "sizes": [1, "b"], "inner": {"key": 5, "x": 1}})
    assert set(found) == {
        "plugins.eye.topp",
        "plugins.eye.side",
        "plugins.eye.sizes",
        "plugins.eye.inner.key",
        "plugins.eye.inner.x",
        "plugins.eye.inner.cert",
        "plugins.eye.model",
    }
    assert found["plugins.eye.topp"] == "unknown key 'topp' (did you mean 'top'?)"
    assert found["plugins.eye.model"] == "is missing"
    assert "it is 'up'" in found["plugins.eye.side"]
    assert "at [1]" in found["plugins.eye.sizes"]


def test_a_number_out_of_range_says_the_range():
    assert ">= 1" in problems({"model": "x", "top": 0})["plugins.eye.top"]


@pytest.mark.parametrize("values", [5, "text", ["a"], True])
def test_a_section_that_is_no_mapping_is_a_problem(values):
    assert problems(values) == {"plugins.eye": f"expected keys and values, got {values!r}"}


def test_a_key_that_is_no_text_is_unknown_too():
    assert "unknown key '5'" in problems({"model": "x", 5: 1})["plugins.eye.5"]


def test_the_nearest_name_is_proposed_where_one_is_near():
    assert nearest("clasifier", ["classifier", "greeter"]) == " (did you mean 'classifier'?)"
    assert nearest("zebra", ["classifier", "greeter"]) == ""


def test_where_none_is_near_all_are_told():
    assert unknown("zebra", ["top", "model"]) == "unknown key 'zebra' (known here: top, model)"
    assert unknown("zebra", []) == "unknown key 'zebra' (there are no options here)"
