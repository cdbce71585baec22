"""How the bot of the fixture comes by its plugins, and what it says of those that cannot be."""

from __future__ import annotations

import sys

import pytest

import cortex_greeter
from cortex import ConfigError, Label, PluginError, Show
from cortex.testing import pictures
from tests.testing.cortexes import GREETING, Looker, Repeater


async def test_a_plugin_is_loaded_by_its_name_and_answers(bot):
    await bot.load("greeter")
    await bot.hear("hello")
    assert bot.said == bot.answers == [GREETING]
    assert bot.remarks == bot.shown == bot.problems == []


async def test_a_plugin_is_loaded_as_a_module(bot):
    await bot.load(cortex_greeter)
    await bot.read("Hello")
    assert bot.said == [GREETING]


async def test_a_plugin_is_loaded_as_a_class_with_options(bot):
    await bot.load(Looker, top=2)
    await bot.see(pictures.white())
    assert bot.shown == [Show((Label("255.0", 1.0),), text="xx")]
    assert bot.remarks == ["Brightness 255."]


class Greeter(Repeater):
    """Has the name of a bundled plugin."""


async def test_a_class_may_have_the_name_of_an_installed_plugin(bot):
    await bot.load(Greeter)
    await bot.read("hello")
    assert bot.said == ["hello"]
    assert bot.deeds[0].cortex == "greeter"


async def test_several_plugins_are_loaded_one_after_the_other(bot):
    await bot.load("greeter")
    await bot.load(Repeater)
    await bot.load(Looker, "eyes")
    assert [status.name for status in bot.statuses][-3:] == ["greeter", "repeater", "eyes"]
    await bot.read("hello")
    assert sorted(bot.said) == [GREETING, "hello"]


async def test_a_dotted_module_is_found_round_the_test(bot, tmp_path, monkeypatch):
    monkeypatch.setattr(bot._recipe, "_folders", (tmp_path,))
    (tmp_path / "outside_acme").mkdir()
    source = "from cortex import *\nclass C(Cortex): pass\n@hookimpl\ndef register_cortexes(r):\n r('c', C)\n"
    (tmp_path / "outside_acme" / "bots.py").write_text(source.replace("(r)", "(register)").replace(" r(", " register("))
    before = list(sys.path)
    await bot.load("outside_acme.bots")
    assert bot.statuses[-1].name == "outside_acme.bots"
    await bot.stop()
    assert sys.path == before


async def test_a_plugin_that_there_is_not_suggests_the_nearest(bot):
    with pytest.raises(ConfigError, match=r"config\.yaml:\d+: plugins\.greter: no installed .*did you mean 'greeter'"):
        await bot.load("greter")


async def test_a_wrong_option_is_the_error_of_the_config(bot):
    with pytest.raises(ConfigError, match=r"plugins\.looker\.tap: .*did you mean 'top'"):
        await bot.load(Looker, tap=2)
    with pytest.raises(ConfigError, match=r"plugins\.looker\.top: .*>= 1"):
        await bot.load(Looker, top=0)
    await bot.load(Looker, top=1)
    await bot.see(pictures.black())
    assert len(bot.shown) == 1


async def test_options_of_a_bundled_sense_stand_in_its_own_section(bot):
    with pytest.raises(ConfigError, match=r"senses\.vision\.fsp: .*did you mean 'fps'"):
        await bot.load("vision", fsp=5)
    await bot.load("vision", fps=5)
    assert bot.core.plugins.senses["vision"].settings()["fps"] == 5


async def test_a_section_of_the_config_can_be_set_and_is_checked(bot):
    with pytest.raises(ConfigError, match=r"arbiter\.stabel"):
        bot.configure(arbiter={"stabel": 3})


async def test_what_is_no_plugin_is_refused(bot):
    with pytest.raises(TypeError, match="neither a plugin's name nor its module"):
        await bot.load(int)
    with pytest.raises(PluginError, match="registers nothing"):
        await bot.load(sys.modules[__name__])


async def test_a_plugin_that_cannot_be_loaded_says_why(bot, outsiders, caplog):
    outsiders.install("rotten", "raise OSError('the disk is full')")
    with pytest.raises(PluginError, match="rotten cannot be loaded: OSError: the disk is full"):
        await bot.load("rotten")
    assert "Traceback" in caplog.text


class Unstartable(Repeater):
    def start(self):
        raise PluginError("the model is missing")


async def test_a_plugin_that_does_not_start_says_why_and_the_others_go_on(bot):
    await bot.load(Unstartable)
    await bot.load("greeter")
    with pytest.raises(PluginError, match="unstartable did not start: the model is missing"):
        await bot.start()
    await bot.hear("hello")
    assert bot.said == [GREETING]


async def test_nothing_is_loaded_once_it_has_started(bot):
    await bot.start()
    with pytest.raises(RuntimeError, match="load comes before"):
        await bot.load("greeter")


LIVES: list[str] = []


class Alive(Repeater):
    async def start(self):
        LIVES.append("start")

    def join(self, session):
        LIVES.append("join")

    async def stop(self):
        LIVES.append("stop")


async def test_a_plugin_is_started_and_joined_once_however_many_are_loaded(bot):
    LIVES.clear()
    await bot.load(Alive)
    await bot.load("greeter")
    bot.session.language = "fr"
    assert LIVES == []
    await bot.read("a")
    assert LIVES == ["start", "join"]
    await bot.stop()
    assert LIVES == ["start", "join", "stop"]
