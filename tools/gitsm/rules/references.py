"""References that lead nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitsm.destinations import Destination, address_from, destinations, target_of
from gitsm.diagnostic import Edit, NewText, NewValue, Place
from gitsm.lint import Findings, rule
from gitsm.markdown import Link
from gitsm.repository import Link as Reference
from gitsm.repository import Record, Repository, once
from gitsm.schema.references import ROLE, ROLE_PREFIX
from gitsm.schema.spelling import did_you_mean, nearest, surely_meant
from gitsm.source.characters import as_it_looks, strange_letter

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@rule
def unknown_reference(repository: Repository) -> Findings:
    """A record names another one that no file defines.

    Whoever follows it at night ends nowhere: an owner that does not exist answers no call, and a
    dependency that does not exist is missing from every impact analysis.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: leger, criticality: soft}]

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: soft}]
    """
    meant: dict[tuple[str, str], Meant] = {}
    for link in repository.links:
        if repository.defines(link.kind, link.id):
            continue
        kind = repository.kinds.get(link.kind)
        if kind is None:
            message = f"{link.source} names {link.id} of the kind {link.kind}, which no schema defines"
            yield link.source.problem(message, *link.path)
            continue
        if (link.kind, link.id) not in meant:
            meant[link.kind, link.id] = Meant.of(link.id, [r.id for r in repository.all(link.kind)])
        near = meant[link.kind, link.id]
        finding = link.source.problem(
            f"{link.source} names {kind.noun} {link.id}, which no file defines",
            *link.path,
            hint=_with_letter(link.id, near.hint or f"its file would be {kind.where}"),
        )
        yield replace(finding, edit=near.edit(link))


def _with_letter(id: str, hint: str) -> str:
    """A hint that names the letter of a foreign alphabet first, where there is one: it can't be seen."""
    strange = strange_letter(id)
    return f"{strange}; {hint}" if strange else hint


@dataclass(frozen=True, slots=True)
class Meant:
    """The name that was meant by one that nobody knows, if any is near."""

    name: str
    surely: bool

    @classmethod
    def of(cls, name: str, known: Iterable[str]) -> Meant:
        """The nearest of the known names."""
        known = list(known)
        looks_like = as_it_looks(name)
        near = looks_like if looks_like != name and looks_like in known else nearest(name, known) or ""
        return cls(near, bool(near) and surely_meant(name, known) == near)

    @property
    def hint(self) -> str:
        """It as a question."""
        return f"did you mean {self.name}?" if self.name else ""

    def edit(self, reference: Reference) -> Edit | None:
        """The edit that puts it in the place of a reference."""
        if not self.name:
            return None
        value = ROLE_PREFIX + self.name if reference.kind == ROLE else self.name
        return NewValue(reference.source.file, reference.path, value, safe=self.surely)


@rule
def record_of_no_service(repository: Repository) -> Findings:
    """A record stands in the folder of a service that no file defines.

    What it promises or assigns is about nothing: no page of a service shows it.

    Bad:

        # services/legder/raci.yaml (whole)
        activities:
          - {name: Plan, stage: plan, responsible: payroll-team, accountable: payroll-team}
          - {name: Build, stage: build, responsible: payroll-team, accountable: payroll-team}
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:service-owner}
          - {name: Restore, stage: support, responsible: payroll-team, accountable: payroll-team}

    Good:

        # services/ledger/raci.yaml (whole)
        activities:
          - {name: Plan, stage: plan, responsible: payroll-team, accountable: payroll-team}
          - {name: Build, stage: build, responsible: payroll-team, accountable: payroll-team}
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:service-owner}
          - {name: Restore, stage: support, responsible: payroll-team, accountable: payroll-team}
    """
    known = [record.id for record in repository.all("service")]
    for record in repository.all():
        if record.kind.name == "service" or not record.kind.pattern.startswith("services/<service>/"):
            continue
        service = record.file.split("/")[1]
        if not repository.defines("service", service):
            yield record.problem(
                f"{record} stands in the folder of service {service}, which no file defines",
                hint=did_you_mean(service, known) or f"its file would be services/{service}/service.yaml",
            )


@rule
def unknown_role(repository: Repository) -> Findings:
    """A record names a role that the policy does not have.

    Nobody holds it, so nobody approves, answers or is told.

    Bad:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, accountable: role:change-manger, responsible: payroll-team}

    Good:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, accountable: role:change-manager, responsible: payroll-team}
    """
    if not repository.policy_is_known:
        return  # which roles it has can't be known before it is mended
    known = [role.name for role in repository.policy.roles]
    for reference in repository.references:
        if reference.kind == ROLE and reference.id not in known:
            near = Meant.of(reference.id, known)
            finding = reference.source.problem(
                f"{reference.source} names the role {reference.id}, which the policy does not have",
                *reference.path,
                hint=near.hint or "roles stand in organization/policy.yaml",
            )
            yield replace(finding, edit=near.edit(reference))


@rule
def broken_link(repository: Repository) -> Findings:
    """A link in a text leads to a file or a heading that isn't there.

    A runbook that sends its reader into nothing costs the minutes that it was written to save.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        Go on with [verification](#verify).

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        Go on with [verification](#verification).

        ## Verification
    """
    folders = {folder for file in repository.files for folder in _folders(file)}
    budget = iter(range(MAX_HINTS))
    for record in repository.all():
        broken = list(_broken(repository, record, folders)) if record.body else []
        if broken:
            yield from _findings(repository, record, broken, budget)


@dataclass(frozen=True, slots=True)
class _Broken:
    """A link that leads nowhere."""

    number: int
    """Which link of its body it is."""
    link: Link
    message: str
    missing: str = ""
    """The file that isn't there, or the heading as `file#anchor`."""


def _folders(file: str) -> Iterator[str]:
    while "/" in file:
        file = file.rsplit("/", 1)[0]
        yield file


def _broken(repository: Repository, record: Record[Any], folders: set[str]) -> Iterator[_Broken]:
    for number, link in enumerate(record.prose.links):
        if _ELSEWHERE.match(link.address):
            continue
        address, _, anchor = link.address.partition("#")
        file = target_of(record.file, address.partition("?")[0])
        if file is None:
            message = f"{record} links to {link.address}, which is outside the repository"
            yield _Broken(number, link, message)
            continue
        if file not in repository.files and file not in folders:
            message = f"{record} links to {address}, where there is no file"
            yield _Broken(number, link, message, file)
            continue
        target = repository.at(file)
        if anchor and target is not None and target.body and anchor not in target.prose.anchors:
            where = "it has no such heading" if target is record else f"{target} has no such heading"
            message = f"{record} links to #{anchor}, and {where}"
            yield _Broken(number, link, message, f"{file}#{anchor}")


MAX_HINTS = 2_000
"""For how many broken links another file is sought; a stranger's repository may hold any number."""


def _findings(
    repository: Repository, record: Record[Any], broken: Sequence[_Broken], budget: Iterator[int]
) -> Findings:
    written = destinations(record.body, record.document.body_line)
    for each in broken:
        destination = written[each.number] if len(written) == len(record.prose.links) else None
        finding = record.problem(each.message, at=_place(record, each.link, destination))
        if each.missing and next(budget, None) is not None:
            near = _meant(each.missing, repository)
            hint = f"did you mean {near.rpartition('#')[2]}?" if near else ""
            finding = replace(finding, hint=hint, edit=_edit(record, near, destination))
        yield finding


def _place(record: Record[Any], link: Link, destination: Destination | None) -> Place:
    """Where a link's address stands, if it stands there; else the line on which the link begins."""
    line = record.line(link.line)
    if destination is None or destination.span is None or not _is_near(link.line, destination.span.line):
        return line
    return replace(line, span=destination.span)


def _is_near(line: int, other: int) -> bool:
    return line <= other <= line + 1  # a label may be broken; a definition is elsewhere


def _edit(record: Record[Any], meant: str, destination: Destination | None) -> Edit | None:
    """The edit that leads a link to the file, or to the heading `#anchor`, that was meant."""
    if not meant or destination is None or destination.span is None:
        return None
    path, sign, rest = destination.address.partition("#")
    if meant.startswith("#"):
        address = path + meant
    else:
        _, question, query = path.partition("?")
        address = address_from(record.file, meant, path) + question + query + sign + rest
    return NewText(record.file, destination.span, destination.written(address), safe=False)


def _meant(missing: str, repository: Repository) -> str:
    """A heading as `#anchor`, or a file in whatever folder, of nearly that name; empty where none is near."""
    path, _, anchor = missing.partition("#")
    if anchor and (target := repository.at(path)) is not None:
        near = nearest(anchor, sorted(target.prose.anchors))
        return f"#{near}" if near else ""
    stem, dot, ending = path.rsplit("/", 1)[-1].rpartition(".")
    files = _files_by_stem(repository).get(ending, {}) if dot else {}
    near = nearest(stem, files)
    return files[near] if near else ""


@once
def _files_by_stem(repository: Repository) -> Mapping[str, Mapping[str, str]]:
    """Every file by the ending of its name and by the rest of its name."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for file in repository.files:
        stem, dot, ending = file.rsplit("/", 1)[-1].rpartition(".")
        if dot:
            found[ending][stem] = file
    return found
