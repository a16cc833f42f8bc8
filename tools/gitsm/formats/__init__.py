"""How a report is shown, one file for each format: its name is the file's.

A format is a function `render(report, *, colour, width)` that yields lines. Names of files, messages and
hints quote what strangers wrote. Whatever is read as lines goes through `harmless` first, so that neither
a terminal nor a build machine that reads them obeys it; what has a syntax of its own escapes it as that does.

This module holds what formats share: that, and the fingerprint by which a finding is known again.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from json import dumps  # the name `json` is a format's here
from typing import Any

from gitsm.diagnostic import Diagnostic, Place
from gitsm.lint import Report
from gitsm.terminal import harmless as harmless

Render = Callable[..., Iterator[str]]

def names() -> list[str]:
    """The formats that there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def render(name: str, report: Report, *, colour: bool = False, width: int = 80) -> Iterator[str]:
    """The lines of a report in a format."""
    module: Any = import_module(f"{__name__}.{name}")
    lines: Iterator[str] = module.render(report, colour=colour, width=width)
    return lines


def harmless_json(data: object) -> str:
    """A JSON document, in ASCII, in whose lines no build machine finds a command. It reads back the same."""
    # A # stands in texts alone, where it may as well be written as an escape.
    return dumps(data, indent=2, ensure_ascii=True).replace("##", "#\\u0023")


def fingerprints(report: Report) -> tuple[list[str], list[str]]:
    """The fingerprints of the findings, and of those that stood before, each in their order.

    A finding is the same from run to run where rule, file and message are, whatever line it has moved
    to; where several are the same, they are counted. What stood before comes first, as it does where
    there is no base.
    """
    count: Counter[tuple[str, str, str]] = Counter()
    stood = [_fingerprint(finding, count) for finding in report.stood]
    return [_fingerprint(finding, count) for finding in report.findings], stood


def _fingerprint(finding: Diagnostic, count: Counter[tuple[str, str, str]]) -> str:
    what = (finding.rule, finding.place.file, finding.message)
    count[what] += 1
    return hashlib.sha256(dumps([*what, count[what]]).encode("ascii")).hexdigest()[:32]


def by_rule(findings: Iterable[Diagnostic]) -> list[tuple[str, int]]:
    """How many findings there are of each rule, most first."""
    return sorted(Counter(finding.rule for finding in findings).items(), key=lambda item: (-item[1], item[0]))


def from_the_top(report: Report) -> Report:
    """A report whose paths begin at the top of the Git work tree, as code hosts want them."""
    if not report.folder:
        return report

    def moved(place: Place) -> Place:
        return replace(place, file=f"{report.folder}/{place.file}")

    def all_moved(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        return tuple(
            replace(found, place=moved(found.place), related=tuple(map(moved, found.related)))
            for found in findings
        )

    return replace(report, findings=all_moved(report.findings), stood=all_moved(report.stood))
