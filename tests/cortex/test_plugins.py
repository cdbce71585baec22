"""From config to registered plugins, each installed the way an outsider's is."""

from __future__ import annotations

import json

import pytest

from cortex.config import load_config
from cortex.doors import Doors
from cortex.health import State
from cortex.plugins import Plugins, module_file, module_url
from tests.support.outsiders import cortex

WELL = cortex("async def perceive(self, stimulus, session): return Say('hello')", name="well")

SENSE = """
from cortex import Sense, hookimpl

class Nose(Sense):
    {}

@hookimpl
def register_senses(register):
    register("nose", Nose)
"""


@pytest.fixture(name="load")
def _load(tmp_path, outsiders):
    """Load the plugins of a config, one of them well behaved."""
    outsiders.install("well", WELL)

    def load(*names, **sections):
        config = {"senses": None, "actuators": None, "plugins": dict.fromkeys((*names, "well")), **sections}
        file = tmp_path / "bot.yaml"
        file.write_text(json.dumps(config, indent=1), encoding="utf-8")
        plugins = Plugins(load_config(file))
        plugins.problems = [problem.replace(f"{tmp_path}/", "") for problem in plugins.problems]
        return plugins

    return load


def states(plugins):
    """How each plugin is: itself, or the first of its cortexes that is not well."""
    found = {}
    for plugin in plugins.all:
        ill = [health for health in (plugin.health, *plugin.healths.values()) if health.state is not State.WORKING]
        worst = ill[0] if ill else plugin.health
        found[plugin.name] = worst.state, worst.reason
    return found


def test_an_outsiders_plugin_comes_in_through_the_same_door_as_ours(load):
    plugins = load("greeter")
    assert plugins.problems == []
    assert [list(plugin.cortexes) for plugin in plugins.all] == [["greeter"], ["well"]]


def test_the_bundled_ones_are_there_without_being_imported(outsiders):
    outsiders.install("dear", "raise AssertionError('imported')")
    ours = {"vision", "hearing", "reading", "display", "voice", "dialogue", "greeter", "echo", "webhook", "herald"}
    assert {*ours, "dear"} <= set(Doors().available())


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nowhere_to_be_found", "it needs 'nowhere_to_be_found', which is not installed"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("this is no Python", "SyntaxError: "),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("", "outside_bad registers nothing; does it have a @hookimpl function?"),
        ("def register_cortexes(register): pass", "registers nothing"),
        (
            cortex("pass", name="x").replace("register_cortexes", "register_cortex"),
            "register_cortex() is marked as a hook, but there is none of this name (did you mean 'register_cortexes'?)",
        ),
        (cortex("pass", name="x") + "    register('x', Plugin)", "it registers the cortex 'x' twice"),
        (cortex("pass", name="x").replace("@hookimpl", ""), "registers nothing"),
        (
            cortex("pass", name="x").replace("(register)", "(register, extra)"),
            "the hook register_cortexes(register, extra) has to be register_cortexes(register)",
        ),
        (cortex("pass", name="x").replace("(Cortex)", ""), "is no subclass of Cortex"),
        (cortex("pass", name="x").replace(", Plugin)", ", Plugin(None))"), "is no subclass of Cortex"),
        (cortex("pass", name="well"), "there is a cortex 'well' already"),
        (cortex("def __init__(self, options): raise ValueError('not I')", name="x"), "ValueError: not I"),
        (
            cortex("pass", name="x", perceives="'reading'"),
            "Plugin.perceives is a text; it has to be a set of names: {'reading'}",
        ),
        (cortex("pass", name="x", perceives="None"), "Plugin.perceives is None; it has to be a set of names of senses"),
        (cortex("pass", name="x", perceives="{1, 2}"), "Plugin.perceives is {1, 2}; it has to be a set of names"),
        (
            cortex("def perceive(self, s): pass", name="x"),
            "Plugin.perceive has to take a stimulus and a session: too many",
        ),
        (
            cortex("pass", name="x").replace(", Plugin)", ")"),
            "register needs a name and a class, such as register('robin', Cortex)",
        ),
        (SENSE.format("def run(self, emit): pass"), "Nose.run has to be an `async def`; it would block everything"),
        (cortex("Options = dict", name="x"), "Plugin.Options, <class 'dict'>, is no subclass of BaseOptions"),
        (SENSE.format("def settings(self): return {'x': object()}"), "Encoding objects of type object is unsupported"),
        (SENSE.format("def settings(self): raise ValueError('a secret')"), "ValueError: a secret"),
        (cortex("pass", name="x") + "    raise ValueError('after all')", "ValueError: after all"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_fails_alone_and_says_why(load, outsiders, source, reason):
    outsiders.install("bad", source)
    plugins = load("bad")
    if "already" in reason:  # whoever comes first in the config has the name
        plugins = load("well", "bad")
    state, why = states(plugins)["bad"]
    assert state is State.FAILED
    assert reason in why
    assert plugins.problems == []
    assert list(plugins.all[-1].cortexes or plugins.all[0].cortexes) == ["well"]
    assert "bad" not in plugins.senses | plugins.actuators


def test_a_plugin_whose_cortex_is_broken_registers_nothing_by_halves(load, outsiders):
    source = cortex("def __init__(self, options): raise ValueError('not I')", name="x")
    outsiders.install("bad", source + "\n@hookimpl\ndef register_senses(register):\n    register('nose', Sense)\n")
    plugins = load("bad")
    assert states(plugins)["bad"][0] is State.FAILED
    assert plugins.senses == {}
    assert plugins.all[0].cortexes == {}


def test_a_plugin_that_hangs_at_import_is_given_up(load, outsiders, monkeypatch):
    monkeypatch.setattr("cortex.loading.IMPORT_LIMIT", 0.2)
    outsiders.install("bad", "import threading\nthreading.Event().wait(60)")
    assert states(load("bad")) == {
        "bad": (State.FAILED, "outside_bad takes longer than 0.2 s to import"),
        "well": (State.STARTING, ""),
    }


def test_two_installed_plugins_of_one_name_are_both_named_and_neither_is_taken(load, outsiders):
    outsiders.install("twin", WELL.replace("'well'", "'twin'"))
    outsiders.install("twin", WELL.replace("'well'", "'twin'"), distribution="other-twin")
    state, why = states(load("twin"))["twin"]
    assert state is State.FAILED
    assert "outside_twin of outside_twin" in why
    assert "outside_other_twin of outside_other_twin" in why


def test_an_unknown_plugin_is_a_problem_with_line_and_the_nearest_name(load):
    (problem,) = load("greter").problems
    assert problem.startswith("bot.yaml:5: plugins.greter: no installed plugin has this name (did you mean 'greeter'?)")


def test_a_plugin_that_is_enabled_on_two_shelves_is_a_problem(load):
    (problem,) = load(senses={"well": None}).problems
    assert "this plugin is enabled a second time" in problem


OPTIONS = cortex(
    """
    class Options(BaseOptions):
        top: int = 3
        side: str = "left"
    """,
    name="picky",
)


def test_options_are_checked_and_handed_to_the_plugin(load, outsiders):
    outsiders.install("picky", OPTIONS)
    plugins = load(plugins={"picky": {"top": 5, "timeout": 2}})
    (picky,) = plugins.all[0].cortexes.values()
    assert (picky.options.top, picky.options.side) == (5, "left")
    assert plugins.all[0].limits.timeout == 2


def test_every_wrong_option_is_a_problem_with_its_line(load, outsiders):
    outsiders.install("picky", OPTIONS)
    found = load(plugins={"picky": {"tops": 5, "side": 1, "timeout": 0}}).problems
    assert [problem.partition(" (")[0] for problem in sorted(found)] == [
        "bot.yaml:6: plugins.picky.tops: unknown key 'tops'",
        "bot.yaml:7: plugins.picky.side: Expected `str`, got `int`; it is 1",
        "bot.yaml:8: plugins.picky.timeout: Expected `float` > 0.0; it is 0",
    ]


@pytest.mark.parametrize("options", [5, "text", ["a"], True])
def test_options_that_are_no_mapping_are_a_problem(load, options):
    (problem,) = load(plugins={"well": options}).problems
    assert problem == f"bot.yaml:5: plugins.well: expected options and their values, got {options!r}"


def test_a_sense_has_no_time_limit_to_set(load):
    (problem,) = load(senses={"vision": {"timeout": 5}}).problems
    assert "unknown key 'timeout'" in problem


def test_what_brings_no_cortex_works_at_once_and_a_cortex_has_to_start_first(load):
    plugins = load(senses={"vision": None})
    assert [(name, state) for name, (state, _) in states(plugins).items()] == [
        ("vision", State.WORKING),
        ("well", State.STARTING),
    ]


def test_the_page_finds_the_module_of_a_sense_beside_its_python_file(load, outsiders):
    source = """
        from cortex import Sense, hookimpl

        class Nose(Sense):
            client = "nose.js"

        class Skin(Sense):
            client = "/skin.js"

        @hookimpl
        def register_senses(register):
            register("nose", Nose)
            register("skin", Skin)
            register("gut", Sense)
        """
    outsiders.install("body", source)
    senses = load("body").senses
    assert module_url("nose", senses["nose"]) == "/modules/nose/nose.js"
    assert module_file(senses["nose"]) == outsiders.folder / "nose.js"
    assert (module_url("skin", senses["skin"]), module_file(senses["skin"])) == ("/skin.js", None)
    assert (module_url("gut", senses["gut"]), module_file(senses["gut"])) == (None, None)
