"""The files of the repository: those that no kind reads, that are stale, or that collide."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from gitsm import source
from gitsm.codeowners import code_owners, host_of, standing
from gitsm.codeowners import is_current as is_current_owners
from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.lint import Findings, rule
from gitsm.naming import MISNAMED_FOLDER, is_no_record
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.schema.kind import Kind
from gitsm.schema.own_kinds import FOLDER, SUFFIX
from gitsm.schema.references import ROLE
from gitsm.schema.validation import validate
from gitsm.schema.written_schemas import is_current


@rule
def case_collision(repository: Repository) -> Findings:
    """Two paths differ in capital letters alone, or in how an accented letter is encoded.

    On the disks of Windows and macOS they are one file: whoever clones the repository there gets one
    of the two, and the next commit writes it over the other.

    Bad:

        # docs/Network.md (whole)
        How our sites are joined.
        # docs/network.md (whole)
        How our sites were joined until 2025.

    Good:

        # docs/network.md (whole)
        How our sites are joined.
        # docs/network-until-2025.md (whole)
        How our sites were joined until 2025.
    """
    first: dict[str, tuple[str, str]] = {}  # by folded path: the path as it was met, and a file below it
    collides: dict[str, bool] = {"": False}
    for file in repository.files:
        for path in _way(file, collides):
            if path in collides:  # a file of that name, as a folder's name can't be
                continue
            above = collides[path.rpartition("/")[0]]
            other, below = (path, file) if above else first.setdefault(_folded(path), (path, file))
            collides[path] = above or other != path
            if other != path:
                what = "file" if path == file else "folder"
                yield Diagnostic(
                    f"{path} and {other} are one {what} on a disk that doesn't tell capital letters apart",
                    Place(file, of_file=True),
                    "rename one of them",
                    (Place(below, label="the other one", of_file=True),),
                )


def _way(file: str, known: dict[str, bool]) -> Iterator[str]:
    """The folders on the way to a file that were not seen before, the upper ones first; then the file."""
    new = [file]
    while (folder := new[-1].rpartition("/")[0]) not in known:
        new.append(folder)
    return reversed(new)


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


@rule(severity=Severity.WARNING)
def stale_generated_file(repository: Repository) -> Findings:
    """A file that gitsm wrote, a JSON Schema or CODEOWNERS, is not what it would write today.

    Editors complete and check by the schemas: they offer fields that are gone and mark new ones as
    wrong, while the check says otherwise. A stale CODEOWNERS asks people who have handed over. The file
    was edited by hand, its records changed, or another version wrote it. It is a warning, so that an
    upgrade fails nobody's pull request: `gitsm schema --check` is there for that. The name of a schema of
    one of gitsm's kinds is its own, so a file of another tool under it counts as well.

    Bad:

        # schemas/service.schema.json (whole)
        {"x-gitsm": {"kind": "service", "path": "services/<service>/service.yaml"}, "properties": {}}

    Good:

        # schemas/risk.schema.json (whole)
        {"x-gitsm": {"kind": "risk", "folder": "risks"}, "type": "object"}
    """
    ours = {f"{FOLDER}{kind.name}{SUFFIX}": kind for kind in KINDS.values()}
    there = [path for path in ours if path in repository.files]
    for path, content in repository.tree.read_many(there, limit=4 * source.MAX_BYTES):
        kind = ours[path]
        if isinstance(content, bytes) and not _is_users_own(content) and not is_current(kind, content):
            hint = "write it anew: `gitsm schema`"
            if b'"x-gitsm"' not in content:
                hint += "; if it is no schema of gitsm's, give it another name first"
            yield Diagnostic(
                f"{path} is not what gitsm writes for the kind {kind.name} today",
                Place(path, of_file=True),
                hint,
            )
    yield from _stale_code_owners(repository)


def _stale_code_owners(repository: Repository) -> Findings:
    records = [*repository.all("team"), *repository.all("service"), *repository.all("raci")]
    if not repository.policy_is_known or any(record.checked is None for record in records):
        return  # what should stand there is unknown until they are mended
    for path, content in standing(repository):
        host = host_of(content)
        if host is not None and not is_current_owners(content, code_owners(repository, host).text):
            yield Diagnostic(
                f"{path} is not what the records say today",
                Place(path, of_file=True),
                f"write it anew: `gitsm codeowners --host {host}`",
            )


def _is_users_own(content: bytes) -> bool:
    """Whether a file is the schema of a user's own kind, which names a folder: its name is then said to
    be taken."""
    if b'"folder"' not in content:
        return False
    try:
        about = json.loads(content)["x-gitsm"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return isinstance(about, dict) and "folder" in about


_OF_A_WRITER = re.compile(r"\.gitsm-[0-9a-f]{16}")
"""The names that files have on their way to their place, and those that they replace."""


@rule(severity=Severity.NOTE)
def leftover_of_a_writer(repository: Repository) -> Findings:
    """A file is left of a command of gitsm that was ended while it wrote.

    A command writes under such a name first, and keeps what it replaces under one until all is in its place.
    Where the machine or somebody ended it in that moment, the file may be the only one that holds what
    another was to say, or said before: it is never removed by itself.

    Bad:

        # runbooks/.gitsm-0f1e2d3c4b5a6978 (whole)
        Add workers.

    Good:

        # runbooks/queue-full.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation

        Add workers.
    """
    for path in repository.files:
        if _OF_A_WRITER.fullmatch(path.rpartition("/")[2]):
            yield Diagnostic(
                f"{path} is left of a command that was ended while it wrote",
                Place(path, of_file=True),
                "see which file beside it should hold this, or held it, put that right, and delete this one",
            )


MAX_CANDIDATES = 500
"""How many files that lie where nothing reads them are looked into."""

_NOT_IN_USE = re.compile(
    "archived?|attic|examples?|fixtures|old|samples?|templates?|tests?|testdata|third_party|vendor|\\..*"
)
"""Folders whose records nobody thinks to be in force."""


@rule(severity=Severity.WARNING)
def record_out_of_place(repository: Repository) -> Findings:
    """A file is a whole record, and lies where no kind reads it.

    It has the name and the fields of one, and all that it names is there, so its author thinks that
    it counts; it is neither checked nor published, and nobody finds it at night. Folders of tests, examples, templates
    and archives are left alone.

    Bad:

        # docs/runbooks/queue-full.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation

        Add workers.

    Good:

        # runbooks/queue-full.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation

        Add workers.
    """
    tops = {kind.folder for kind in repository.kinds.values()}
    misnamed = {fault.place.file.split("/", 1)[0] + "/" for fault in repository.faults_of(MISNAMED_FOLDER)}
    wanted: dict[str, Kind] = {}
    for path, entry in repository.files.items():
        top, slash, _ = path.partition("/")
        if top + slash in tops or top + slash in misnamed or is_no_record(path):
            continue
        kind = _kind_elsewhere(path) if entry.size <= source.MAX_BYTES else None
        if kind is not None and len(wanted) < MAX_CANDIDATES:
            wanted[path] = kind
    for path, content in repository.tree.read_many(wanted):
        if isinstance(content, bytes) and _is_whole(repository, wanted[path], path, content):
            kind = wanted[path]
            yield Diagnostic(
                f"{path} is {kind.a_noun} in a place where nothing reads it",
                Place(path, of_file=True),
                f"move it to where its kind lies: {kind.where}",
            )


def _kind_elsewhere(path: str) -> Kind | None:
    """The kind that a file would be of if it lay elsewhere: in a folder of records that lies in another
    folder, by a name that no other file should have, or by a name that begins with a day."""
    parts = path.split("/")
    if len(parts) > 10 or any(_NOT_IN_USE.fullmatch(part.lower()) for part in parts[:-1]):
        return None
    for kind in KINDS.values():
        own = kind.pattern.rsplit("/", 1)[-1]
        if own == parts[-1]:
            return kind
        for start in range(1, len(parts) - 1):
            if parts[start] + "/" == kind.folder and kind.id_of("/".join(parts[start:])) is not None:
                return kind
    ending = parts[-1].rpartition(".")[2]
    dated = (kind for kind in KINDS.values() if kind.dated and ending == kind.pattern.rpartition(".")[2])
    return next(dated, None) if _DATED.match(parts[-1]) else None


_DATED = re.compile(r"\d{4}-\d\d-\d\d-[a-z0-9-]+\.")


def _is_whole(repository: Repository, kind: Kind, path: str, content: bytes) -> bool:
    """Whether a file fits the schema of a kind, and the services and teams it names are this repository's."""
    document = source.read(path, content, kind.format)
    if document.data is None or validate(kind, path, document.data)[0] is None:
        return False
    named = {(to, id) for _, to, id in kind.references.find(document.data) if to != ROLE}
    return any(to in ("service", "team") for to, _ in named) and all(
        repository.defines(to, id) for to, id in named
    )
