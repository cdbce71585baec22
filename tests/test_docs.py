"""The docs say what the code does."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import cortex
from cortex import hookspecs, messages
from cortex.arbiter import ArbiterSettings
from cortex.config import ServerSettings, load_config
from cortex.limits import Limits
from cortex.plugins import Plugins

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}


def keys(struct, prefix):
    for field in msgspec.structs.fields(struct):
        yield f"{prefix}{field.encode_name}"


def enabled():
    return Plugins(
        load_config(ROOT / "config.yaml", ["plugins.echo=", "senses.webhook=", "senses.clock=", "senses.feed="])
    ).all


def test_the_plugin_in_the_readme_and_in_the_tutorial_is_the_one_that_is_bundled():
    source = (ROOT / "plugins" / "cortex_greeter.py").read_text(encoding="utf-8")
    code = source[source.index("from cortex import") :].strip()
    assert code in DOCS["README.md"]
    assert code.replace('"greeter"', '"my_greeter"') in DOCS["plugins.md"]


def test_every_key_of_the_core_stands_in_config_md():
    named = [*keys(ServerSettings, "server."), *keys(ArbiterSettings, "arbiter."), *keys(Limits, "")]
    assert [key for key in named if f"| `{key}` |" not in DOCS["config.md"]] == []


def test_every_option_of_a_bundled_plugin_stands_in_its_docs():
    missing = []
    for door in ("senses", "actuators", "cortexes"):
        for plugin in enabled():
            for thing in getattr(plugin, door).values():
                for key in keys(type(thing.options), ""):
                    path = f"{'plugins' if door == 'cortexes' else door}.{plugin.name}.{key}"
                    own = DOCS.get(f"{plugin.name}.md", "")
                    if f"| `{path}` |" not in DOCS["config.md"] and f"| `{key}` |" not in own:
                        missing.append(path)
    assert missing == []


def test_every_public_name_stands_in_plugins_md():
    listed = DOCS["plugins.md"].partition("## Everything a plugin may import")[2]
    assert [name for name in cortex.__all__ if f"`{name}`" not in listed] == []


def test_every_hook_stands_in_plugins_md_with_its_arguments():
    hooks = [value for name, value in vars(hookspecs).items() if name.startswith("register_")]
    assert 1 <= len(hooks) <= 6
    for hook in hooks:
        signature = str(inspect.signature(hook)).replace("'", "")
        assert f"def {hook.__name__}{signature}: ..." in DOCS["plugins.md"]


@pytest.mark.parametrize("struct", messages.Outgoing.__args__)
def test_every_message_of_the_server_stands_in_wire_md(struct):
    tag = struct.__struct_config__.tag
    if tag is not None:
        assert f"`{tag}`" in DOCS["wire.md"]
    for field in msgspec.structs.fields(struct):
        assert field.name == "action" or re.search(rf"`{field.name}`|\"{field.name}\"", DOCS["wire.md"]), field.name


@pytest.mark.parametrize("struct", [messages.Hello, messages.Report])
def test_every_message_of_a_client_stands_in_wire_md(struct):
    for field in msgspec.structs.fields(struct):
        assert f"`{field.name}`" in DOCS["wire.md"]


def test_every_error_code_stands_in_wire_md_and_none_besides():
    code = r'(?:WireError|StimulusError|problem)\(\s*"([a-z-]+)"'
    sources = [path for folder in ("cortex", "senses") for path in (ROOT / folder).rglob("*.py")]
    raised = {found for path in sources for found in re.findall(code, path.read_text(encoding="utf-8"))}
    table = DOCS["wire.md"][DOCS["wire.md"].index("### `error`") :]
    assert raised == set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_reference_md_is_what_the_code_says():
    module = script("reference_docs")
    assert DOCS["reference.md"] == module.page(), "run `make docs`"
    assert sorted(name for names in module.GROUPS.values() for name in names) == cortex.__all__


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_cli_md_is_what_the_commands_say():
    # In a process of its own: click keeps the help option that a command was first asked for.
    code = "import runpy; print(runpy.run_path('scripts/cli_docs.py')['page'](), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == DOCS["cli.md"], "run `make docs`"


def test_every_link_in_the_docs_leads_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    links = [
        (path, target) for path in pages for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    ]
    local = [(path, target) for path, target in links if "://" not in target]
    assert len(local) > 10
    assert [f"{path.name}: {target}" for path, target in local if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "plugins.md", "events.md", "testing.md"])
def test_every_python_example_runs(page):
    for example in re.findall(r"^```python\n(.*?)^```", DOCS[page], re.MULTILINE | re.DOTALL):
        if "-> None: ..." not in example:
            exec(compile(example, page, "exec"), {"__name__": "example"})
