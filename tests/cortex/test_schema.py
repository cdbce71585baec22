"""From plain values to typed structs: every problem is named, and none hides another."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from cortex.schema import convert, nearest, unknown
from cortex.secrets import Secret, Unset


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


class Deep(msgspec.Struct, kw_only=True):
    many: list[Inner] = []
    named: dict[str, Inner | None] | None = None
    deeper: dict[str, tuple[Inner, ...]] = {}
    some: Annotated[list[Inner], msgspec.Meta(max_length=1)] = []


def test_structs_inside_lists_and_mappings_are_checked_each_in_its_place():
    values = {
        "many": [{"cert": "a"}, {"cert": 5, "kee": ""}, 5],
        "named": {"a": {"cert": "a"}, "b": {"key": ""}, "c": None},
        "deeper": {"a": [{"cert": "a"}, {}]},
        "some": [{"cert": "a"}, {"cert": "b"}],
    }
    made, found = convert(values, Deep, ())
    assert made is None
    assert [(".".join(path), text.partition(";")[0]) for path, text in found] == [
        ("many.[1].cert", "Expected `str`, got `int`"),
        ("many.[1].kee", "unknown key 'kee' (did you mean 'key'?)"),
        ("many.[2]", "Expected `object`, got `int`"),
        ("named.b.cert", "is missing"),
        ("deeper.a.[1].cert", "is missing"),
        ("some", "Expected `array` of length <= 1"),
    ]


def test_structs_inside_lists_and_mappings_are_made():
    values = {"many": [{"cert": "a"}], "named": {"b": {"cert": "b"}, "c": None}, "deeper": {"a": [{"cert": "c"}]}}
    made, found = convert(values, Deep, ())
    assert found == []
    assert made == Deep(
        many=[Inner(cert="a")], named={"b": Inner(cert="b"), "c": None}, deeper={"a": (Inner(cert="c"),)}
    )


class Square(msgspec.Struct, tag="square"):
    side: int


class Circle(msgspec.Struct, tag="circle"):
    radius: int


def test_of_several_structs_the_tag_says_which():
    class Shapes(msgspec.Struct):
        shape: Square | Circle
        more: list[Square | Circle] = []

    values = {"shape": {"type": "circle", "radius": 5}, "more": [{"type": "square", "side": 1}]}
    assert convert(values, Shapes, ()) == (Shapes(Circle(5), [Square(1)]), [])


# Secrets


class Feed(msgspec.Struct, kw_only=True):
    url: str
    every: float = 60


class Hook(msgspec.Struct, kw_only=True):
    token: str = ""
    port: Annotated[int, msgspec.Meta(le=65535)] = 1
    on: bool = False
    share: float | None = 1.0
    side: Literal["left", "right"] = "left"
    mixed: int | str = 0
    feeds: list[Feed] = []
    tags: dict[str, int] = {}
    pair: tuple[str, int] = ("", 0)


def secret(text):
    return Secret(text, "NAME")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("token", secret("12345"), "12345"),
        ("token", secret("true"), "true"),
        ("port", secret("8080"), 8080),
        ("on", secret("yes"), True),
        ("share", secret("0.5"), 0.5),
        ("share", secret("5"), 5.0),
        ("share", secret("null"), None),
        ("side", secret("right"), "right"),
        ("mixed", secret("5"), "5"),
        ("feeds", [{"url": secret("5"), "every": secret("5")}, {"url": "b"}], [Feed(url="5", every=5), Feed(url="b")]),
        ("tags", {"a": secret("1"), "b": 2, "c": secret("3")}, {"a": 1, "b": 2, "c": 3}),
        ("pair", [secret("1"), secret("2")], ("1", 2)),
    ],
)
def test_a_text_from_the_environment_becomes_what_the_option_is(key, value, expected):
    made, found = convert({key: value}, Hook, ())
    assert found == []
    assert getattr(made, key) == expected
    assert "Secret" not in repr(type(getattr(made, key)))
    assert not any(isinstance(each, Secret) for each in msgspec.structs.astuple(made))


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (
            "port",
            "hunter2",
            "Expected `int`, got `str`; it is the value of the environment variable NAME, which is not shown",
        ),
        ("port", "99999", "Expected `int` <= 65535; it is the value"),
        ("port", "[1]", "Expected `int`, got `str`; it is the value"),
        ("side", "abc", "Invalid enum value '***', expected one of: left, right; it is the value"),
    ],
)
def test_a_problem_never_shows_a_secret(key, value, problem):
    made, ((path, text),) = convert({key: secret(value)}, Hook, ("plugins", "hook"))
    assert (made, path) == (None, ("plugins", "hook", key))
    assert text.startswith(problem)
    assert value not in text.replace("65535", "")


def test_a_problem_never_shows_a_secret_inside_a_list():
    _, found = convert({"feeds": [{"url": "a", "every": secret("often")}], "pair": [secret("one"), "two"]}, Hook, ())
    assert [(".".join(path), text) for path, text in found] == [
        (
            "feeds.[0].every",
            "Expected `float`, got `str`; it is the value of the environment variable NAME, which is not shown",
        ),
        ("pair", "Expected `int`, got `str` at [1]; it is ['***', 'two']"),
    ]


def test_what_is_no_struct_among_broken_ones_is_told_with_them():
    class Doors(msgspec.Struct):
        doors: dict[str, Inner] = {}
        deeper: dict[str, dict[str, Inner | None]] = {}

    values = {"doors": {"a": {"crt": ""}, "e": [1], "f": {"cert": ""}}, "deeper": {"a": 5, "b": {"c": {}, "d": "x"}}}
    _, found = convert(values, Doors, ())
    assert {".".join(path): text for path, text in found} == {
        "doors.a.crt": "unknown key 'crt' (did you mean 'cert'?)",
        "doors.a.cert": "is missing",
        "doors.e": "Expected `object`, got `array`; it is [1]",
        "deeper.a": "Expected `object`, got `int`; it is 5",
        "deeper.b.c.cert": "is missing",
        "deeper.b.d": "Expected `object | null`, got `str`; it is 'x'",
    }


class Long(msgspec.Struct, kw_only=True):
    token: str = "a-token-of-16-letters"
    side: Literal["left", "right"] = "left"

    def __post_init__(self):
        if len(self.token) < 16:
            raise ValueError("its token needs 16 characters")


class Hooks(msgspec.Struct, kw_only=True):
    hook: Long | None = None
    hooks: dict[str, Long] = {}
    top: int = 3

    def __post_init__(self):
        if not self.hooks:
            raise ValueError("it needs a hook")


@pytest.mark.parametrize(
    "values",
    [
        {"hook": {"token": Unset("A")}},
        {"hooks": {"door": {"token": Unset("A")}}},
        {"hooks": {"door": Unset("A")}},
        {"hooks": Unset("A")},
    ],
)
def test_a_value_that_the_environment_lacks_is_no_second_problem_and_hides_no_other(values):
    assert convert(values, Hooks, ()) == (None, [])
    ((path, text),) = convert({**values, "top": "x"}, Hooks, ())[1]
    assert (path, text) == (("top",), "Expected `int`, got `str`; it is 'x'")


def test_beside_a_value_that_the_environment_lacks_what_is_wrong_in_its_struct_is_told():
    _, ((path, _),) = convert({"hooks": {"door": {"token": Unset("A"), "side": "up"}}}, Hooks, ())
    assert path == ("hooks", "door", "side")


def test_values_that_do_not_agree_are_a_problem_of_the_section():
    class Range(msgspec.Struct):
        least: int = 0
        most: int = 5

        def __post_init__(self):
            if self.least > self.most:
                raise ValueError("least is more than most")

    assert convert({"least": 9}, Range, ("plugins", "eye")) == (None, [(("plugins", "eye"), "least is more than most")])
