"""Whom the code host asks: the handles of the teams."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.codeowners import (
    HOSTS,
    NAMES,
    Host,
    code_owners,
    host_of,
    is_handle,
    standing,
    why_no_handle,
    written_handle,
)
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.team import Team
from gitsm.repository import Repository


@rule
def unusable_handle(repository: Repository) -> Findings:
    """A team's handle on a code host is none that the host would understand.

    A line of CODEOWNERS with such a name asks nobody, and the host says so to no one; so it isn't
    written there. A handle is `@user`, `@organization/team` or a mail address; on GitLab groups may
    stand in groups.

    Bad:

        # organization/teams/payroll-team.yaml
        handles: {github: Payroll Team}

    Good:

        # organization/teams/payroll-team.yaml
        handles: {github: "@example/payroll"}
    """
    for team in repository.of(Team):
        for host in HOSTS:
            handle = written_handle(team, host)
            if handle is not None and not is_handle(handle, host):
                yield team.problem(
                    f"{handle!r} is no handle that {NAMES[host]} understands: {why_no_handle(handle, host)}",
                    *("handles", host),
                    hint="write @user, @organization/team or a mail address",
                )


@rule(severity=Severity.WARNING)
def code_owner_without_handle(repository: Repository) -> Findings:
    """A team of ours keeps files, and CODEOWNERS can't ask it: it has no handle on that host.

    Changes to its files are asked of whoever keeps the folder above, or of nobody. It is said of
    repositories whose CODEOWNERS gitsm writes.

    Bad:

        # CODEOWNERS (whole)
        # Written by `gitsm codeowners --host github` from the records.
        # organization/teams/payroll-team.yaml
        handles: {gitlab: "@example/payroll"}

    Good:

        # organization/teams/payroll-team.yaml
        handles: {gitlab: "@example/payroll"}
    """
    for host in _written_for(repository):
        keeps: dict[str, list[str]] = {}
        for entry in code_owners(repository, host).unasked:
            for id in entry.teams:
                keeps.setdefault(id, []).append(entry.pattern)
        for id, patterns in keeps.items():
            team = repository.get(Team, id)
            # A handle that is unusable has a finding of its own.
            if team is None or team.fields.type != "internal" or written_handle(team, host) is not None:
                continue
            more = f" and {len(patterns) - 1} more" if len(patterns) > 1 else ""
            yield team.problem(
                f"{team} keeps {patterns[0]}{more}, and has no handle on {NAMES[host]}, where CODEOWNERS asks",
                "name",
                hint=f"say what it is called there: `handles: {{{host}: ...}}`",
            )


def _written_for(repository: Repository) -> Iterator[Host]:
    found = (host_of(content) for _, content in standing(repository))
    yield from dict.fromkeys(host for host in found if host is not None)
