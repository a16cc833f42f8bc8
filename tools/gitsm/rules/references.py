"""References that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.lint import Findings, rule
from gitsm.markdown import Link
from gitsm.repository import Record, Repository
from gitsm.schema.references import ROLE
from gitsm.schema.validation import did_you_mean, nearest

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@rule
def unknown_reference(repository: Repository) -> Findings:
    """A record names another one that no file defines.

    Whoever follows it at night ends nowhere: an owner that does not exist answers no call, and a
    dependency that does not exist is missing from every impact analysis.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: leger, criticality: hard}]

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: hard}]
    """
    hints: dict[tuple[str, str], str] = {}
    for link in repository.links:
        if repository.defines(link.kind, link.id):
            continue
        kind = repository.kinds.get(link.kind)
        if kind is None:
            message = f"{link.source} names {link.id} of the kind {link.kind}, which no schema defines"
            yield link.source.problem(message, *link.path)
            continue
        if (link.kind, link.id) not in hints:
            hints[link.kind, link.id] = did_you_mean(link.id, (r.id for r in repository.all(link.kind)))
        yield link.source.problem(
            f"{link.source} names {kind.noun} {link.id}, which no file defines",
            *link.path,
            hint=hints[link.kind, link.id] or f"its file would be {kind.pattern}",
        )


@rule
def record_of_no_service(repository: Repository) -> Findings:
    """A record stands in the folder of a service that no file defines.

    What it promises or assigns is about nothing: no page of a service shows it.

    Bad:

        # services/legder/raci.yaml (whole)
        activities:
          - {name: Release, stage: release, accountable: payroll-team}

    Good:

        # services/ledger/raci.yaml (whole)
        activities:
          - {name: Release, stage: release, accountable: payroll-team}
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
            yield reference.source.problem(
                f"{reference.source} names the role {reference.id}, which the policy does not have",
                *reference.path,
                hint=did_you_mean(reference.id, known) or "roles stand in organization/policy.yaml",
            )


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
    for record in repository.all():
        if record.body:
            seen: Counter[Link] = Counter()
            broken = (
                found
                for link in record.prose.links
                for found in _broken(repository, record, link, folders, seen)
            )
            yield from _with_hints(repository, broken)


def _folders(file: str) -> Iterator[str]:
    while "/" in file:
        file = file.rsplit("/", 1)[0]
        yield file


def _place(record: Record[Any], link: Link, seen: Counter[Link]) -> Place:
    """Where a link's address stands: its own text where it is written so, else its line."""
    line = record.line(link.line)
    text, start = record.text_of(link.line), -1
    for _ in range(seen[link] + 1):
        start = text.find(link.address, start + 1) if link.address else -1
        if start < 0:
            return line
    seen[link] += 1
    end = start + len(link.address)
    return replace(line, span=Span(link.line, start + 1, link.line, end + 1))


def _broken(
    repository: Repository, record: Record[Any], link: Link, folders: set[str], seen: Counter[Link]
) -> Iterator[tuple[Diagnostic, str]]:
    """A finding where a link is broken, and what is missing: a file, or a heading as `file#anchor`."""
    if _ELSEWHERE.match(link.address):
        return
    address, _, anchor = link.address.partition("#")
    file = target_of(record.file, address.partition("?")[0])
    if file is None:
        message = f"{record} links to {link.address}, which is outside the repository"
        yield record.problem(message, at=_place(record, link, seen)), ""
        return
    if file not in repository.files and file not in folders:
        message = f"{record} links to {file}, where there is no file"
        yield record.problem(message, at=_place(record, link, seen)), file
        return
    target = repository.at(file)
    if anchor and target is not None and target.body and anchor not in target.prose.anchors:
        where = "it has no such heading" if target is record else f"{target} has no such heading"
        message = f"{record} links to #{anchor}, and {where}"
        yield record.problem(message, at=_place(record, link, seen)), f"{file}#{anchor}"


MAX_HINTS = 20
"""For how many broken links of a record another file is sought; a stranger's file may hold thousands."""


def _with_hints(repository: Repository, broken: Iterator[tuple[Diagnostic, str]]) -> Findings:
    for count, (finding, missing) in enumerate(broken):
        yield replace(finding, hint=_meant(missing, repository)) if missing and count < MAX_HINTS else finding


def _meant(missing: str, repository: Repository) -> str:
    """A hint at a heading, or at a file in whatever folder, of nearly that name."""
    path, _, anchor = missing.partition("#")
    if anchor and (target := repository.at(path)) is not None:
        return did_you_mean(anchor, sorted(target.prose.anchors))
    _, dot, ending = path.rpartition(".")
    names = {file.rsplit("/", 1)[-1]: file for file in repository.files if file.endswith(dot + ending)}
    stems = {name.removesuffix(dot + ending): file for name, file in names.items()}
    near = nearest(path.rsplit("/", 1)[-1].removesuffix(dot + ending), stems)
    return f"did you mean {stems[near]}?" if near else ""


def target_of(file: str, address: str) -> str | None:
    """The path that a relative address in a file leads to; None where it leaves the repository."""
    if not address:
        return file
    start = "" if address.startswith("/") else posixpath.dirname(file)
    path = posixpath.normpath(posixpath.join(start, address.lstrip("/")))
    return None if path.startswith("..") else path
