"""`cortex plugins` and `cortex plugins show` as a person types them."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.outsiders import cortex
from tests.support.server import Server, run_cortex, write_config

PICKY = '''
"""Is hard to please.

This line is not shown.
"""

from typing import Annotated, Literal

import msgspec

from cortex import Action, Actuator, BaseOptions, Cortex, Sense, hookimpl

cortex_api = "1.1"


class Certificate(msgspec.Struct):
    cert: str = ""
    """Path of the certificate."""


class Picky(Cortex):
    """Likes little."""

    perceives = {"vision", "hearing"}

    class Options(BaseOptions):
        token: str
        """What it says at the door."""
        top: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
        """How many it likes."""
        side: Literal["left", "right"] = "left"
        names: list[str] = []
        """Whom it likes."""
        tls: Certificate | None = None
        """How it is safe."""


class Nose(Sense):
    """Smells."""

    client = "nose.js"

    async def run(self, emit):
        pass


class Buzz(Action, frozen=True, tag="buzz"):
    ms: int = 200


class Buzzer(Actuator):
    """Buzzes."""

    carries = (Buzz,)


@hookimpl
def register_cortexes(register):
    register("picky", Picky)


@hookimpl
def register_senses(register):
    register("nose", Nose)


@hookimpl
def register_actuators(register):
    register("buzzer", Buzzer)
'''

TOKEN = "hunter2-is-my-token"


@pytest.fixture(name="run")
def _run(tmp_path, outsiders, monkeypatch):
    """Run the command in an empty folder; return its exit code, what it printed, and its errors."""
    monkeypatch.setenv("TOKEN", TOKEN)

    def run(*arguments):
        done = run_cortex(*arguments, outsiders=outsiders, cwd=tmp_path)
        assert "Traceback" not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture(name="picky")
def _picky(outsiders):
    outsiders.install("picky", PICKY)


@pytest.fixture(name="robin")
def _robin(tmp_path):
    """A plugin in a folder of plugins, that the config names."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "robin.py").write_text(cortex("pass", name="robin"))
    return ["--set", "plugin_dirs=[mine]"]


# The list


def test_the_list_tells_what_is_enabled_what_is_there_and_where_it_is_from(run, tmp_path, outsiders, robin):
    outsiders.install("bad", "import nowhere_to_be_found")
    (outsiders.folder / "acme_bots").mkdir()
    (outsiders.folder / "acme_bots" / "greeter.py").write_text(cortex("pass", name="acme"))
    config = write_config(tmp_path, "bad", "acme_bots.greeter")
    code, out, err = run("plugins", "--json", "--config", str(config), *robin)
    assert (code, err) == (0, "")
    rows = {row["name"]: row for row in json.loads(out)}
    said = {name: (row["state"], row["module"], row["from"]) for name, row in rows.items()}
    assert said["bad"] == ("failed", "outside_bad", "outside_bad 0.1")
    assert said["acme_bots.greeter"] == ("working", "acme_bots.greeter", "the module acme_bots.greeter")
    assert said["robin"] == ("available", "cortex_plugin_dirs.mine.robin", "mine/robin.py")
    assert said["echo"][:2] == ("available", "cortex_echo")
    assert re.fullmatch(r"cortex-senses \S+", said["echo"][2])
    assert "nowhere_to_be_found" in rows["bad"]["reason"]


def test_the_list_is_a_table_for_people(run, tmp_path, outsiders, robin):
    outsiders.install("bad", "import nowhere_to_be_found")
    code, out, _ = run("plugins", "--config", str(write_config(tmp_path, "bad", "robin")), *robin)
    assert code == 0
    assert re.search(r"^ *plugin +state +from +why", out)
    assert re.search(r"bad +failed +outside_bad 0\.1 +it needs 'nowhere_to_be_found'", out)
    assert re.search(r"robin +working +mine/robin\.py", out)
    assert "no server of this config is running" in out


def test_a_running_server_is_asked_for_rate_time_and_calls_left(run, tmp_path, outsiders):
    config = str(write_config(tmp_path, plugins={"echo": {"max_calls_per_day": 100, "on": "ask"}}))
    server = Server(tmp_path, outsiders, "--config", config)
    try:
        port = ["--config", config, "--set", f"server.port={server.port}"]
        code, out, _ = run("plugins", "--json", *port)
        _, table, _ = run("plugins", *port)
    finally:
        server.end()
    row = next(row for row in json.loads(out) if row["name"] == "echo")
    assert (code, row["calls_left"], row["limits"]["on"]) == (0, 100, "ask")
    assert {"rate", "median_ms"} <= row.keys()
    assert "as the running server has them" in table
    assert re.search(r"calls left", table)
    assert re.search(r"echo +working .*100", table)


def test_a_secret_in_a_reason_is_not_shown(run, tmp_path, outsiders):
    options = "class Options(BaseOptions):\n    token: str\n"
    start = "def start(self): raise ModelError(f'{self.options.token} is refused')"
    outsiders.install("bad", cortex(options + start, name="bad"))
    config = str(write_config(tmp_path, plugins={"bad": {"token": {"$env": "TOKEN"}}}))
    assert "*** is refused" in run("plugins", "--config", config)[1]
    assert "*** is refused" in run("plugins", "--json", "--config", config)[1]


# One of them


def test_show_tells_what_a_plugin_is_and_what_it_registers(run, picky, tmp_path):
    config = write_config(tmp_path, plugins={"picky": {"top": 5, "names": ["a", {"$env": "TOKEN"}], "token": "plain"}})
    code, out, err = run("plugins", "show", "picky", "--config", str(config))
    assert (code, err) == (0, "")
    assert out.startswith("picky: Is hard to please.\n")
    for line in (
        r"from +outside_picky of outside_picky 0\.1",
        r"plugin API +1\.1; this Cortex has \d+\.\d+",
        r"enabled +yes, under plugins",
        r"sense +nose: in the browser \(nose\.js\), on the server",
        r"cortex +picky: perceives hearing, vision",
        r"actuator +buzzer: carries buzz",
        r"top +integer from 1 to 10 \(default 3, set to 5\) *\n +How many it likes\.",
        r"side +one of: left, right \(default left\) *\n",
        r"names +list of text \(default \[\], set to \[\"a\", \"\*\*\*\"\]\) *\n +Whom it likes\.",
        r"tls\.cert +text \(default \"\"\) *\n +Path of the certificate\.",
        r"token +text \(required, set to plain\) *\n +What it says at the door\.",
        r"timeout +number above 0, or nothing \(default none\) *\n +Seconds that it may think",
        r"max_rate +number above 0, or nothing \(default none\) *\n",
    ):
        assert re.search(line, out), line
    assert "This line is not shown" not in out


def test_show_json_is_for_programs(run, picky, tmp_path):
    config = write_config(tmp_path, plugins={"picky": {"token": {"$env": "TOKEN"}, "tls": {"cert": "a.pem"}}})
    code, out, _ = run("plugins", "show", "picky", "--json", "--config", str(config))
    shown = json.loads(out)
    options = {option.pop("key"): option for option in shown.pop("options")}
    assert code == 0
    assert shown == {
        "name": "picky",
        "about": "Is hard to please.",
        "module": "outside_picky",
        "from": "outside_picky 0.1",
        "place": "outside_picky of outside_picky 0.1",
        "distribution": "outside_picky",
        "version": "0.1",
        "api": "1.1",
        "enabled": "plugins",
        "senses": {"nose": {"about": "Smells.", "client": "nose.js", "on_server": True, "posts": False, "like": None}},
        "cortexes": {"picky": {"about": "Likes little.", "perceives": ["hearing", "vision"]}},
        "actuators": {"buzzer": {"about": "Buzzes.", "carries": ["buzz"]}},
    }
    assert options["top"] == {
        "type": "integer from 1 to 10",
        "required": False,
        "default": 3,
        "help": "How many it likes.",
    }
    assert options["token"]["value"] == "***"
    assert options["tls.cert"]["value"] == "a.pem"
    assert {"timeout", "max_rate", "max_calls_per_day", "on"} <= options.keys()


def test_options_may_stand_before_show_too(run, picky, tmp_path):
    config = write_config(tmp_path, plugins={"picky": {"top": 5}})
    _, out, _ = run("plugins", "--json", "--config", str(config), "--set", "plugins.picky.top=6", "show", "picky")
    assert next(option["value"] for option in json.loads(out)["options"] if option["key"] == "top") == 6


@pytest.mark.parametrize("name", ["vision", "hearing", "display", "voice", "dialogue", "classifier", "greeter"])
def test_every_bundled_plugin_can_be_shown(run, name):
    code, out, err = run("plugins", "show", name)
    assert (code, err) == (0, "")
    assert re.match(rf"{name}: \w", out)


def test_a_plugin_that_is_not_enabled_can_be_shown_and_enables_no_other(run, tmp_path, outsiders, robin):
    outsiders.install("bad", "print('imported')")
    code, out, _ = run("plugins", "show", "robin", "--config", str(write_config(tmp_path, "bad")), *robin)
    assert code == 0
    assert re.search(r"enabled +no", out)
    assert re.search(r"plugin API +any", out)
    assert "mine/robin.py" in out.replace("\n", "")
    assert "imported" not in out


def test_a_plugin_is_shown_by_the_name_of_its_module(run, outsiders):
    (outsiders.folder / "acme_bots").mkdir()
    (outsiders.folder / "acme_bots" / "greeter.py").write_text('"""Greets."""\n' + cortex("pass", name="acme"))
    code, out, _ = run("plugins", "show", "acme_bots.greeter")
    assert code == 0
    assert out.startswith("acme_bots.greeter: Greets.")


def test_an_unknown_plugin_is_wrong_use_and_the_nearest_is_proposed(run):
    code, out, err = run("plugins", "show", "greter")
    assert (code, out) == (2, "")
    assert err == "Error: there is no plugin 'greter' (did you mean 'greeter'?); `cortex plugins` lists them\n"


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("bad", "import nowhere_to_be_found", "bad: it needs 'nowhere_to_be_found', which is not installed"),
        ("bad", "1 / 0", "bad: ZeroDivisionError: division by zero"),
        ("bad", "import sys; sys.exit(3)", "bad: SystemExit: 3"),
        ("bad", "cortex_api = '9.0'", "was written for the plugin API 9.0"),
        ("bad", "", "registers nothing"),
        ("nowhere.to.be.found", "", "there is no module nowhere.to.be.found"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_a_failure_with_its_reason(run, outsiders, name, source, reason):
    outsiders.install("bad", source)
    code, out, err = run("plugins", "show", name)
    assert (code, out) == (1, "")
    assert reason in err
    assert len(err.splitlines()) == 1


def test_a_config_with_problems_still_shows_a_plugin(run, tmp_path):
    (tmp_path / "config.yaml").write_text(
        "server: {port: many}\nplugins: {classifier: {model: {$env: NO_SUCH_MODEL}}}\n"
    )
    code, out, _ = run("plugins", "show", "classifier", "--json")
    assert code == 0
    assert (
        next(each["value"] for each in json.loads(out)["options"] if each["key"] == "model") == "{$env: NO_SUCH_MODEL}"
    )
