"""What the policy asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gitsm.diagnostic import DataPath, Diagnostic, NewSection, Severity
from gitsm.lint import Findings, rule
from gitsm.markdown import read_prose
from gitsm.records import KINDS
from gitsm.records.policy import Policy, Require, When
from gitsm.repository import Record, Repository
from gitsm.requirements import Lack, all_lacks
from gitsm.schema.kind import Kind
from gitsm.schema.spelling import did_you_mean, nearest
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
        because = lack.requirement.because or ""
        if lack.sort == "section":
            yield _without_section(record, lack.name, because, number)
        else:
            yield record.problem(f"{record} has no {lack.what}, which the policy asks for", hint=because)


def _without_section(record: Record[Any], section: str, because: str, rank: int) -> Diagnostic:
    """What is said of a section that is missing, or has a heading and nothing below it."""
    headings = {heading.text.casefold(): heading for heading in record.prose.headings}
    empty = headings.get(section.casefold())
    if empty is not None:
        message = f"section {section} of {record} is empty, and the policy asks for it"
        return record.problem(message, hint=because, at=record.line(empty.line))
    message = f"{record} has no section {section}, which the policy asks for"
    near = nearest(section, headings)
    if near:
        return record.problem(message, hint=f"is it the section {headings[near].text}?")
    found = record.problem(message, hint=because)
    return replace(found, edit=NewSection(record.file, section, rank=rank)) if _is_heading(section) else found


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
