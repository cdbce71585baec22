"""The command `cortex` and its subcommands; what goes wrong becomes one line and an exit code."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import click

from cortex.cli.check import check
from cortex.cli.new import new
from cortex.cli.perceive import hear, see
from cortex.cli.plugins import plugins
from cortex.cli.run import run
from cortex.cli.schema import schema
from cortex.errors import ConfigError, CortexError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS = "cortex.commands"
"""The entry points through which plugins bring commands of their own."""


class Group(click.Group):
    """Our commands and those of plugins, whose modules are imported only when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_brought()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is None and (point := _brought().get(cmd_name)) is not None:
            try:
                command = point.load()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the plugin boundary: importing it runs any code
                command = _broken(cmd_name, f"{point.value} cannot be loaded: {type(error).__name__}: {error}")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CortexError as error:
            click.echo(str(error), err=True)
            ctx.exit(2 if isinstance(error, ConfigError) else 1)


def _brought() -> Mapping[str, Any]:
    return {point.name: point for point in entry_points(group=COMMANDS)}


def _broken(name: str, reason: str) -> click.Command:
    def fail() -> None:
        raise click.ClickException(reason)

    return click.Command(name, callback=fail, help=reason, add_help_option=False)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cortex-senses", prog_name="cortex")
def main() -> None:
    """A bot that can see, hear and speak."""


main.add_command(run)
main.add_command(see)
main.add_command(hear)
main.add_command(plugins)
main.add_command(check)
main.add_command(schema)
main.add_command(new)
