"""`python -m gitsm` is the command `gitsm`."""

from gitsm.cli import run

run()
