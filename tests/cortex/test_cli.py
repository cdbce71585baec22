"""The command `cortex` as a person types it: what it prints, and its exit codes."""

from __future__ import annotations

import json
import re
import socket

import pytest

from tests.support.outsiders import COLOURS, cortex
from tests.support.pictures import picture
from tests.support.server import run_cortex, write_config


@pytest.fixture(name="run")
def _run(tmp_path, outsiders):
    """Run the command in an empty folder; return its exit code, the lines it printed, and those of its errors."""

    def run(*arguments):
        done = run_cortex(*arguments, outsiders=outsiders, cwd=tmp_path)
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()

    return run


@pytest.fixture(name="config")
def _config(tmp_path, outsiders):
    """A config with the plugin that names colours, and the echo."""
    outsiders.install("colours", COLOURS)
    return ["--config", str(write_config(tmp_path, "colours", "echo", "greeter"))]


@pytest.fixture(name="images")
def _images(tmp_path):
    for name in ("red", "green", "blue"):
        (tmp_path / f"{name}.png").write_bytes(picture(name, "PNG"))
    (tmp_path / "broken.jpg").write_bytes(picture()[:100])
    return tmp_path


# see


def test_see_prints_what_is_seen_of_each_image(run, config, images):
    code, out, err = run("see", "red.png", "blue.png", *config)
    assert (code, err) == (0, [])
    assert re.match(r"red\.png: red \(86%\), ", out[0])
    assert out[1] == "red.png: “I see red.”"
    assert out[2].startswith("blue.png: blue (86%), ")


def test_see_json_prints_one_object_a_line(run, config, images):
    code, out, err = run("see", "red.png", "green.png", "blue.png", "--json", *config)
    assert (code, err) == (0, [])
    seen = [json.loads(line) for line in out]
    assert [row["image"] for row in seen] == ["red.png", "green.png", "blue.png"]
    for row, name in zip(seen, ("red", "green", "blue"), strict=True):
        show = row["actions"][0]
        assert show["type"] == "show"
        assert show["labels"][0]["name"] == name
        assert 0.7 < show["labels"][0]["score"] < 0.9
        assert {"decode", "infer"} <= set(row["ms"])


def test_a_bad_image_among_good_ones_is_told_and_the_rest_goes_on(run, config, images):
    code, out, err = run("see", "red.png", "broken.jpg", "nowhere.png", ".", "blue.png", "--json", *config)
    assert code == 1
    assert [json.loads(line)["image"] for line in out if json.loads(line)["actions"]] == ["red.png", "blue.png"]
    assert err[0].startswith("broken.jpg: this is no JPEG, PNG or WebP picture")
    assert err[1] == "nowhere.png: No such file or directory"
    assert err[2] == ".: Is a directory"


def test_see_json_prints_a_line_too_where_nothing_is_to_be_done(run, images, tmp_path, outsiders):
    outsiders.install(
        "calm", cortex("async def perceive(self, frame, session): pass", name="calm", perceives="{'vision'}")
    )
    code, out, _ = run("see", "red.png", "--json", "--config", str(write_config(tmp_path, "calm")))
    assert (code, [json.loads(line) for line in out]) == (0, [{"image": "red.png", "actions": [], "ms": {}}])


def test_see_without_a_cortex_that_looks_is_wrong_use(run, images, tmp_path):
    code, out, err = run("see", "red.png", "--config", str(write_config(tmp_path, "echo")))
    assert (code, out, err) == (2, [], ["no enabled plugin perceives 'vision'"])


def test_see_without_the_sense_is_wrong_use(run, images, tmp_path):
    code, _, err = run("see", "red.png", "--config", str(write_config(tmp_path, "echo", senses={"reading": None})))
    assert (code, err) == (2, ["the sense 'vision' is not enabled"])


def test_see_with_a_cortex_that_failed_to_start_says_why(run, images, tmp_path, outsiders):
    body = "def start(self): raise ModelError('there is no model x.tflite')"
    outsiders.install("bad", cortex(body, name="bad", perceives="{'vision'}"))
    code, out, err = run("see", "red.png", "--config", str(write_config(tmp_path, "bad")))
    assert (code, out, err) == (2, [], ["bad: there is no model x.tflite"])


def test_see_with_a_cortex_that_raises_is_a_failure(run, images, tmp_path, outsiders):
    body = "def perceive(self, frame, session): raise ValueError('I will not')"
    outsiders.install("bad", cortex(body, name="bad", perceives="{'vision'}"))
    code, out, err = run("see", "red.png", "blue.png", "--config", str(write_config(tmp_path, "bad")))
    assert (code, out) == (1, [])
    assert err == ["red.png: bad: ValueError: I will not", "blue.png: bad: ValueError: I will not"]


# hear


def test_hear_prints_the_answer(run, config):
    assert run("hear", "hello there", *config) == (
        0,
        ["hello there: “hello there”", "hello there: “Hello! Show me something.”"],
        [],
    )


def test_hear_json_prints_the_actions(run, config):
    code, out, _ = run("hear", "ça va", "--json", *config)
    heard = json.loads(out[0])
    assert (code, heard["text"]) == (0, "ça va")
    assert heard["actions"] == [{"type": "say", "text": "ça va", "cortex": "echo"}]
    assert "ça" in out[0]


def test_hear_without_an_answer_says_so(run, tmp_path):
    assert run("hear", "mumble", "--config", str(write_config(tmp_path, "greeter"))) == (0, ["(no answer)"], [])


def test_only_one_plugin_is_asked_enabled_or_not(run, config, images):
    assert run("hear", "hello", "--only", "greeter", *config)[:2] == (0, ["hello: “Hello! Show me something.”"])
    code, out, _ = run("hear", "hello", "--only", "greeter", "--only", "echo", *config)
    assert (code, sorted(out)) == (0, ["hello: “Hello! Show me something.”", "hello: “hello”"])
    assert run("see", "red.png", "--only", "colours", *config)[1][1] == "red.png: “I see red.”"
    assert run("hear", "open your eyes", "--only", "dialogue", *config)[1] == ["open your eyes: “My eyes are open.”"]


def test_only_one_plugin_that_does_not_perceive_it_or_is_not_there_is_wrong_use(run, config, images):
    code, out, err = run("see", "red.png", "--only", "greeter", *config)
    assert (code, out, err) == (2, [], ["no enabled plugin perceives 'vision'"])
    code, out, err = run("hear", "hello", "--only", "greter", *config)
    assert (code, out) == (2, [])
    assert err[0].startswith("--only greter: no installed plugin has this name (did you mean 'greeter'?)")


def test_with_only_what_is_wrong_with_others_does_not_count(run, images, tmp_path, outsiders):
    outsiders.install("colours", COLOURS)
    senses = {
        "vision": None,
        "hearing": None,
        "webhook": {"hooks": {"door": {"token": {"$env": "CORTEX_MISSING"}}}},
        "clock": {"alarms": 5},
    }
    wrong = {"classifier": {"tpo": 5}, "herald": {"senses": {"$env": "CORTEX_MISSING"}}, "colours": None}
    config = ["--config", str(write_config(tmp_path, senses=senses, plugins=wrong))]
    assert run("hear", "hello", *config)[0] == 2
    assert run("hear", "hello", "--only", "greeter", *config) == (0, ["hello: “Hello! Show me something.”"], [])
    assert run("see", "red.png", "--only", "colours", *config)[1][1] == "red.png: “I see red.”"
    code, _, (error,) = run("hear", "hello", "--only", "herald", *config)
    assert (code, "CORTEX_MISSING is not set" in error) == (2, True)
    code, _, (error,) = run("see", "red.png", "--only", "colours", "--set", "senses.vision.fps=x", *config)
    assert (code, error.startswith("--set senses.vision.fps=x: senses.vision.fps: Expected")) == (2, True)


def test_see_and_hear_show_no_secret_that_a_plugin_tells(run, tmp_path, outsiders, monkeypatch):
    monkeypatch.setenv("CORTEX_PIN", "98765432")
    body = """
    class Options(BaseOptions):
        pin: int

    async def perceive(self, stimulus, session):
        yield Say(f"The pin is {self.options.pin}.")
        yield Show((Label(str(self.options.pin), 0.5),))
    """
    outsiders.install("talker", cortex(body, name="talker"))
    config = ["--config", str(write_config(tmp_path, plugins={"talker": {"pin": {"$env": "CORTEX_PIN"}}}))]
    code, out, _ = run("hear", "hello", *config)
    assert (code, out) == (0, ["hello: “The pin is ***.”", "hello: *** (50%)"])
    code, out, _ = run("hear", "hello", "--json", *config)
    assert (code, "98765432" in out[0]) == (0, False)
    assert json.loads(out[0])["actions"][0]["text"] == "The pin is ***."


def test_hear_nothing_is_a_failure(run, config):
    code, _, err = run("hear", " ", *config)
    assert (code, err) == (1, ["' ': the sentence is empty"])


# plugins


def test_check_says_that_a_config_is_fine(run, config):
    code, out, err = run("check", *config)
    assert (code, err) == (0, [])
    assert out[0].endswith("bot.yaml: fine, 8 plugins enabled")


def test_check_prints_every_problem_and_exits_with_2(run, tmp_path):
    text = "server:\n  prot: 1\nplugins:\n  greter:\n  dialogue: {patience: long, timout: 1}\n  echo: 5\n"
    (tmp_path / "config.yaml").write_text(text)
    code, out, err = run("check")
    assert (code, out) == (2, [])
    assert [line.partition(": ")[0] for line in err] == ["config.yaml:2", "config.yaml:4"] + ["config.yaml:5"] * 2 + [
        "config.yaml:6"
    ]
    assert "did you mean 'port'?" in err[0]
    assert "did you mean 'greeter'?" in err[1]
    assert "plugins.dialogue.timout: unknown key 'timout' (did you mean 'timeout'?)" in "\n".join(err[2:4])
    assert "plugins.dialogue.patience: Expected `float`" in "\n".join(err[2:4])


def test_check_exits_with_1_where_a_plugin_cannot_be_loaded(run, tmp_path, outsiders):
    outsiders.install("bad", "import nowhere_to_be_found")
    code, out, err = run("check", "--config", str(write_config(tmp_path, "bad")))
    assert (code, out) == (1, [])
    assert err == ["bad: it needs 'nowhere_to_be_found', which is not installed: install the package that brings it"]


def test_check_tells_of_one_that_nobody_tells_anything(run, tmp_path):
    lonely = {"llm": {"model": "gemma"}}
    code, out, err = run("check", "--config", str(write_config(tmp_path, plugins=lonely)))
    assert (code, err) == (0, ["llm: no enabled plugin tells it what sentences mean: enable `dialogue`"])
    code, out, err = run("check", "--config", str(write_config(tmp_path, plugins={**lonely, "dialogue": None})))
    assert (code, err) == (0, [])
    assert out[0].endswith("fine, 7 plugins enabled")  # with the senses and the actuators


# run, where it does not


@pytest.mark.parametrize("command", ["run", "check", "plugins", "see x.png", "hear x"])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no such file"),
        ("server: [", "this is not YAML"),
        ("plugins: {greter: }", "did you mean 'greeter'"),
    ],
    ids=["missing", "broken", "wrong"],
)
def test_a_config_that_is_missing_broken_or_wrong_is_one_line_and_exit_code_2(run, tmp_path, command, text, problem):
    if text is not None:
        (tmp_path / "bot.yaml").write_text(text)
    code, out, err = run(*command.split(), "--config", "bot.yaml")
    assert (code, out, len(err)) == (2, [], 1)
    assert err[0].startswith("bot.yaml")
    assert problem in err[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_port_that_is_taken_is_one_line_and_exit_code_2(run, config, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = run("run", "--host", host, "--port", str(port), *config)
    assert (code, out) == (2, [])
    assert err == [
        f"cannot listen on {host}:{port}: Address already in use; another program has it: choose one with --port"
    ]


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.1"])
def test_a_host_that_is_not_of_this_machine_is_one_line_and_exit_code_2(run, config, host):
    code, out, err = run("run", "--host", host, "--port", "0", *config)
    assert (code, out, len(err)) == (2, [], 1)
    assert host in err[0]


@pytest.mark.parametrize(
    "arguments",
    [["dance"], ["see"], ["hear"], ["run", "--port", "many"], ["run", "--port", "70000"], ["check", "--nonsense"], []],
)
def test_wrong_use_is_exit_code_2(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert "Usage: cortex" in "\n".join(err)


def test_set_overrides_the_config(run, config):
    code, _, err = run("check", *config, "--set", "server.port=many", "--set", "plugins.echo.x=1")
    assert code == 2
    assert err[0].startswith("--set server.port=many: server.port: ")
    assert err[1].startswith("--set plugins.echo.x=1: plugins.echo.x: ")


def test_version_and_help(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.fullmatch(r"cortex, version \d+\.\d+\.\d+\S*", out[0])
    code, out, _ = run("-h")
    assert code == 0
    assert {"run", "see", "hear", "plugins", "check", "models"} <= {line.split()[0] for line in out if line.strip()}


def test_a_command_that_a_broken_plugin_brings_breaks_only_itself(run, outsiders):
    outsiders.install("rotten", "1 / 0")
    points = outsiders.folder / "outside_rotten-0.1.dist-info" / "entry_points.txt"
    points.write_text("[cortex.commands]\nrotten = outside_rotten:command\n")
    assert run("--help")[0] == 0
    code, _, err = run("rotten")
    assert code == 1
    assert "outside_rotten:command cannot be loaded: ZeroDivisionError" in err[-1]
