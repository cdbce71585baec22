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
        ("server.port=" + "[" * 3000, "is not YAML"),
        ("server.port.x.y=5", "is 8080, which has no keys"),
        ('plugins."acme.bots=5', "a key with a dot in it stands in quotes"),
        ('plugins.""=5', "expected KEY.PATH=VALUE"),
        ("server. =5", "expected KEY.PATH=VALUE"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(write, text, problem):
    with pytest.raises(ConfigError) as caught:
        load_config(write("server: {port: 8080}"), [text])
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"--set {text}: ")


@pytest.mark.parametrize(
    "text",
    [
        'plugins."acme.bots.greeter".top=5',
        "plugins.'acme.bots.greeter'.top=5",
        ' plugins . "acme.bots.greeter" .top =5',
    ],
)
def test_a_key_with_a_dot_in_it_is_overridden_in_quotes(write, text):
    config = load_config(write("plugins: {acme.bots.greeter: {side: left}}"), [text])
    assert [(each.name, each.options) for each in config.enabled[-1:]] == [
        ("acme.bots.greeter", {"side": "left", "top": 5})
    ]
    assert config.say(("plugins", "acme.bots.greeter", "top"), "no") == (
        f'--set {text}: plugins."acme.bots.greeter".top: no'
    )


def test_a_key_that_yaml_takes_for_a_boolean_is_a_name(write):
    sets = ["plugins.classifier.on=change", "plugins.echo={on: ask}"]
    config = load_config(write("plugins: {classifier: }"), sets)
    assert [each.options for each in config.enabled[-2:]] == [{"on": "change"}, {"on": "ask"}]


def test_a_section_that_is_no_mapping_is_a_problem_also_where_it_is_nothing_much(write):
    assert problems(write("senses: []\nplugins: false\n")) == [
        "bot.yaml:1: senses: expected names of plugins and their options, got []",
        "bot.yaml:2: plugins: expected names of plugins and their options, got False",
    ]


# plugin_dirs


def test_folders_of_plugins_are_relative_to_the_file_that_names_them(write, tmp_path):
    (tmp_path / "bots" / "mine").mkdir(parents=True)
    path = write("plugin_dirs: [mine, ., mine]\n", "bots/bot.yaml")
    config = load_config(path.relative_to(tmp_path))
    assert config.problems == []
    assert config.plugin_dirs == (tmp_path / "bots" / "mine", tmp_path / "bots")


def test_folders_of_plugins_that_are_typed_are_relative_to_this_folder(write, tmp_path):
    (tmp_path / "bots").mkdir()
    (tmp_path / "mine").mkdir()
    config = load_config(write("plugin_dirs: [theirs]\n", "bots/bot.yaml"), ["plugin_dirs=[mine]"])
    assert (config.problems, config.plugin_dirs) == ([], (tmp_path / "mine",))


@pytest.mark.parametrize("text", ["", "plugin_dirs:\n", "plugin_dirs: []\n"])
def test_there_need_be_no_folders_of_plugins(write, text):
    config = load_config(write(text))
    assert (config.problems, config.plugin_dirs) == ([], ())


def test_a_folder_of_plugins_that_is_none_is_named_with_its_line(write, tmp_path):
    path = write("plugin_dirs:\n  - mine\n  - bot.yaml\n")
    assert load_config(path).problems == [
        f"{path}:2: plugin_dirs[0]: there is no folder {tmp_path / 'mine'}",
        f"{path}:3: plugin_dirs[1]: {path} is no folder",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plugin_dirs: mine", "Expected `array`, got `str`; it is 'mine'"),
        ("plugin_dirs: {mine: }", "Expected `array`, got `object`; it is {'mine': None}"),
        ("plugin_dirs: [5]", "Expected `str`, got `int` at [0]; it is [5]"),
    ],
)
def test_folders_of_plugins_are_a_list_of_texts(write, text, problem):
    assert problems(write(text)) == [f"bot.yaml:1: plugin_dirs: {problem}"]


# Secrets


def test_a_value_may_come_from_the_environment(write, monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("CERT", "cert.pem")
    path = write("server:\n  port: {$env: PORT}\n  tls: {cert: {$env: CERT}, key: k}\n  origins: [{$env: CERT}]\n")
    server = load_config(path).server
    assert (server.port, server.tls.cert, server.origins) == (9000, "cert.pem", ("cert.pem",))
    assert [type(value) for value in (server.port, server.tls.cert, *server.origins)] == [int, str, str]


def test_an_override_may_come_from_the_environment(write, monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    assert load_config(write(""), ["server.port={$env: PORT}"]).server.port == 9000


def test_an_override_does_without_the_variable_that_it_replaces(write):
    config = load_config(write("server: {port: {$env: NO_SUCH_PORT}}"), ["server.port=1"])
    assert (config.problems, config.server.port) == ([], 1)


def test_every_variable_that_is_missing_is_named_at_once_and_once(write):
    path = write(
        "server: {host: {$env: NO_SUCH_HOST}}\nplugins:\n  hook:\n    token: {$env: NO_SUCH_TOKEN}\n"
        "    feeds:\n      - {url: {$env: NO_SUCH_URL}}\nsenses: {reading: {x: {$env: }}}\n"
    )
    found = problems(path, "arbiter.stable={$env: NO_SUCH_NUMBER}")
    lines = sorted(problem.partition(": the environment")[0].removesuffix("; it is None") for problem in found)
    assert lines == [
        "--set arbiter.stable={$env: NO_SUCH_NUMBER}: arbiter.stable",
        "bot.yaml:1: server.host",
        "bot.yaml:4: plugins.hook.token",
        "bot.yaml:6: plugins.hook.feeds[0].url",
        "bot.yaml:7: senses.reading.x: $env needs the name of an environment variable, such as {$env: TOKEN}",
    ]
    assert "the environment variable NO_SUCH_URL is not set; set it, or write another value here" in "\n".join(found)


def test_a_key_inside_a_reference_to_the_environment_cannot_be_overridden(write):
    (problem,) = problems(write("server: {host: {$env: NO_SUCH_HOST}}"), "server.host.x=5")
    assert problem.endswith("beside $env there may be no other key, and here is 'x'")


def test_a_whole_section_cannot_come_from_the_environment(write, monkeypatch):
    monkeypatch.setenv("SECTION", "hunter2")
    assert problems(write("server: {$env: SECTION}\nplugins: {$env: SECTION}\n")) == [
        "bot.yaml:1: server: expected keys and values, got '***'",
        "bot.yaml:2: plugins: expected names of plugins and their options, got '***'",
    ]
    assert "unknown key '$env'" in problems(write("$env: SECTION\n"))[0]


def test_a_config_that_is_not_there_is_named(write, tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        load_config(tmp_path / "nowhere.yaml")


def test_a_plugin_that_is_added_has_the_place_that_asks_for_it(write):
    config = load_config(write("plugins: {echo: }\n"))
    config.add("robin", "--only robin")
    assert config.enabled[-1].name == "robin"
    assert config.say(("plugins", "robin"), "no") == "--only robin: no"
    assert config.say(("plugins", "robin", "top"), "no") == "--only robin: plugins.robin.top: no"


def test_what_the_environment_lacks_counts_as_long_as_the_plugin_does(write, monkeypatch):
    monkeypatch.delenv("MISSING", raising=False)
    config = load_config(write("server: {host: {$env: MISSING}}\nplugins: {echo: {a: [{$env: MISSING}]}, greeter: }\n"))
    assert [problem.partition(": ")[2].partition(":")[0] for problem in config.problems] == [
        "server.host",
        "plugins.echo.a[0]",
    ]
    config.enabled = [enabled for enabled in config.enabled if enabled.name != "echo"]
    assert len(config.problems) == 1
