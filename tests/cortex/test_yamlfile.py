"""A YAML file, and where its keys stand."""

from __future__ import annotations

import pytest

from cortex import ConfigError
from cortex.yamlfile import YamlFile


def broken(text):
    with pytest.raises(ConfigError) as caught:
        YamlFile("bot.yaml", text)
    return str(caught.value)


def test_it_knows_the_line_of_every_key():
    file = YamlFile("bot.yaml", "server:\n  port: 1\n\nplugins:\n  eye: {top: 5,\n    model: x}\n")
    assert file.values == {"server": {"port": 1}, "plugins": {"eye": {"top": 5, "model": "x"}}}
    assert file.place(("server", "port")) == "bot.yaml:2: server.port"
    assert file.place(("plugins", "eye", "model")) == "bot.yaml:6: plugins.eye.model"


def test_a_key_that_is_not_there_stands_where_the_nearest_above_it_stands():
    file = YamlFile("bot.yaml", "\nserver:\n  tls: {cert: x}\n")
    assert file.place(("server", "tls", "key")) == "bot.yaml:3: server.tls.key"
    assert file.place(("plugins", "eye")) == "bot.yaml: plugins.eye"


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "---\n", "null"])
def test_an_empty_file_says_nothing(text):
    assert YamlFile("bot.yaml", text).values == {}


def test_a_key_that_stands_twice_is_a_problem_with_both_lines():
    file = YamlFile("bot.yaml", "plugins:\n  eye:\nserver:\nplugins:\n  ear:\n  ear:\n")
    assert file.problems == [
        "bot.yaml:4: plugins: the key stands here a second time (first in line 1)",
        "bot.yaml:6: plugins.ear: the key stands here a second time (first in line 5)",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("server:\n  port: [1\n", 3),
        ("server:\n\tport: 1\n", 2),
        ("server: {port: 1\nplugins:\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: *nobody\n", 1),
        ("a: !!python/object:os.system {}\n", 1),
        ("? [a]\n: 1\n", 1),
    ],
)
def test_what_is_no_yaml_names_the_line(text, line):
    assert broken(text).startswith(f"bot.yaml:{line}: this is not YAML: ")


@pytest.mark.parametrize("text", ["a: 2024-99-99\n", "a: 0x_\n", "a: \x07\n", "a: " + "[" * 2000])
def test_what_yaml_stumbles_over_is_one_line_and_no_traceback(text):
    problem = broken(text)
    assert problem.startswith("bot.yaml")
    assert "\n" not in problem.strip()


@pytest.mark.parametrize("text", ["hello", "5", "- a\n- b\n"])
def test_what_has_no_sections_is_a_problem(text):
    assert "expected sections such as 'plugins:'" in broken(text)


def test_a_laugh_is_not_multiplied_by_a_billion():
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{n}: &a{n} {{{', '.join(f'k{m}: *a{n - 1}' for m in range(9))}}}" for n in range(1, 12)]
    assert "a11" in YamlFile("bot.yaml", "\n".join(lines)).values


def test_an_anchor_may_lead_back_to_itself():
    assert "a" in YamlFile("bot.yaml", "a: &a {b: *a}\n").values


def test_an_anchor_may_be_used_in_two_places():
    file = YamlFile("bot.yaml", "plugins:\n  left: &eye {top: 5}\n  right: *eye\n")
    assert file.values["plugins"]["right"] == {"top": 5}
    assert file.problems == []


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        YamlFile.read(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        YamlFile.read(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: \xe9\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        YamlFile.read(latin)


def test_it_knows_the_line_of_every_item_of_a_list():
    file = YamlFile("bot.yaml", "feeds:\n  - url: a\n  - url: b\n    every: 5\ndirs: [x,\n  y]\n")
    assert file.place(("feeds", "[1]", "every")) == "bot.yaml:4: feeds[1].every"
    assert file.place(("dirs", "[1]")) == "bot.yaml:6: dirs[1]"


def test_a_key_with_a_dot_in_it_is_named_in_quotes():
    file = YamlFile("bot.yaml", "plugins:\n  acme.bots.greeter: {top: 5}\n")
    assert file.place(("plugins", "acme.bots.greeter", "top")) == 'bot.yaml:2: plugins."acme.bots.greeter".top'


def test_a_list_may_lead_back_to_itself():
    assert "a" in YamlFile("bot.yaml", "a: &a [*a]\n").values


def test_a_key_is_a_name_also_where_yaml_would_take_it_for_a_boolean():
    file = YamlFile("bot.yaml", "plugins:\n  eye: {on: change, off: off, yes: on, true: no}\n")
    assert file.values == {"plugins": {"eye": {"on": "change", "off": False, "yes": True, "true": False}}}
    assert file.place(("plugins", "eye", "on")) == "bot.yaml:2: plugins.eye.on"
