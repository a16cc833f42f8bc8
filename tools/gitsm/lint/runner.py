"""Holds a repository against rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gitsm.diagnostic import Diagnostic, NewText, Place, Span
from gitsm.lint.levels import Levels
from gitsm.lint.report import Report
from gitsm.lint.rule import Findings, Rule
from gitsm.lint.suppression import Suppression, suppress, suppressions
from gitsm.repository import Repository

UNUSED_SUPPRESSION = "unused-suppression"


def run(repository: Repository, rules: Iterable[Rule]) -> Report:
    """Hold a repository against rules, as its settings want them.

    Raises SettingsError where they can't be had so. A rule that fails raises with its name attached.
    """
    rules = sorted(rules, key=lambda rule: rule.name)
    known = {rule.name: rule for rule in rules}
    levels = Levels(rules, repository.settings)
    found = [
        _located(repository, finding)
        for rule in rules
        if levels.is_on(rule)
        for finding in _checked(rule, repository, levels)
    ]
    comments = suppressions(repository)
    standing, suppressed = suppress(found, comments, known)
    if UNUSED_SUPPRESSION in known:
        standing.extend(_unused(known[UNUSED_SUPPRESSION], comments, suppressed, known, levels))
    standing.sort(key=_order)
    return Report(
        findings=tuple(_shortened(dict.fromkeys(standing))),
        texts={file: document.text for file, document in repository.documents.items()},
        files=len(repository.documents),
        records=len(repository.all()),
        suppressed=len(suppressed),
        unjudged=sum(
            record.document.data is None or (record.checked is None and record.kind.model is not None)
            for record in repository.all()
        ),
        folder=repository.git.prefix if repository.git is not None else "",
    )


MAX_FINDINGS = 100
"""How many findings of one rule in one file are kept; a stranger's file may hold thousands."""


def _shortened(findings: Iterable[Diagnostic]) -> Findings:
    """The findings, of each rule in each file the first ones; the last of them says how many more there are."""
    by_place: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for finding in findings:
        by_place[finding.place.file, finding.rule].append(finding)
    kept: list[Diagnostic] = []
    for found in by_place.values():
        kept.extend(found[:MAX_FINDINGS])
        if len(found) > MAX_FINDINGS:
            more = f"{len(found) - MAX_FINDINGS} more of the rule {found[0].rule} in this file are not shown"
            kept[-1] = replace(kept[-1], hint=f"{kept[-1].hint}; {more}" if kept[-1].hint else more)
    yield from sorted(kept, key=_order)


def _checked(rule: Rule, repository: Repository, levels: Levels) -> Findings:
    try:
        for finding in rule.check(repository, **levels.options(rule)):
            yield from _at_level(rule, finding, levels)
    except Exception as error:
        error.add_note(f"in the rule {rule.name}")
        raise


def _at_level(rule: Rule, finding: Diagnostic, levels: Levels) -> Findings:
    severity = levels.of(rule, finding.place.file, finding.severity)
    if severity is not None:
        yield replace(finding, rule=rule.name, severity=severity)


def _located(repository: Repository, finding: Diagnostic) -> Diagnostic:
    return replace(
        finding,
        place=_place(repository, finding.place),
        related=tuple(_place(repository, place) for place in finding.related),
    )


def _place(repository: Repository, place: Place) -> Place:
    document = repository.documents.get(place.file)
    if place.span is not None or place.of_file or document is None:
        return place
    return replace(place, span=document.span(place.path, on_key=place.on_key))


def _order(finding: Diagnostic) -> tuple[str, Span, str, str]:
    return finding.place.file, finding.place.span or Span(0, 0, 0, 0), finding.rule, finding.message


def _unused(
    rule: Rule,
    comments: Sequence[Suppression],
    used: Sequence[tuple[Suppression, str]],
    rules: Mapping[str, Rule],
    levels: Levels,
) -> Findings:
    """What is said of comments that ignore a rule which nothing there breaks. Of a rule that is off, nobody knows."""
    uses = set(used)
    for comment in comments:
        unused = [
            name
            for name in comment.rules
            if comment.has_reason
            and name in rules
            and (comment, name) not in uses
            and levels.of(rules[name], comment.file) is not None
        ]
        # The reason is somebody's words, and what time brings may come again: not unasked.
        removal = NewText(comment.file, comment.extent, "", safe=False) if comment.extent else None
        edit = removal if len(unused) == len(comment.rules) else None
        for name in unused:
            message = f"nothing here breaks the rule {name}, which this comment ignores"
            found = Diagnostic(message, comment.place, "remove the comment", edit=edit)
            yield from _at_level(rule, found, levels)
