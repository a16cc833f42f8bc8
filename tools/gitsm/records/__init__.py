"""The kinds of record, one module each.

A kind is here because its file is here: importing this package finds every module in the folder,
and each registers its model with `@kind`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from gitsm.schema.kind import REGISTRY, Kind

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")

KINDS: Mapping[str, Kind] = dict(sorted(REGISTRY.items()))
"""Our own kinds by name."""
