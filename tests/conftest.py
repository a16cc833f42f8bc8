"""What the tests share: repositories made of texts, and the kinds' own examples as one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from hypothesis import settings

from gitsm.lint import Report, run
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

# The same examples on each run, so that nobody's pull request fails by chance; a long fuzz by hand
# (GITSM_FUZZ=long) looks for new ones.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None)
settings.load_profile("long" if os.environ.get("GITSM_FUZZ") == "long" else "suite")

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")


@pytest.fixture
def now() -> datetime:
    """The moment at which the kinds' examples are written."""
    return NOW


@pytest.fixture
def example_files() -> dict[str, str]:
    """The examples of all kinds: one small repository that hangs together."""
    return {path: text for kind in KINDS.values() for path, text in kind.examples.items()}


@pytest.fixture
def repository_of() -> Callable[..., Repository]:
    """Makes a repository of texts."""

    def make(files: Mapping[str, str | bytes], now: datetime = NOW, **options: object) -> Repository:
        return Repository(MappingTree(files), now=now, **options)

    return make


@pytest.fixture
def report_of(repository_of: Callable[..., Repository]) -> Callable[..., Report]:
    """Checks a repository of texts against every rule."""

    def check(files: Mapping[str, str | bytes], now: datetime = NOW) -> Report:
        return run(repository_of(files, now), RULES.values())

    return check
