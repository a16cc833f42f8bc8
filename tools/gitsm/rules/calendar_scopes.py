"""Scopes of freezes and maintenance windows that name what no service has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.repository import Repository
from gitsm.schema.spelling import nearest

MOST_LOOKED_UP = 40
"""Of how many names of a calendar the nearest one is looked for, which is slow: more have only made-up files."""


@rule(severity=Severity.WARNING)
def misspelt_scope(repository: Repository) -> Findings:
    """A freeze or a maintenance window is for a tag or a system that no service has, and one is spelt nearly so.

    No file defines tags, so that a slip of the fingers is a new one: the freeze then protects nobody,
    or fewer than it should, and no view shows what is missing. A tag that is like none of the services'
    may be handed out before the first of them asks for it, and is left alone.

    Bad:

        # organization/calendars/ledger-close.yaml (whole)
        type: freeze
        timezone: Europe/Vienna
        scope: {tags: [finanse]}
        dates: [{from: 2026-12-18, to: 2027-01-03}]

    Good:

        # organization/calendars/ledger-close.yaml (whole)
        type: freeze
        timezone: Europe/Vienna
        scope: {tags: [finance]}
        dates: [{from: 2026-12-18, to: 2027-01-03}]
    """
    # What a broken record has, nobody can say.
    services = repository.of(Service)
    if len(services) < len(repository.all("service")) or repository.is_unread("service"):
        return
    carried: Mapping[str, Mapping[str, None]] = {
        "tags": dict.fromkeys(tag for service in services for tag in service.fields.tags),
        "systems": dict.fromkeys(service.fields.system for service in services if service.fields.system),
    }
    for calendar in repository.of(Calendar):
        scope = calendar.fields.scope
        if scope is None or calendar.fields.type not in ("freeze", "maintenance"):
            continue
        for part, known in carried.items():
            names = cast("tuple[str, ...]", getattr(scope, part))
            unknown = [(index, name) for index, name in enumerate(names) if name not in known]
            for index, name in unknown[:MOST_LOOKED_UP]:
                meant = nearest(name, known)
                if meant is not None:
                    one = part.removesuffix("s")
                    yield calendar.problem(
                        f"{calendar} is for services of {one} {name}, and no service has that {one}",
                        "scope",
                        part,
                        index,
                        hint=f"did you mean {meant}?",
                    )
