"""`cortex new`: a small complete plugin to begin with, and the two lines that try it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from cortex.config import load_config
from cortex.doors import Doors
from cortex.errors import CortexError
from cortex.scaffold.names import check_free, spell
from cortex.scaffold.plan import plan_file, plan_package
from cortex.scaffold.writing import write_new

if TYPE_CHECKING:
    from cortex.scaffold.plan import Kind

PLUGIN_DIR = "my_plugins"
RUN = "cortex run --open"


class Trial(NamedTuple):
    """How one tries what a template does."""

    door: str
    """The section of config.yaml that it is enabled in."""
    sentence: str
    """What the bot does something about; empty where it takes a browser."""
    advice: str
    """What to do on the page."""


TRIALS: dict[Kind, Trial] = {
    "cortex": Trial("plugins", "who are you?", 'Ask it "who are you?"; show it something.'),
    "sense": Trial("senses", "", 'On the page, press "Wake me", and rub the pointer to and fro.'),
    "actuator": Trial("actuators", "hooray", 'On the page, press "Wake me", and type "hooray".'),
}


@click.command(no_args_is_help=True)
@click.argument("kind", type=click.Choice([*TRIALS]))
@click.argument("name")
@click.option("--file", "as_file", is_flag=True, help="Make one file and its test in a plugin folder, not a package.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where to make it. Default: this folder; with --file, the first of the config's plugin_dirs, or my_plugins.",
)
def new(kind: Kind, name: str, as_file: bool, into: Path | None) -> None:
    """Make a new plugin: a cortex (thinks), a sense (perceives) or an actuator (acts).

    It is a package that pip installs, in a new folder NAME: code, options, a test that passes, a README; of a sense or
    an actuator also the half in the browser. NAME takes letters, digits, - and _. No file that is there already is
    touched. The last two lines that are printed try it.
    """
    folders = load_config().plugin_dirs if Path("config.yaml").is_file() else ()
    place = into or (Path(_near(folders[0])) if as_file and folders else Path(PLUGIN_DIR if as_file else "."))
    try:
        spelt = spell(name)
        doors = Doors({*folders, place.absolute()} if as_file else folders)
        check_free(spelt, {plugin: found[0].place for plugin, found in doors.available().items()})
        files = plan_file(kind, spelt) if as_file else plan_package(kind, spelt)
        root = place if as_file else place / spelt.folder
        if not as_file and (root.exists() or root.is_symlink()):
            raise FileExistsError(f"{root} is there already")
        write_new({root / path: text for path, text in files.items()})
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise CortexError(f"{error.filename or place}: {error.strerror or error}; nothing was made") from error
    for path in files:
        click.echo(root / path)
    more = f"Its tests: pytest {_quote(_near(root))}" if as_file else "Its README tells more."
    click.echo(f"\n{TRIALS[kind].advice} {more}\n")
    for line in _trial(kind, spelt.module, root, folders if as_file else None):
        click.echo(line)


def _trial(kind: Kind, module: str, root: Path, folders: tuple[Path, ...] | None) -> tuple[str, str]:
    """Return the two lines that try a plugin; `folders` are those of the config, for one that is no package."""
    trial = TRIALS[kind]
    enable = f"--set {trial.door}.{module}="
    hear = f'cortex hear "{trial.sentence}"'
    if folders is None:
        return (
            f"pip install -e {_quote(str(root))}",
            f"{hear} --only {module}" if kind == "cortex" else f"{RUN} {enable}",
        )
    find = "" if root.absolute() in folders else f"--set {_quote(f'plugin_dirs=[{_dirs(root, folders)}]')} "
    check = f"{hear} {find}--only {module}" if trial.sentence else f"cortex check {find}{enable}"
    return check, f"{RUN} {find}{enable}"


def _dirs(root: Path, folders: tuple[Path, ...]) -> str:
    """Return a plugin folder, and those of the config before it, as YAML."""
    near = map(_near, (*(folder for folder in folders if folder.is_dir()), root))
    return ", ".join(json.dumps(each) if re.search(r"[^\w./-]", each) else each for each in near)


def _near(path: Path) -> str:
    """Return a path as one would type it here."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _quote(text: str) -> str:
    """Quote a text for a shell: with double quotes, as every shell has them, where those will do."""
    if re.fullmatch(r"[\w./:\\-]+", text):
        return text
    return shlex.quote(text) if re.search(r'["$`!\\]', text) else f'"{text}"'
