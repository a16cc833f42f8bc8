"""How far a long work has come, for whoever waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def counted(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on the terminal; what is given is to be told how many more are done. In a log there is none."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr, update_min_steps=50) as bar:
        yield bar.update
