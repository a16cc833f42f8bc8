"""Text that reads differently from what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.lint import Findings, rule
from gitsm.repository import Record, Repository
from gitsm.source import MAX_BYTES, MAX_CHARACTERS_SHOWN
from gitsm.source.characters import HARMLESS_BYTES, as_it_looks, is_twin, name_of
from gitsm.source.problems import and_more, span_at

# Far fewer characters than a record is refused for: a soft hyphen in a page misleads nobody. What turns the
# direction of text, what a terminal obeys, and invisible characters in a row, which hold hidden data (a row
# of them is longer than in the flag of England, which is spelled with six).
_DECEPTIVE = re.compile(
    "[\u202a-\u202e\u2066-\u2069]|[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]"
    "|[\u00ad\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]{8,}"
)
_READ_BY_PEOPLE = re.compile(
    r"(?:[^/]+/)*README\.md|docs/.+\.(?:md|ya?ml)|[^/]+\.(?:md|toml|ya?ml)|(?:\.github/|\.gitlab/|docs/)?CODEOWNERS"
    r"|(?:[^/]+/)*\.gitattributes|\.mailmap|\.(?:github|gitlab)/.+\.(?:ya?ml|md)|\.gitlab-ci\.yml"
    r"|\.pre-commit-config\.yaml|\.ci/[^/]+|schemas/[^/]+\.json"
)
MAX_FILES = 2_000
"""How many files that are no records are read; a stranger's repository may hold any number."""


@rule
def hidden_text(repository: Repository, *, files: int = MAX_FILES) -> Findings:
    """A page or a settings file holds characters that make it read differently from what it says.

    Characters that turn the direction of writing show a reviewer another text than the one that is
    carried out or published; others are obeyed by a terminal, or carry data that nobody sees. Looked
    at are pages of the site, READMEs, schemas, pipelines, CODEOWNERS and settings; in records such
    characters are refused one and all.

    Options:

        files: how many files at most are read for it

    Bad:

        # docs/network.md (whole)
        Open the port to the bank \u202eonly\u202c, and close it after the transfer.

    Good:

        # docs/network.md (whole)
        Open the port to the bank only, and close it after the transfer.
    """
    wanted = [
        path
        for path, entry in repository.files.items()
        if path not in repository.documents and entry.size <= MAX_BYTES and _READ_BY_PEOPLE.fullmatch(path)
    ]
    for path, content in repository.tree.read_many(wanted[:files]):
        if isinstance(content, bytes) and content.translate(None, HARMLESS_BYTES):
            yield from _deceptive(path, content.decode("utf-8", "replace"))


def _deceptive(path: str, text: str) -> Iterator[Diagnostic]:
    found = list(_DECEPTIVE.finditer(text))
    for number, match in enumerate(found[:MAX_CHARACTERS_SHOWN], 1):
        row = f"{len(match[0])} invisible characters in a row, from {name_of(match[0][0])} on, stand"
        what = row if len(match[0]) > 1 else f"{name_of(match[0])} stands"
        finding = Diagnostic(
            f"{what} in the text",
            Place(path, span=span_at(text, match.start())),
            "delete it: it can't be seen, or makes the text look otherwise than it is",
        )
        is_last = number == MAX_CHARACTERS_SHOWN < len(found)
        yield and_more(finding, len(found) - number) if is_last else finding


_UNSETTLED = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


@rule
def unsettled_merge(repository: Repository) -> Findings:
    """A text holds the marks that Git leaves where two versions of a line met.

    Both versions stand below one another, and whoever copies the command at night copies both, with the
    marks. Keep the version that holds, and delete the other one and the marks.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        <<<<<<< HEAD
        payrollctl run resume --latest
        =======
        payrollctl run restart
        >>>>>>> quicker
        ```

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        payrollctl run resume --latest
        ```
    """
    for record in repository.all():
        found = _UNSETTLED.search(record.document.text)
        if found is not None:
            line = record.document.text.count("\n", 0, found.start()) + 1
            yield record.problem(
                "holds the marks of a merge that nobody settled",
                at=record.line(line),
                hint="keep the version that holds, and delete the other one and the marks",
            )


@rule(severity=Severity.WARNING)
def unclosed_code(repository: Repository) -> Findings:
    """A block of code begins, and nothing ends it.

    Whatever follows is shown as code, until the end of the list or of the text, headings and all: the steps
    that help are no steps any more.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        payrollctl run resume --latest

        Then tell the payroll team.

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        payrollctl run resume --latest
        ```

        Then tell the payroll team.
    """
    for record in repository.all():
        for block in record.prose.code if record.body else ():
            if block.is_open:
                yield record.problem(
                    "begins a block of code that nothing ends",
                    at=record.line(block.line - 1),
                    hint="end it with a line of the same marks",
                )


_ALIKE = str.maketrans("01", "ol")


@rule
def look_alike_id(repository: Repository) -> Findings:
    """Two records of a kind have ids that read the same, such as payroll and payro11.

    A reference to the one is taken for the other by everybody who reviews it. The digits 0 and 1
    are what the letters o and l look like.

    Bad:

        # organization/teams/payro11-team.yaml (whole)
        name: Payroll team
        contacts: [{channel: phone, value: +43 1 555 0199}]

    Good:

        # organization/teams/payroll-night-team.yaml (whole)
        name: Payroll team at night
        contacts: [{channel: phone, value: +43 1 555 0199}]
    """
    first: dict[tuple[str, str], Record[Any]] = {}
    for record in repository.all():
        # Below a service's folder the service's own id is said once, at the service.
        above, _, name = record.id.rpartition("/")
        if record.file.startswith("services/") and record.kind.name != "service":
            above, name = record.file.rpartition("/")[0], name if above else ""
        key = (f"{record.kind.name} {above}", name.translate(_ALIKE))
        other = first.setdefault(key, record)
        if other is not record and other.id != record.id:
            meant, odd = sorted((other, record), key=lambda record: sum(c in "01" for c in record.id))
            yield odd.problem(
                f"the id of {odd} reads like that of {meant}",
                at=Place(odd.file, of_file=True),
                hint="rename one of them so that nobody takes it for the other",
                related=[Place(meant.file, label="the other one", of_file=True)],
            )


_JOINS: Mapping[str, str] = {"service": "monitoring", "runbook": "alerts"}
"""Where names stand that are compared with names elsewhere."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_OURS = re.compile(r"[A-Za-z]")


@rule
def mixed_script_name(repository: Repository) -> Findings:
    """The name of an alert mixes our letters with another alphabet's that look like them.

    It reads like a name that everybody knows, and no machine finds them equal: the alert is raised
    and its runbook isn't found. Words that are wholly of one alphabet are left alone.

    Bad:

        # runbooks/pay-run-late.md
        alerts: [PayrollRunLate, "P\u0430yrollQueueFull"]

    Good:

        # runbooks/pay-run-late.md
        alerts: [PayrollRunLate]
    """
    for kind, field in _JOINS.items():
        for record in repository.all(kind):
            entries = record.data.get(field)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                is_mapping = isinstance(entry, dict)
                name = entry.get("alert") if is_mapping else entry
                if isinstance(name, str) and (letter := _twin_among_ours(name)):
                    yield record.problem(
                        f"the alert {name!r} of {record} is written with {name_of(letter)},"
                        f" which only looks like {as_it_looks(letter)}",
                        *(field, index, *(("alert",) if is_mapping else ())),
                        hint=f"write it as {as_it_looks(name)}",
                    )


def _twin_among_ours(name: str) -> str:
    """The first letter of a name that only looks like one of ours, in a word that has ours as well."""
    if name.isascii():
        return ""
    for word in _WORD.findall(name):
        if _OURS.search(word):
            for letter in word:
                if is_twin(letter):
                    return str(letter)
    return ""
