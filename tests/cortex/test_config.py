"""config.yaml: defaults, overrides, and errors that name the place."""

from __future__ import annotations

import pytest

from cortex import ConfigError
from cortex.config import load_config


@pytest.fixture(name="write")
def _write(tmp_path, monkeypatch):
    """Write a config in a folder of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="bot.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def problems(path, *sets):
    """Return the problems of a config, without the folder."""
    return [problem.replace(f"{path.parent}/", "") for problem in load_config(path, sets).problems]


def names(config):
    return [enabled.name for enabled in config.enabled]


def test_the_default_config_is_fine_and_has_a_body(write):
    config = load_config()
    assert config.problems == []
    assert {"vision", "hearing", "reading", "display", "voice"} <= set(names(config))
    assert (config.server.host, config.server.port) == ("localhost", 8080)


def test_a_config_in_this_folder_goes_before_the_default(write):
    write("plugins:\n  greeter:\n", "config.yaml")
    assert "greeter" in names(load_config())
    assert "classifier" not in names(load_config())


def test_a_config_that_is_named_goes_before_the_one_in_this_folder(write):
    write("plugins:\n  greeter:\n", "config.yaml")
    assert "echo" in names(load_config(write("plugins: {echo: }\n")))


def test_a_section_that_is_left_out_is_taken_from_the_default(write):
    config = load_config(write("plugins: {echo: }\n"))
    assert names(config) == ["vision", "hearing", "reading", "display", "voice", "echo"]


def test_a_section_that_is_there_replaces_the_default_whole(write):
    config = load_config(write("server: {port: 9000}\nsenses: {reading: }\nplugins:\n"))
    assert names(config) == ["reading", "display", "voice"]
    assert config.server.port == 9000


def test_an_empty_server_section_means_the_default(write):
    assert load_config(write("server:\narbiter:\n")).problems == []


def test_options_are_kept_for_the_plugin_to_check(write):
    config = load_config(write("plugins: {classifier: {top: 5}}\n"))
    assert config.enabled[-1].options == {"top": 5}
    assert config.enabled[-1].path == ("plugins", "classifier")


def test_every_problem_is_found_at_once_with_its_line(write):
    path = write("server:\n  port: 99999\n  hots: x\narbiter: {stable: many}\nplugin:\n  eye:\nsenses: 5\nserver: {}\n")
    found = problems(path)
    assert found[0] == "bot.yaml:8: server: the key stands here a second time (first in line 1)"
    assert "bot.yaml:5: plugin: unknown key 'plugin' (did you mean 'plugins'?)" in found
    assert any(text.startswith("bot.yaml:4: arbiter.stable: Expected `int`") for text in found)
    assert "bot.yaml:7: senses: expected names of plugins and their options, got 5" in found


def test_the_nearest_key_is_proposed(write):
    found = problems(write("server:\n  port: 1\n  hots: x\n  tls: {cert: a}\n"))
    assert "bot.yaml:3: server.hots: unknown key 'hots' (did you mean 'host'?)" in found
    assert "bot.yaml:4: server.tls.key: is missing" in found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("server: {port: 65536}", "server.port"),
        ("server: {port: -1}", "server.port"),
        ("server: {port: '80'}", "server.port"),
        ("server: {host: 5}", "server.host"),
        ("server: {origins: https://example.org}", "server.origins"),
        ("server: {linger: -1}", "server.linger"),
        ("server: {tls: yes}", "server.tls"),
        ("arbiter: {stable: 2.5}", "arbiter.stable"),
        ("arbiter: {absence: soon}", "arbiter.absence"),
        ("server: 5", "server"),
        ("arbiter: []", "arbiter"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(write, text, key):
    (problem,) = problems(write(text))
    assert problem.startswith(f"bot.yaml:1: {key}: ")


def test_set_overrides_one_key_and_leaves_the_others(write):
    path = write("plugins: {classifier: {model: x, top: 3}}\n")
    config = load_config(path, ["plugins.classifier.top=5", "server.port=0", "server.host=0.0.0.0"])
    assert config.enabled[-1].options == {"model": "x", "top": 5}
    assert (config.server.host, config.server.port) == ("0.0.0.0", 0)


def test_set_makes_sections_that_are_not_there(write):
    config = load_config(write("plugins: {echo: }\n"), ["plugins.echo.a.b=[1, 2]", "plugins.greeter="])
    assert [(enabled.name, enabled.options) for enabled in config.enabled[-2:]] == [
        ("echo", {"a": {"b": [1, 2]}}),
        ("greeter", None),
    ]


def test_of_two_sets_the_last_one_counts(write):
    assert load_config(write(""), ["server.port=1", "server.port=2"]).server.port == 2


def test_a_value_may_contain_equals_signs(write):
    assert load_config(write(""), ["plugins.echo.x=a=b"]).enabled[-1].options == {"x": "a=b"}


def test_a_wrong_override_is_named_as_it_was_typed(write):
    assert problems(write(""), "server.port=many") == [
        "--set server.port=many: server.port: Expected `int`, got `str`; it is 'many'"
    ]


def test_an_override_is_to_blame_for_what_it_has_made(write):
    config = load_config(write("plugins: {echo: }"), ["plugins.nope.x=1"])
    assert config.say(("plugins", "nope"), "no such plugin") == "--set plugins.nope.x=1: plugins.nope: no such plugin"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("server.port", "expected KEY.PATH=VALUE"),
        ("=5", "expected KEY.PATH=VALUE"),
        ("server..port=5", "expected KEY.PATH=VALUE"),
        ("server.port=[", "is not YAML"),
        ("server.port=2024-99-99", "is not YAML"),
        ("server.port.x.y=5", "is 8080, which has no keys"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(write, text, problem):
    with pytest.raises(ConfigError) as caught:
        load_config(write("server: {port: 8080}"), [text])
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"--set {text}: ")


def test_a_config_that_is_not_there_is_named(write, tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        load_config(tmp_path / "nowhere.yaml")
