"""Promises that what they rest on does not carry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import Findings, rule
from gitsm.promises import Name, Promise, answers
from gitsm.promises.ground import TooEntangled, service_of
from gitsm.promises.judged import Judged, judged
from gitsm.promises.validity import Support, said, supports
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository, once
from gitsm.requirements import applies, requirements


@rule
def availability_not_underpinned(repository: Repository) -> Findings:
    """An agreement promises more availability than what its service stands on gives.

    The parts fail one after the other, and together more often than each alone: the promise is broken
    though everybody below keeps theirs. `gitsm promise` shows the figures. What is unknown is taken as
    perfect here, so the gap is there on paper already.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        # services/payroll/sla.yaml
        availability: {target: 99.9, period: month}

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        # services/payroll/sla.yaml
        availability: {target: 99.5, period: month}
    """
    for agreement, promise in _refuted(repository, "availability"):
        # Where an agreement below has run out, that is the finding; what then is left is not its author's.
        if not any(support.trouble == "ended" for _, _, support in _faulty(repository, agreement)):
            yield _broken(agreement, promise, f"promises {promise.promised}, and {promise.because}")


@rule(graded=True)
def resolution_not_underpinned(repository: Repository) -> Findings:
    """An agreement promises service restored before those who must restore it are bound to.

    Detection, the escalation path and the agreement below may take as long as they are allowed to, each
    in its own hours. At the worst moment at which an incident can begin, that is too long, and no team is
    to blame. An error where it is too long at any moment, else a warning.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        # services/ledger/ola.yaml
        resolution: {P1: 6 h}

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        # services/ledger/ola.yaml
        resolution: {P1: 2 h}
    """
    for agreement, promise in _refuted(repository, "restore"):
        # That nobody is there, and that work begins too late, are findings of rules of their own.
        if promise.figure("worst_moment") is None or promise.figure("waits_for_support"):
            continue
        severity = Severity.ERROR if promise.figure("always") else Severity.WARNING
        text = f"promises {promise.about} {promise.promised}, and {promise.because}"
        yield _broken(agreement, promise, text, severity)


@rule(severity=Severity.WARNING, graded=True)
def promised_hours_not_covered(repository: Repository) -> Findings:
    """An agreement promises hours in which its provider, or one that it rests on, is not there.

    On the holiday, on Saturday or at night the customer holds the agreement in hand and nobody
    answers. The next 24 months are looked at, with holidays and time zones; `gitsm promise` lists the
    gaps. A note where the agreement says how soon somebody answers and names no hours, and so promises
    all of them without a word.

    Bad:

        # services/payroll/service.yaml
        support_hours: mornings
        # organization/calendars/mornings.yaml
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-12:00}]
        holidays: {country: AT, subdivision: "9"}

    Good:

        # services/payroll/service.yaml
        support_hours: long-days
        # organization/calendars/long-days.yaml
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri], hours: 07:00-19:00}]
    """
    for agreement, promise in _refuted(repository, "hours"):
        named = agreement.fields.hours is not None
        if not named and not agreement.fields.response and not agreement.fields.resolution:
            continue  # nobody has to answer at any hour
        text = f"promises {promise.promised}" if named else "names no hours, so it promises all of them"
        severity = Severity.WARNING if named else Severity.NOTE
        yield _broken(agreement, promise, f"{text}, and {promise.because}", severity)


@rule(severity=Severity.WARNING)
def underpinning_agreement_not_in_force(repository: Repository) -> Findings:
    """An agreement rests on one that has ended, or has not begun.

    The supplier is bound to nothing while the customer is still owed everything. Time alone brings
    this, so it is a warning. An agreement of the same type that took its place is enough.

    Bad:

        # services/payroll/sla.yaml
        underpinned_by: [ledger/ola]
        # services/ledger/ola.yaml
        valid: {from: 2025-01-01, to: 2026-10-31}

    Good:

        # services/payroll/sla.yaml
        underpinned_by: [ledger/ola]
        # services/ledger/ola.yaml
        valid: {from: 2025-01-01, to: 2027-12-31}
    """
    for agreement, case, support in _faulty(repository):
        if support.trouble in ("ended", "not started"):
            yield _not_held(agreement, case, support)


@rule(severity=Severity.WARNING)
def underpinning_agreement_ends_first(repository: Repository) -> Findings:
    """An agreement is promised for longer than one that it rests on holds.

    Its provider promises alone after that day. Most contracts are renewed, so it is a warning; the
    day is known, and whoever negotiates the renewal is in a hurry. An agreement of the same type that
    follows without a gap is enough.

    Bad:

        # services/payroll/sla.yaml
        valid: {from: 2026-01-01, to: 2027-12-31}
        # services/ledger/ola.yaml
        valid: {from: 2026-01-01, to: 2027-06-30}

    Good:

        # services/payroll/sla.yaml
        valid: {from: 2026-01-01, to: 2027-06-30}
        # services/ledger/ola.yaml
        valid: {from: 2026-01-01, to: 2027-06-30}
    """
    for agreement, case, support in _faulty(repository):
        if support.trouble == "ends first":
            yield _not_held(agreement, case, support)


@rule
def recovery_not_underpinned(repository: Repository) -> Findings:
    """An agreement promises recovery from a disaster that what its service stands on does not allow.

    A service is not back before its database is, and has no newer data than that has. After a fire
    the promise is broken by design. A dependency with a fallback is left alone.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        continuity: {rto: 4 h, exercised: 2026-05-30}
        # services/payroll/sla.yaml
        continuity: {rto: 4 h}
        # services/ledger/ola.yaml
        continuity: {rto: 8 h}

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger}]
        continuity: {rto: 4 h, exercised: 2026-05-30}
        # services/payroll/sla.yaml
        continuity: {rto: 4 h}
        # services/ledger/ola.yaml
        continuity: {rto: 2 h}
    """
    for agreement, promise in _refuted(repository, "continuity"):
        text = f"promises {promise.promised} ({promise.about}), and {promise.because}"
        yield _broken(agreement, promise, text)


@rule(severity=Severity.NOTE)
def availability_undetermined(repository: Repository) -> Findings:
    """Nobody can say whether the availability that an agreement promises can be kept.

    A figure or an agreement below it is missing, so that the promise is a guess. It is said where the
    policy asks the agreement for `underpinned_by`: who must name what a promise rests on is to be able
    to compute it.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: agreement, type: [SLA]}, require: {fields: [underpinned_by]}}]
        # services/payroll/service.yaml
        own_availability: null

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: agreement, type: [SLA]}, require: {fields: [underpinned_by]}}]
        # services/payroll/service.yaml
        own_availability: 99.9
    """
    wanted = [asking for asking in requirements(repository) if "underpinned_by" in asking.require.fields]
    if not wanted or not repository.policy_is_known:
        return
    for agreement, promise in _told(repository, "availability"):
        if promise.verdict != "undetermined" or not agreement.fields.underpinned_by:
            continue
        if any(applies(repository, agreement, asking.when) for asking in wanted):
            yield agreement.problem(
                f"whether {agreement} can keep {promise.promised} is undetermined: {promise.because}",
                *promise.path,
                hint=f"add {promise.missing[0]}" if promise.missing else "",
            )


def _told(repository: Repository, name: Name) -> Iterator[tuple[Record[Agreement], Promise]]:
    """Each promise of one sort of the agreements that bind somebody today."""
    for found in answers(repository).values():
        service = repository.get(Service, service_of(found.agreement))
        if service is not None and service.fields.lifecycle in IN_USE:
            for promise in found.of(name):
                yield found.agreement, promise


def _refuted(repository: Repository, name: Name) -> Iterator[tuple[Record[Agreement], Promise]]:
    for agreement, promise in _told(repository, name):
        if promise.verdict == "refuted":
            yield agreement, promise


def _broken(
    agreement: Record[Agreement], promise: Promise, text: str, severity: Severity = Severity.ERROR
) -> Diagnostic:
    related = [
        replace(link.at, label=link.says)
        for link in promise.chain
        if link.at is not None and link.at.file != agreement.file
    ]
    hint = ", or ".join(mend.words for mend in promise.first_mends(2))
    found = agreement.problem(f"{agreement} {text}", *promise.path, hint=hint, related=related[:4])
    return replace(found, severity=severity)


@once
def _all_faulty(repository: Repository) -> dict[str, list[tuple[Judged, Support]]]:
    found: dict[str, list[tuple[Judged, Support]]] = {}
    for agreement, _ in _refuted(repository, "validity"):
        case = judged(repository, agreement)
        if case is None:
            continue
        with suppress(TooEntangled):
            found[agreement.id] = [(case, each) for each in supports(case) if each.trouble is not None]
    return found


def _faulty(
    repository: Repository, agreement: Record[Agreement] | None = None
) -> Iterator[tuple[Record[Agreement], Judged, Support]]:
    """What is wrong with the agreements below, of one agreement or of all."""
    known = _all_faulty(repository)
    for id in known if agreement is None else [agreement.id]:
        for case, support in known.get(id, ()):
            yield case.agreement, case, support


def _not_held(agreement: Record[Agreement], case: Judged, support: Support) -> Diagnostic:
    below = support.agreement
    assert below is not None
    path = support.path or (("valid", "to") if agreement.fields.valid else ())
    end = ("valid", "to") if below.fields.valid is not None and below.fields.valid.to else ("valid",)
    return agreement.problem(
        f"{agreement} rests on {below.id}, and {said(case, support)}",
        *path,
        hint="renew it in time, or promise for no longer",
        related=[below.place(*end, label="its last day")],
    )
