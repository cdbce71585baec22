"""Write docs/cli.md: what every command says of itself. `make docs` calls it; a test holds the file against it."""

from __future__ import annotations

from pathlib import Path

import click

from cortex.cli import main

HEAD = """# The command line

Exit codes: 0, 1 for a failure, 2 for wrong use or a wrong config. What goes wrong is said in one line on standard
error. `make docs` writes this page.
"""


def page() -> str:
    """Return the page."""
    width = {"max_content_width": 100, "terminal_width": 100}
    context = click.Context(main, info_name="cortex", **width, **main.context_settings)  # type: ignore[arg-type]
    parts = [HEAD, *_help(context, main)]
    return "\n".join(parts)


def _help(context: click.Context, command: click.Command) -> list[str]:
    parts = [f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                child = click.Context(inner, parent=context, info_name=name, max_content_width=100, terminal_width=100)
                parts += _help(child, inner)
    return parts


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "cli.md").write_text(page(), encoding="utf-8")
