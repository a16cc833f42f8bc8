"""Records that don't fit the schema of their kind, and files that are no record."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.repository import Repository


@rule
def unknown_field(repository: Repository) -> Findings:
    """A record has a field that its kind does not have.

    Nothing reads it. Most often it is a misspelt one, and the fact that it should state is missing.

    Bad:

        # services/ledger/service.yaml
        lifecylce: live

    Good:

        # services/ledger/service.yaml
        lifecycle: live
    """
    yield from repository.faults_of("unknown-field")


@rule
def missing_field(repository: Repository) -> Findings:
    """A record lacks a field that every record of its kind must have.

    Very little is required, and what is can't be done without: a service without an owner has
    nobody to call.

    Bad:

        # services/ledger/service.yaml
        owner: null

    Good:

        # services/ledger/service.yaml
        owner: payroll-team
    """
    yield from repository.faults_of("missing-field")


@rule
def invalid_value(repository: Repository) -> Findings:
    """A value is not of the form that its field takes.

    It can't be computed with: a deadline without an offset from UTC is a different moment for each
    reader, and a tier of 5 is none.

    Bad:

        # services/ledger/service.yaml
        tier: 5

    Good:

        # services/ledger/service.yaml
        tier: 4
    """
    yield from repository.faults_of("invalid-value")


@rule
def invalid_schema(repository: Repository) -> Findings:
    """A JSON Schema of your own in `schemas/` can't be used.

    It makes no kind, so the files that it was written for are neither checked nor published.

    Bad:

        # schemas/risk.schema.json (whole)
        {"x-gitsm": {"kind": "risk", "folder": "risks"}, "type": "objekt"}

    Good:

        # schemas/risk.schema.json (whole)
        {"x-gitsm": {"kind": "risk", "folder": "risks"}, "type": "object"}
    """
    yield from repository.faults_of("invalid-schema")


@rule
def invalid_id(repository: Repository) -> Findings:
    """A file's name can't be an id.

    Ids stand in references, addresses and calendars. Lower-case ASCII words and digits joined by
    hyphens read the same everywhere and can't be mistaken for each other. Ids of changes and
    incidents begin with a day: two branches then never claim the same name.

    Bad:

        # services/General_Ledger/service.yaml
        name: General ledger
        owner: payroll-team
        lifecycle: live

    Good:

        # services/general-ledger/service.yaml
        name: General ledger
        owner: payroll-team
        lifecycle: live
    """
    yield from repository.faults_of("invalid-id")


@rule
def duplicate_id(repository: Repository) -> Findings:
    """Two files claim the same id.

    Folders under runbooks, knowledge, changes and incidents mean nothing, so a name must be unique
    in all of them: otherwise nobody knows which one a reference means.

    Bad:

        # runbooks/night/pay-run-late.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation

    Good:

        # runbooks/night/pay-run-late-at-night.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation
    """
    yield from repository.faults_of("duplicate-id")


@rule(severity=Severity.WARNING)
def folder_of_no_kind(repository: Repository) -> Findings:
    """A top folder is named nearly as a folder of records is.

    Nothing reads what lies in it, and whoever put it there thinks that it counts.

    Bad:

        # change/2026/2026-11-28-move.yaml
        title: Move the ledger to the new host
        type: normal
        services: [ledger]
        plan: Copy, compare, switch over.
        rollback: Switch back; the old host stays for a week.

    Good:

        # changes/2026/2026-11-28-move.yaml
        title: Move the ledger to the new host
        type: normal
        services: [ledger]
        plan: Copy, compare, switch over.
        rollback: Switch back; the old host stays for a week.
    """
    yield from repository.faults_of("folder-of-no-kind")


@rule
def file_of_no_kind(repository: Repository) -> Findings:
    """A file lies in a folder of records, and no kind reads it.

    Its author thinks it counts. Often the name is misspelt, or it ends in `.yml`.

    Bad:

        # services/ledger/servce.yaml
        name: Ledger

    Good:

        # services/ledger/service.yaml
        name: Ledger
    """
    yield from repository.faults_of("file-of-no-kind")
