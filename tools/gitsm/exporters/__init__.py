"""How what was computed leaves for other programs, one file for each form.

A module that has a function `export(repository)` is an exporter of `gitsm export`: the function gives
whole files by their path in the folder that is written to, and its docstring is the command's help. Its
function `remarks(repository)` gives what whoever runs it should know.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from gitsm.repository import Repository


class Exporter(Protocol):
    """What a module in this folder has to be so that `gitsm export` finds it."""

    def export(self, repository: Repository) -> Mapping[str, bytes]:
        """Whole files by their path."""
        ...

    def remarks(self, repository: Repository) -> Iterable[str]:
        """What is worth knowing about them, a line each."""
        ...


def exporters() -> dict[str, Exporter]:
    """The exporters that there are, by name."""
    modules: dict[str, Any] = {
        module.name: import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
    }
    return {name: cast(Exporter, module) for name, module in modules.items() if hasattr(module, "export")}
