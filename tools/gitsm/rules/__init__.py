"""The rules, grouped by subject, one function each.

A rule is here because its function is here: importing this package finds every module in the folder.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from gitsm.lint import RULES as RULES

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
