"""The JSON Schema of the config: editors say of a config what `cortex check` says."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest

from cortex.config import load_config
from cortex.configschema import config_schema
from cortex.doors import Doors
from cortex.plugins import Plugins
from cortex.portrait import there_are
from cortex.yamlfile import parse
from tests.support.server import run_cortex

ROOT = Path(__file__).parents[2]

PICKY = '''
"""Is hard to please."""

from typing import Annotated, Any, Literal

import msgspec

from cortex import BaseOptions, Cortex, hookimpl


class Feed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something to follow."""

    url: str
    """Where it is."""
    every: Annotated[float, msgspec.Meta(gt=0)] = 60


class Picky(Cortex):
    """Likes little."""

    class Options(BaseOptions):
        """What it likes."""

        top: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
        """How many it likes."""
        side: Literal["left", "right"] = "left"
        sizes: Annotated[list[int], msgspec.Meta(max_length=2)] = []
        tags: dict[str, int] = {}
        feed: Feed | None = None
        feeds: list[Feed] = []
        named: dict[str, Feed] = {}
        share: float | None = None
        word: Annotated[str, msgspec.Meta(pattern="^[a-z]+$")] = "a"
        pair: tuple[int, str] = (1, "a")
        either: bool | Literal["auto"] = True
        anything: Any = None


@hookimpl
def register_cortexes(register):
    register("picky", Picky)
'''

NEEDY = """
from cortex import BaseOptions, Cortex, hookimpl

class Needy(Cortex):
    class Options(BaseOptions):
        token: str

@hookimpl
def register_cortexes(register):
    register("needy", Needy)
"""


def schema_of(config):
    schema = config_schema(config, there_are(config, Doors(config.plugin_dirs)))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@functools.cache
def validator():
    """Return what checks a config as an editor does; made once, of the plugins that `verdicts` has installed."""
    return jsonschema.Draft202012Validator(schema_of(load_config(ROOT / "config.yaml")))


@pytest.fixture(name="verdicts")
def _verdicts(tmp_path, outsiders, monkeypatch):
    """Tell what `cortex check` and what the schema has against a config."""
    monkeypatch.setenv("VALUE", "5")
    outsiders.install("picky", PICKY)
    outsiders.install("needy", NEEDY)
    outsiders.install("bad", "import nowhere_to_be_found")

    def verdicts(text):
        file = tmp_path / "bot.yaml"
        file.write_text(text, encoding="utf-8")
        config = load_config(file)
        problems = [*config.problems, *Plugins(config).problems]
        return problems, [error.message for error in validator().iter_errors(parse(text))]

    return verdicts


def picky(text):
    return f"plugins: {{picky: {{{text}}}}}"


GOOD = [
    "",
    "# nothing\n",
    "server:\narbiter:\nsenses:\nactuators:\nplugins:\nplugin_dirs:\n",
    "server: {port: 0, host: example.org, tls: {cert: a, key: b}, origins: [https://example.org], linger: 5}",
    "server: {port: {$env: VALUE}, tls: {cert: {$env: VALUE}, key: b}, origins: [{$env: VALUE}]}",
    "server: {tls: null}",
    "plugin_dirs: [.]",
    "senses: {vision: {fps: 5}, hearing: }\nactuators: {voice: {}}\nplugins: {classifier: {model: x, top: 5}}",
    "plugins: {vision: {fps: 5}}\nsenses: {classifier: }",
    "plugins: {classifier: {timeout: 5, mean: null}}",
    "plugins: {classifier: {on: change, max_rate: 2, max_calls_per_day: 100}}",
    "plugins: {bad: {anything: goes}}",
    "plugins: {some.module.of.ours: {anything: goes}}",
    picky("top: 10, side: right, sizes: [1, 2], tags: {a: 1}, word: abc, pair: [1, b], either: auto, share: 5"),
    picky("feed: {url: a}, feeds: [{url: a, every: 5}], named: {a: {url: b}}"),
    picky("feed: {url: {$env: VALUE}, every: {$env: VALUE}}, named: {a: {url: {$env: VALUE}}}"),
    picky("tags: {a: {$env: VALUE}}, sizes: [{$env: VALUE}], share: {$env: VALUE}, anything: {$env: VALUE}"),
    picky("anything: {a: [1, {b: c}]}"),
    "plugins: {needy: {token: x}}",
    "plugins: {needy: {token: {$env: VALUE}}}",
]

BAD = [
    "server: 5",
    "server: []",
    "servr: {port: 5}",
    "server: {prot: 5}",
    "server: {port: 70000}",
    "server: {port: '80'}",
    "server: {port: true}",
    "server: {host: }",
    "server: {tls: {cert: a}}",
    "server: {tls: {cert: a, key: b, kee: c}}",
    "server: {tls: {$env: VALUE}}",
    "server: {origins: https://example.org}",
    "server: {origins: {$env: VALUE}}",
    "server: {$env: VALUE}",
    "server: {port: {$env: }}",
    "server: {port: {$env: 5}}",
    "server: {port: {$evn: VALUE}}",
    "server: {port: {$env: VALUE, or: 5}}",
    "arbiter: {stable: 0}",
    "arbiter: {stable: 2.5}",
    "plugin_dirs: my_plugins",
    "plugin_dirs: [5]",
    "senses: [vision]",
    "senses: {$env: VALUE}",
    "plugins: {greter: }",
    "plugins: {greeter: 5}",
    "plugins: {greeter: {top: 5}}",
    "plugins: {greeter: {$env: VALUE}}",
    "plugins: {needy: }",
    "plugins: {needy: {}}",
    "plugins: {classifier: {timeout: 0}}",
    "plugins: {classifier: {on: never}}",
    "plugins: {classifier: {on: true}}",
    "senses: {vision: {timeout: 5}}",
    "senses: {vision: {on: ask}}",
    "actuators: {voice: {max_rate: 5}}",
    picky("top: 11"),
    picky("side: up"),
    picky("sizes: [1, 2, 3]"),
    picky("sizes: [a]"),
    picky("tags: {a: b}"),
    picky("tags: {$env: VALUE}"),
    picky("tags: {a: {$env: }}"),
    picky("feed: {every: 5}"),
    picky("feed: {url: a, x: 5}"),
    picky("feeds: [{url: a, x: 5}]"),
    picky("feeds: [{every: 5}]"),
    picky("named: {a: {url: 5}}"),
    picky("word: ABC"),
    picky("pair: [1]"),
    picky("pair: [a, 1]"),
    picky("either: never"),
    picky("share: much"),
    picky("anything: {$env: }"),
    picky("anything: {$env: VALUE, x: 5}"),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_check_finds_right_is_right_in_an_editor(verdicts, text):
    assert verdicts(text) == ([], [])


@pytest.mark.parametrize("text", BAD)
def test_what_check_finds_wrong_is_wrong_in_an_editor(verdicts, text):
    problems, errors = verdicts(text)
    assert problems
    assert errors


def test_every_option_is_described_with_its_default(verdicts, outsiders):
    schema = schema_of(load_config())
    picky = schema["$defs"]["plugin.picky"]
    assert picky["description"] == "Is hard to please."
    assert picky["properties"]["top"]["description"] == "How many it likes."
    assert picky["properties"]["top"]["default"] == 3
    assert picky["properties"]["timeout"]["description"].startswith("Seconds that it may think")
    assert schema["$defs"]["picky.Feed"]["properties"]["url"]["description"] == "Where it is."
    assert schema["properties"]["server"]["properties"]["port"]["default"] == 8080
    assert schema["properties"]["server"]["description"]
    assert "nowhere_to_be_found" in schema["$defs"]["plugin.bad"]["description"]


def test_every_option_of_the_bundled_plugins_is_described():
    schema = json.loads((ROOT / "config.schema.json").read_text(encoding="utf-8"))
    sections = {
        **{f"$defs.{name}": section for name, section in schema["$defs"].items() if name != "shelf"},
        **{name: schema["properties"][name] for name in ("server", "arbiter")},
    }
    bare = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, option in section.get("properties", {}).items()
        if not option.get("description")
    ]
    assert bare == []


def test_the_schema_of_the_bundled_plugins_in_a_checkout_is_current():
    spec = importlib.util.spec_from_file_location("config_schema", ROOT / "scripts" / "config_schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "config.schema.json").read_text(encoding="utf-8") == module.text(), "run `make docs`"


def test_the_config_of_a_checkout_points_editors_at_it_and_is_valid():
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=config.schema.json"
    schema = json.loads((ROOT / "config.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(parse(text))


def test_two_plugins_may_have_options_of_one_name(outsiders):
    outsiders.install("one", PICKY)
    outsiders.install("two", PICKY.replace("every: Annotated", "often: Annotated"))
    definitions = schema_of(load_config())["$defs"]
    assert set(definitions["one.Feed"]["properties"]) == {"url", "every"}
    assert set(definitions["two.Feed"]["properties"]) == {"url", "often"}


# The command


def test_the_command_prints_the_schema_with_the_plugins_of_the_folders(tmp_path, outsiders):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "robin.py").write_text(PICKY)
    (tmp_path / "config.yaml").write_text("plugin_dirs: [mine]\nserver: {port: many}\n")
    done = run_cortex("schema", outsiders=outsiders, cwd=tmp_path)
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["$defs"]["shelf"]["properties"]) >= {"robin", "greeter"}
    assert schema["$defs"]["plugin.robin"]["properties"]["top"]["default"] == 3
    assert done.stderr.splitlines() == ["config.yaml:2: server.port: Expected `int`, got `str`; it is 'many'"]


def test_the_command_knows_a_plugin_that_is_enabled_by_its_module(tmp_path, outsiders):
    (outsiders.folder / "acme").mkdir()
    (outsiders.folder / "acme" / "bots.py").write_text(PICKY)
    (tmp_path / "config.yaml").write_text("plugins: {acme.bots: }\n")
    done = run_cortex("schema", outsiders=outsiders, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "side" in json.loads(done.stdout)["$defs"]["plugin.acme.bots"]["properties"]


def test_a_config_that_cannot_be_read_is_one_line_and_exit_code_2(tmp_path, outsiders):
    (tmp_path / "config.yaml").write_text("server: [")
    done = run_cortex("schema", outsiders=outsiders, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("config.yaml:1: this is not YAML")
