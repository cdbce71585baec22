"""The command `cortex`."""

from cortex.cli.group import main

__all__ = ["main"]
