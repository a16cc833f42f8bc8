"""What the policy asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitsm.diagnostic import DataPath, Diagnostic, NewSection, NewText, Severity, Span
from gitsm.lint import Findings, rule
from gitsm.markdown import Heading, read_prose
from gitsm.records import KINDS
from gitsm.records.policy import Policy, Require, When
from gitsm.records.runbook import SECTIONS
from gitsm.repository import Record, Repository
from gitsm.requirements import OR_ASK_LESS, Lack, all_lacks, is_section
from gitsm.schema.kind import Kind
from gitsm.schema.spelling import did_you_mean, distance
from gitsm.source import Format


@rule
def requirement_unmet(repository: Repository) -> Findings:
    """A record lacks something that the policy asks of it.

    Little is required of every record. What a service or a change must carry beyond that follows
    from how much it matters, and stands in `organization/policy.yaml`: its preset, and requirements
    of its own. Closed changes are left alone.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Meaning

        The pay run is late.

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Meaning

        The pay run is late.

        ## Mitigation

        Resume it.
    """
    for number, (record, lack) in enumerate(all_lacks(repository)):
        if any(pattern.covers(record, lack) for pattern in ASKED):
            continue
        if lack.sort == "section":
            yield _without_section(record, lack, number)
        else:
            add = f"write its `{lack.name}`" if lack.sort == "field" else "add it"
            yield record.problem(f"{record} has no {lack.what}, {lack.asked}", hint=f"{add}, {OR_ASK_LESS}")


def _without_section(record: Record[Any], lack: Lack, rank: int) -> Diagnostic:
    """What is said of a section that is missing, or has a heading and nothing below it."""
    section, headings = lack.name, record.prose.headings
    empty = next((heading for heading in headings if is_section(heading.text, section)), None)
    if empty is not None:
        message = f"section {empty.text} of {record} is empty, {lack.asked}"
        return record.problem(message, hint=f"write it, {OR_ASK_LESS}", at=record.line(empty.line))
    message = f"{record} has no section {section}, {lack.asked}"
    meant = next((heading for heading in headings if _is_misspelt(heading.text, section)), None)
    if meant is not None:
        found = record.problem(message, hint=f"is it the section {meant.text}?", at=record.line(meant.line))
        return replace(found, edit=_spelt(record, meant, section))
    found = record.problem(message, hint=f"write it, {OR_ASK_LESS}")
    if not _is_heading(section):
        return found
    above = [h.text for h in headings if any(is_section(h.text, later) for later in _after(section, lack))]
    return replace(found, edit=NewSection(record.file, section, rank=rank, above=tuple(above)))


def _is_misspelt(heading: str, section: str) -> bool:
    """Whether a heading is a section's with a slip in it, and not another section's."""
    text, wanted = heading.casefold(), section.casefold()
    return (
        0 < distance(text, wanted) <= min(2, len(wanted) // 4)
        and text[:1] == wanted[:1]
        and not any(is_section(heading, other) for other in SECTIONS)
    )


def _spelt(record: Record[Any], heading: Heading, section: str) -> NewText | None:
    """The edit that mends a heading. Links may lead to the anchor that it has: not unasked."""
    line = record.text_of(heading.line)
    at = line.find(heading.text)
    if at < 0 or line.count(heading.text) > 1:
        return None
    span = Span(heading.line, at + 1, heading.line, at + 1 + len(heading.text))
    return NewText(record.file, span, section, safe=False)


def _after(section: str, lack: Lack) -> Sequence[str]:
    """The sections that come after one: in the order of runbooks, else in that of the policy."""
    for order in (SECTIONS, lack.requirement.require.sections):
        folded = [one.casefold() for one in order]
        if section.casefold() in folded:
            return order[folded.index(section.casefold()) + 1 :]
    return ()


def _is_heading(text: str) -> bool:
    """Whether a text behind `##` is a heading of just that text."""
    found = read_prose(f"## {text}\n", 1).headings
    return [(heading.text, heading.line) for heading in found] == [(text, 1)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the policy's requirements a rule of its own speaks of."""

    kind: str
    """The kind of the records that lack it."""
    sort: str
    """Which sort of thing it is, as `Lack.sort`."""
    name: str
    """The name of what is lacking; with `*` at its end everything that begins so."""

    def covers(self, record: Record[Any], lack: Lack) -> bool:
        """Whether a lack of a record is what the rule speaks of."""
        if (record.kind.name, lack.sort) != (self.kind, self.sort):
            return False
        return lack.name.startswith(self.name[:-1]) if self.name.endswith("*") else lack.name == self.name


ASKED: dict[Asked, str] = {}
"""What rules of their own speak of, with their names; `requirement-unmet` speaks of the rest."""

Said = Callable[[Record[Any], Lack], Diagnostic]


def asked(*asked: Asked, severity: Severity = Severity.ERROR) -> Callable[[Said], Said]:
    """Make a rule of a function that says what is wrong where a record lacks what the policy asks for.

    Whether it is asked for is the policy's business; the rule brings the reason and the words.
    """

    def register(say: Said) -> Said:
        def check(repository: Repository) -> Findings:
            for record, lack in all_lacks(repository):
                if any(pattern.covers(record, lack) for pattern in asked):
                    yield say(record, lack)

        ASKED.update(dict.fromkeys(asked, say.__name__.replace("_", "-")))
        rule(severity=severity)(functools.update_wrapper(check, say, updated=()))
        return say

    return register


@rule
def requirement_of_nothing(repository: Repository) -> Findings:
    """The policy asks for something that no record can ever have, or asks it of records that there can't be.

    The requirement looks as if it held, and nothing is ever judged by it. Most often a kind, a field
    or a type is misspelt.

    Bad:

        # organization/policy.yaml
        requirements:
          - {when: {kind: chnage}, require: {fields: [window]}}

    Good:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change}, require: {fields: [window]}}
    """
    policy = repository.get(Policy, "policy")
    if policy is None:
        return
    for index, requirement in enumerate(policy.fields.requirements):
        path: DataPath = ("requirements", index)
        kind = repository.kinds.get(requirement.when.kind)
        yield from _of_no_record(repository, policy, requirement.when, (*path, "when"))
        if kind is not None:
            yield from _of_no_field(repository, policy, kind, requirement.require, (*path, "require"))
    for name in ("approvals", "reviews"):
        for index, entry in enumerate(getattr(policy.fields, name)):
            yield from _of_no_record(repository, policy, entry.when, (name, index, "when"))


def _of_no_record(
    repository: Repository, policy: Record[Policy], when: When, path: DataPath
) -> Iterator[Diagnostic]:
    kind = repository.kinds.get(when.kind)
    if kind is None:
        message = f"the policy names the kind {when.kind}, which there is not"
        yield policy.problem(message, *path, "kind", hint=did_you_mean(when.kind, repository.kinds))
        return
    for name in ("type", "risk"):
        given = getattr(when, name)
        field = kind.shape.properties.get(name)
        if given and field is None and kind.shape.properties:
            yield policy.problem(f"the policy asks for {name} of {kind.a_noun}, which has none", *path, name)
            continue
        for index, word in enumerate(given if field is not None and field.choices else ()):
            if field is not None and word not in field.choices:
                message = f"the policy names the {name} {word}, which no {kind.noun} has"
                yield policy.problem(message, *path, name, index, hint=did_you_mean(word, field.choices))


def _of_no_field(
    repository: Repository, policy: Record[Policy], kind: Kind, require: Require, path: DataPath
) -> Iterator[Diagnostic]:
    def nothing(what: str, word: str, known: Any, name: str, index: int) -> Diagnostic:
        message = f"the policy asks {kind.a_noun} for the {what} {word}, which there is not"
        return policy.problem(message, *path, name, index, hint=did_you_mean(word, known))

    for index, field in enumerate(require.fields):
        shape = kind.shape
        for word in field.split("."):
            if shape.properties and word not in shape.properties:
                yield nothing("field", field, shape.properties, "fields", index)
                break
            shape = shape.at(word)
    tests = KINDS["change"].shape.at("tests").at(0).at("kind").choices
    for index, test in enumerate(require.tests):
        if "tests" not in kind.shape.properties or test not in tests:
            yield nothing("test", test, tests, "tests", index)
    for index, name in enumerate(require.records):
        if name not in repository.kinds:
            yield nothing("record", name, repository.kinds, "records", index)
    for index, section in enumerate(require.sections):
        if kind.format is not Format.MARKDOWN:
            yield nothing("section", section, (), "sections", index)
