"""How a report is shown, one file for each format: its name is the file's.

A format is a function `render(report, *, colour, width)` that yields lines. Names of files, messages and
hints quote what strangers wrote: whatever may reach a terminal goes through `terminal.safe` first.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from gitsm.lint import Report

Render = Callable[..., Iterator[str]]


def names() -> list[str]:
    """The formats that there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def render(name: str, report: Report, *, colour: bool = False, width: int = 80) -> Iterator[str]:
    """The lines of a report in a format."""
    module: Any = import_module(f"{__name__}.{name}")
    lines: Iterator[str] = module.render(report, colour=colour, width=width)
    return lines
