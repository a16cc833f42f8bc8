"""Files that can't be read as plain data, or not as everybody would read them."""

from __future__ import annotations

from dataclasses import replace

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.repository import Repository
from gitsm.schema.own_kinds import FOLDER as SCHEMAS
from gitsm.settings import FILES as SETTINGS
from gitsm.tree import UNREADABLE


@rule(graded=True)
def unreadable_file(repository: Repository) -> Findings:
    """A file can't be read at all.

    It is too large for a record, not UTF-8, a symbolic link, a submodule, or its name would do harm
    where it is shown. Nothing in it is checked or published, while readers of the repository think
    it counts. Where no records, pages or settings lie, that is noted and no more: a link from one
    folder to another is nobody's mistake there.

    Bad:

        # services/ledger/service.yaml (whole)
        name: Ledger\x00
        owner: payroll-team
        lifecycle: live

    Good:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
    """
    tops = {kind.folder for kind in repository.kinds.values()} | {SCHEMAS, "docs/"}
    for fault in repository.faults_of(UNREADABLE):
        top = fault.place.file.partition("/")[0]
        read = f"{top}/" in tops or fault.place.file in (".", *SETTINGS)
        yield fault if read else replace(fault, severity=Severity.NOTE)


@rule
def forbidden_character(repository: Repository) -> Findings:
    """A file holds a character that is not shown as what it is.

    Control characters and invisible format characters make a text read differently on a reviewer's
    screen from what a machine reads: a command can hide in a runbook.

    Bad:

        # services/ledger/service.yaml (whole)
        name: "Ledger \\x1b[2J"
        owner: payroll-team
        lifecycle: live

    Good:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
    """
    yield from repository.faults_of("forbidden-character")


@rule
def invalid_yaml(repository: Repository) -> Findings:
    """A file is not YAML.

    Nothing in it can be checked until it is, and it is missing from the site.

    Bad:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: [payroll-team
        lifecycle: live

    Good:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
    """
    yield from repository.faults_of("invalid-yaml")


@rule
def yaml_beyond_plain_data(repository: Repository) -> Findings:
    """A record uses more of YAML than plain data.

    Tags, anchors, aliases, merge keys, directives and several documents in one file are read
    differently by different tools, and a few lines of them can fill a machine's memory. Records are
    mappings, lists, texts and numbers.

    Bad:

        # services/ledger/service.yaml (whole)
        name: &name Ledger
        owner: payroll-team
        lifecycle: live
        description: *name

    Good:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
        description: Ledger
    """
    yield from repository.faults_of("yaml-beyond-plain-data")


@rule
def duplicate_key(repository: Repository) -> Findings:
    """A mapping has the same key twice.

    Most readers of YAML keep the last one and drop the other without a word.

    Bad:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
        owner: finance-department

    Good:

        # services/ledger/service.yaml (whole)
        name: Ledger
        owner: payroll-team
        lifecycle: live
    """
    yield from repository.faults_of("duplicate-key")


@rule(severity=Severity.WARNING)
def ambiguous_scalar(repository: Repository) -> Findings:
    """A value without quotes means something else to other readers of YAML.

    Many tools still read YAML 1.1, for which `no` is false, `0644` is 420 and `22:30` is 1350. Here
    they are text or plain numbers. Quotes make everybody read the same.

    Bad:

        # services/ledger/service.yaml
        labels: {paged: no}

    Good:

        # services/ledger/service.yaml
        labels: {paged: "no"}
    """
    yield from repository.faults_of("ambiguous-scalar")


@rule
def broken_front_matter(repository: Repository) -> Findings:
    """A Markdown record has no front matter, or front matter that never ends.

    The data of a Markdown record stands between two lines of three hyphens at its very beginning.
    Without it the record has no fields, and site generators show the data as text.

    Bad:

        # runbooks/pay-run-late.md (whole)
        services: [payroll]

        ## Mitigation

        Resume it.

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        Resume it.
    """
    yield from repository.faults_of("broken-front-matter")
