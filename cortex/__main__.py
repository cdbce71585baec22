"""`python -m cortex`: the command line."""

from cortex.cli import main

main(prog_name="cortex")
