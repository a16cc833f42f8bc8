"""Rules, and the runner that holds a repository against them.

A rule is a generator over the repository. Its name is the bad pattern in words, its docstring says
why that hurts and shows a bad and a good fragment: they are its documentation, and its test.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from gitsm.diagnostic import Diagnostic, Place, Severity, Span
from gitsm.records.policy import POLICY_FILE
from gitsm.repository import Repository

Findings = Iterator[Diagnostic]
Check = Callable[[Repository], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it looks for, how bad that is, and the words that explain it."""

    name: str
    severity: Severity
    check: Check = field(repr=False)
    group: str
    """The subject that it is filed under: the name of its module."""
    suppressible: bool
    summary: str
    """What is wrong, in a sentence."""
    explanation: str
    """Why it hurts."""
    bad: str
    """Fragments that break the rule, each under a comment with its path."""
    good: str
    """The same fragments, mended."""


RULES: dict[str, Rule] = {}
"""Every rule by name; `rules` fills it."""


@overload
def rule(check: Check) -> Check: ...
@overload
def rule(*, severity: Severity = ..., suppressible: bool = ...) -> Callable[[Check], Check]: ...
def rule(
    check: Check | None = None, *, severity: Severity = Severity.ERROR, suppressible: bool = True
) -> Check | Callable[[Check], Check]:
    """Register a generator over the repository as a rule, named after the function."""

    def register(check: Check) -> Check:
        name = check.__name__.replace("_", "-")
        summary, explanation, bad, good = _words(inspect.getdoc(check) or "")
        group = check.__module__.rsplit(".", 1)[-1].replace("_", " ")
        RULES[name] = Rule(name, severity, check, group, suppressible, summary, explanation, bad, good)
        return check

    return register if check is None else register(check)


def _words(docstring: str) -> tuple[str, str, str, str]:
    """A rule's docstring taken apart: its first sentence, the reason, the bad and the good fragment."""
    text, _, examples = docstring.partition("\nBad:\n")
    bad, _, good = examples.partition("\nGood:\n")
    summary, _, explanation = text.partition("\n\n")
    return " ".join(summary.split()), explanation.strip(), inspect.cleandoc(bad), inspect.cleandoc(good)


UNUSED_SUPPRESSION = "unused-suppression"
_FOR_US = re.compile(r"\s*gitsm\s*:", re.IGNORECASE)
_SUPPRESSION = re.compile(r"\s*gitsm:\s*ignore\[([^\]]*)\](.*)", re.DOTALL)
_REASON = re.compile(r"\s*because\s+\S", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that lets findings of some rules stand, with a reason."""

    file: str
    line: int
    """The line of the comment."""
    column: int
    covers: int
    """The line whose findings it lets stand: its own, or the next one where it stands alone."""
    rules: tuple[str, ...]
    has_reason: bool
    understood: bool = True
    """Whether it is one at all: a comment may begin like one and be misspelt."""

    @property
    def place(self) -> Place:
        """Where the comment stands."""
        return Place(self.file, span=Span(self.line, self.column, self.line, self.column + 1))


def suppressions(repository: Repository) -> Iterator[Suppression]:
    """Every suppression in the files that were read."""
    for file, document in sorted(repository.documents.items()):
        if "gitsm" not in document.text:
            continue
        lines = document.text.split("\n")
        following = _following(lines)
        for line, column, text in document.comments():
            if not _FOR_US.match(text):
                continue
            match = _SUPPRESSION.match(text)
            if match is None:
                yield Suppression(file, line, column, line, (), False, understood=False)
                continue
            alone = not lines[line - 1][: column - 1].strip()
            covers = following[line - 1] if alone else line
            names = tuple(name.strip() for name in match.group(1).split(",") if name.strip())
            yield Suppression(file, line, column, covers, names, bool(_REASON.match(match.group(2))))


def _following(lines: Sequence[str]) -> Sequence[int]:
    """For each line, the number of the next one that says something; its own where none does."""
    found = list(range(1, len(lines) + 1))
    last = 0
    for index in range(len(lines) - 1, -1, -1):
        found[index] = last or index + 1
        text = lines[index].strip()
        if text and not text.startswith(("#", "<!--")):
            last = index + 1
    return found


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: everything that a format needs to show it."""

    findings: Sequence[Diagnostic]
    """By file, line and rule; each with its span."""
    texts: Mapping[str, str] = field(repr=False)
    """The text of each file that a finding points into."""
    files: int
    records: int
    suppressed: int
    stood: Sequence[Diagnostic] = ()
    """Findings that the base has as well; they are not among `findings`, and fail nothing."""

    @property
    def stood_before(self) -> int:
        """How many findings the base has as well."""
        return len(self.stood)

    def count(self, severity: Severity) -> int:
        """How many findings there are of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def summary(self) -> str:
        """What was checked and found, in one line."""
        checked = f"{_counted(self.records, 'record')} in {_counted(self.files, 'file')} checked"
        found = [
            _counted(self.count(severity), severity.value) for severity in Severity if self.count(severity)
        ]
        parts = [f"{checked}: {', '.join(found) or 'no findings'}"]
        if self.suppressed:
            parts.append(f"{self.suppressed} ignored with a reason")
        if self.stood_before:
            parts.append(f"{self.stood_before} stood there before")
        return ", ".join(parts)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def run(repository: Repository, rules: Iterable[Rule]) -> Report:
    """Hold a repository against rules. A rule that fails raises with its name attached."""
    rules = sorted(rules, key=lambda rule: rule.name)
    known = {rule.name: rule for rule in rules}
    found = [
        _located(repository, replace(finding, rule=rule.name, severity=rule.severity))
        for rule in rules
        for finding in _checked(rule, repository)
    ]
    comments = list(suppressions(repository))
    standing, suppressed = _suppress(found, comments, known)
    if UNUSED_SUPPRESSION in known:
        standing.extend(_unused(comments, suppressed, known))
    standing.sort(key=_order)
    return Report(
        findings=tuple(_shortened(dict.fromkeys(standing))),
        texts={file: document.text for file, document in repository.documents.items()},
        files=len(repository.documents),
        records=len(repository.all()),
        suppressed=len(suppressed),
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


def _checked(rule: Rule, repository: Repository) -> Findings:
    try:
        yield from rule.check(repository)
    except Exception as error:
        error.add_note(f"in the rule {rule.name}")
        raise


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


def _suppress(
    findings: Iterable[Diagnostic], comments: Sequence[Suppression], rules: Mapping[str, Rule]
) -> tuple[list[Diagnostic], list[tuple[Suppression, str]]]:
    """The findings that stand, and each use of a suppression."""
    covered = {(c.file, c.covers, name): c for c in comments if c.has_reason for name in c.rules}
    standing, used = [], []
    for finding in findings:
        line = finding.place.span.line if finding.place.span else 0
        comment = covered.get((finding.place.file, line, finding.rule))
        if comment is not None and rules[finding.rule].suppressible:
            used.append((comment, finding.rule))
        else:
            standing.append(finding)
    return standing, used


def _unused(
    comments: Sequence[Suppression], used: Sequence[tuple[Suppression, str]], rules: Mapping[str, Rule]
) -> Findings:
    rule = rules[UNUSED_SUPPRESSION]
    uses = set(used)
    for comment in comments:
        for name in comment.rules:
            if comment.has_reason and name in rules and (comment, name) not in uses:
                yield Diagnostic(
                    f"nothing here breaks the rule {name}, which this comment ignores",
                    comment.place,
                    "remove the comment",
                    rule=rule.name,
                    severity=rule.severity,
                )


def since(report: Report, base: Report) -> Report:
    """A report without the findings that the base has as well.

    A finding is the same one where rule, file and message are: lines move without anybody's doing.
    What is wrong with the policy never stood before: while it is, nothing can be judged by it.
    """
    before = Counter(_identity(finding) for finding in base.findings if finding.place.file != POLICY_FILE)
    fresh, stood = [], []
    for finding in report.findings:
        if before[_identity(finding)] > 0:
            before[_identity(finding)] -= 1
            stood.append(finding)
        else:
            fresh.append(finding)
    return replace(report, findings=tuple(fresh), stood=(*report.stood, *stood))


def _identity(finding: Diagnostic) -> tuple[str, str, str]:
    return finding.rule, finding.place.file, finding.message
