"""The immutable index of one tree: every record, the links between them both ways, and the moment.

It is the only thing that computations, rules and pages see.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property, wraps
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from gitsm import source
from gitsm.diagnostic import DataPath, Diagnostic, Place, Span
from gitsm.git import Git
from gitsm.markdown import Prose, read_prose
from gitsm.naming import invalid_id, is_no_record, misnamed_folders, of_no_kind, undated
from gitsm.records import KINDS
from gitsm.records.policy import Policy
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.own_kinds import is_schema_file, read_own_kind, validate_own
from gitsm.schema.references import ROLE
from gitsm.schema.validation import validate
from gitsm.settings import Settings
from gitsm.source import Document
from gitsm.tree import Entry, Tree

FieldsType = TypeVar("FieldsType", bound=RecordFields)
Computed = TypeVar("Computed")
DUPLICATE_ID = "duplicate-id"


@dataclass(frozen=True, eq=False)
class Record(Generic[FieldsType]):
    """One record of the tree: what it is, where it stands, and what it says."""

    kind: Kind
    id: str
    document: Document = field(repr=False)
    checked: FieldsType | None = field(repr=False)
    """Its fields, or None where they don't fit the schema or the kind is a user's own."""
    damaged: bool = False
    """Whether it says less than its file, because what can't be right was left out; see `salvage`."""
    lost: tuple[str, ...] = ()
    """What was left out of a damaged record, in words: the keys that lead there."""

    @property
    def fields(self) -> FieldsType:
        """Its fields, typed. Only records that fit their schema have them."""
        assert self.checked is not None, f"{self.file} does not fit its schema"
        return self.checked

    @property
    def data(self) -> Mapping[str, Any]:
        """Its data as written, also where it doesn't fit its schema."""
        return self.document.data or {}

    @property
    def file(self) -> str:
        """Its path in the repository."""
        return self.document.file

    @property
    def body(self) -> str:
        """The Markdown after its front matter; empty for YAML."""
        return self.document.body

    @cached_property
    def prose(self) -> Prose:
        """The headings, links and code of its body."""
        return read_prose(self.document.body, self.document.body_line)

    @property
    def title(self) -> str:
        """The words that people know it by: its title or name, its first heading, or its id."""
        for name in self.kind.heading:
            value = self.data.get(name)
            if isinstance(value, str) and value:
                return value
        if self.body:
            for heading in self.prose.headings:
                if heading.level == 1 and heading.text:
                    return heading.text
        return self.id

    def __str__(self) -> str:
        return f"{self.kind.noun} {self.id}"

    def place(self, *path: str | int, label: str = "", on_key: bool = False) -> Place:
        """A place in this record, by the path in its data."""
        return Place(self.file, path, label=label, on_key=on_key)

    def line(self, line: int, label: str = "") -> Place:
        """A whole line of this record's file."""
        return Place(self.file, span=Span(line, 1, line, len(self.text_of(line)) + 1), label=label)

    def text_of(self, line: int) -> str:
        """The text of a line of this record's file, without its end."""
        return self._lines[line - 1].rstrip("\r") if 0 < line <= len(self._lines) else ""

    @cached_property
    def _lines(self) -> Sequence[str]:
        return self.document.text.split("\n")

    def problem(
        self,
        message: str,
        *path: str | int,
        hint: str = "",
        related: Iterable[Place] = (),
        at: Place | None = None,
        on_key: bool = False,
    ) -> Diagnostic:
        """A finding about this record, at a path in its data or at another place in its file."""
        place = at or self.place(*path, on_key=on_key)
        return Diagnostic(message, place, hint, tuple(related))


@dataclass(frozen=True, slots=True)
class Link:
    """A reference as written: from a place in one record to the id of another."""

    source: Record[Any]
    path: DataPath
    kind: str
    id: str

    @property
    def field(self) -> str:
        """The top field that holds it, such as `depends_on`."""
        return str(self.path[0])


class Repository:
    """Every record of one tree at one moment, with links both ways."""

    def __init__(
        self,
        tree: Tree,
        *,
        now: datetime,
        settings: Settings | None = None,
        authorised: frozenset[str] | None = None,
        git: Git | None = None,
        commit: str | None = None,
    ) -> None:
        self.tree = tree
        self.git = git
        self.commit = commit
        """The commit that the tree is, or lies on; None outside Git and before the first commit."""
        self.now = now
        self.settings = settings or Settings()
        self.authorised = authorised
        """Files that stand on the default branch; None without Git or without its history."""
        self.documents: dict[str, Document] = {}
        """Everything that was read, by path."""
        self.faults: list[Diagnostic] = list(tree.problems)
        """What is wrong with files and their shape, each with the name of its rule."""
        self.kinds: dict[str, Kind] = dict(KINDS)
        self._records: dict[str, dict[str, Record[Any]]] = defaultdict(dict)
        self._defined: set[tuple[str, str]] = set()
        self._unread: set[tuple[str, str]] = set()
        self._computed: dict[object, Any] = {}
        collecting = gc.isenabled()
        gc.disable()  # everything that is made while loading lives as long as the repository
        try:
            self._load()
        finally:
            if collecting:
                gc.enable()

    # --- what stands in it

    @property
    def files(self) -> Mapping[str, Entry]:
        """Every regular file of the tree, by path."""
        return self.tree.files

    def faults_of(self, rule: str) -> Iterator[Diagnostic]:
        """What is wrong with files and their shape, as far as one rule is about it."""
        return (fault for fault in self.faults if fault.rule == rule)

    def of(self, model: type[FieldsType]) -> Sequence[Record[FieldsType]]:
        """The records of one of our own kinds that fit their schema, by id."""
        if model not in self._computed:
            found = [record for record in self.all(self._name_of(model)) if record.checked is not None]
            self._computed[model] = found
        records: Sequence[Record[FieldsType]] = self._computed[model]
        return records

    def all(self, kind: str | None = None) -> Sequence[Record[Any]]:
        """Every record that could be read, of one kind or of all, by kind and id."""
        return self._all if kind is None else self._all_of_kind.get(kind, ())

    @cached_property
    def _all(self) -> Sequence[Record[Any]]:
        return [record for name in sorted(self._all_of_kind) for record in self._all_of_kind[name]]

    @cached_property
    def _all_of_kind(self) -> Mapping[str, Sequence[Record[Any]]]:
        return {name: [found[id] for id in sorted(found)] for name, found in self._records.items()}

    def get(self, model: type[FieldsType], id: str | None) -> Record[FieldsType] | None:
        """The record of one of our own kinds with an id, where there is one that fits its schema."""
        found = self.find(self._name_of(model), id)
        return cast("Record[FieldsType]", found) if found is not None and found.checked is not None else None

    def find(self, kind: str, id: str | None) -> Record[Any] | None:
        """The record of a kind with an id, also where it doesn't fit its schema."""
        return self._records.get(kind, {}).get(id) if id is not None else None

    def at(self, file: str) -> Record[Any] | None:
        """The record that a file holds."""
        return self._by_file.get(file)

    @cached_property
    def _by_file(self) -> Mapping[str, Record[Any]]:
        return {record.file: record for record in self.all()}

    @staticmethod
    @cache
    def _name_of(model: type[RecordFields]) -> str:
        return next(kind.name for kind in KINDS.values() if kind.model is model)

    # --- how it hangs together

    @cached_property
    def references(self) -> Sequence[Link]:
        """Every reference of every record to another record or to a role, also those that lead nowhere."""
        return [
            Link(record, path, kind, id)
            for record in self.all()
            for path, kind, id in record.kind.references.find(record.data)
        ]

    @cached_property
    def links(self) -> Sequence[Link]:
        """Every reference to another record."""
        return [link for link in self.references if link.kind != ROLE]

    def defines(self, kind: str, id: str) -> bool:
        """Whether a file stands where a record of this kind and id would, however broken it is."""
        return (kind, id) in self._defined

    def is_unread(self, kind: str, service: str | None = None) -> bool:
        """Whether a file of a kind can't be read at all, so that what it says is unknown.

        With a service only the files in its folder count.
        """
        return (kind, f"services/{service}/" if service is not None else "") in self._unread

    @cached_property
    def _links_to(self) -> Mapping[tuple[str, str], Sequence[Link]]:
        found: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in self.links:
            found[link.kind, link.id].append(link)
        return found

    def links_to(self, record: Record[Any]) -> Sequence[Link]:
        """Every reference to a record."""
        return self._links_to.get((record.kind.name, record.id), ())

    def referring(self, record: Record[Any], model: type[FieldsType], field: str) -> list[Record[FieldsType]]:
        """The records of a kind whose field refers to this one, by id: the other end of a relation."""
        name = self._name_of(model)
        found = {
            link.source.id: link.source
            for link in self.links_to(record)
            if link.field == field and link.source.kind.name == name and link.source.checked is not None
        }
        return [found[id] for id in sorted(found)]

    def beside(self, service: Record[Any], model: type[FieldsType]) -> list[Record[FieldsType]]:
        """The records of one of our own kinds that stand in a service's folder and fit their schema."""
        found = self.all_beside(service, self._name_of(model))
        return [record for record in found if record.checked is not None]

    def all_beside(self, service: Record[Any], kind: str) -> list[Record[Any]]:
        """The records of a kind that stand in a service's folder, also where they don't fit their schema."""
        return list(self._beside.get((kind, service.file.rsplit("/", 1)[0]), ()))

    @cached_property
    def _beside(self) -> Mapping[tuple[str, str], list[Record[Any]]]:
        """The records of each kind by the folder of the service that they stand in, by id."""
        found: dict[tuple[str, str], list[Record[Any]]] = {}
        for record in self.all():
            folder = "/".join(record.file.split("/")[:2])
            found.setdefault((record.kind.name, folder), []).append(record)
        return found

    # --- what holds in it

    @cached_property
    def policy(self) -> Policy:
        """The policy; the small team's where the repository has none of its own, or none that can be read."""
        record = self.get(Policy, "policy")
        return record.fields if record else Policy()

    @cached_property
    def policy_is_known(self) -> bool:
        """Whether the policy is what the repository means: there is none, or it can be read whole."""
        found = self.get(Policy, "policy")
        return not self.defines("policy", "policy") or (found is not None and not found.damaged)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The zone of plain dates."""
        return ZoneInfo(self.policy.timezone)

    @property
    def today(self) -> date:
        """The day that `now` is in the policy's time zone."""
        return self.now.astimezone(self.timezone).date()

    # --- how it is read

    def with_records(self, records: Iterable[Record[Any]]) -> Repository:
        """The same repository with other readings of some of its records; everything that follows from them
        is computed anew."""
        found = copy(self)
        for name in [name for name in vars(self) if isinstance(getattr(type(self), name, None), cached_property)]:
            del found.__dict__[name]
        found._computed = {}
        found._records = defaultdict(dict, {kind: dict(known) for kind, known in self._records.items()})
        for record in records:
            found._records[record.kind.name][record.id] = record
        return found

    def _load(self) -> None:
        self._load_own_kinds()
        kinds = self._kinds_by_folder()
        wanted: dict[str, tuple[Kind, str]] = {}
        for path, entry in self.tree.files.items():
            claims = [(kind, kind.id_of(path)) for kind in kinds.get(path.split("/", 1)[0] + "/", ())]
            found = next(((kind, id) for kind, id in claims if id is not None), None)
            if is_no_record(path) or (found is None and not claims):
                continue
            if found is None:
                self.faults.extend(of_no_kind(path, [kind for kind, _ in claims]))
                continue
            self._defined.add((found[0].name, found[1]))
            if entry.size > source.MAX_BYTES:
                self.faults.append(source.too_large(path, entry.size))
                self._leave_unread(found[0], path)
            else:
                wanted[path] = found
        self.faults.extend(misnamed_folders(self.tree.files, kinds))
        for path, content in self.tree.read_many(wanted):
            if isinstance(content, Diagnostic):
                self.faults.append(content)
                self._leave_unread(wanted[path][0], path)
            else:
                self._read(path, content, *wanted[path])
        for problem in self.tree.problems:
            path = problem.place.file
            for kind in kinds.get(path.split("/", 1)[0] + "/", ()):
                if kind.id_of(path) is not None or "." not in path.rsplit("/", 1)[-1]:
                    self._leave_unread(kind, path)

    def _leave_unread(self, kind: Kind, path: str) -> None:
        top, _, below = path.partition("/")
        self._unread |= {(kind.name, ""), (kind.name, f"{top}/{below.partition('/')[0]}/")}

    def _load_own_kinds(self) -> None:
        paths = [path for path in self.tree.files if is_schema_file(path)]
        small = [path for path in paths if self.tree.files[path].size <= source.MAX_BYTES]
        for path, content in self.tree.read_many(small):
            if isinstance(content, Diagnostic):
                self.faults.append(content)
                continue
            kind, faults = read_own_kind(path, content, self.kinds)
            self.faults.extend(faults)
            if faults:  # so that each is shown with its line
                self.documents[path] = source.read(path, content, source.Format.YAML)
            if kind is not None:
                self.kinds[kind.name] = kind
        self.faults.extend(
            source.too_large(path, self.tree.files[path].size) for path in paths if path not in small
        )

    def _kinds_by_folder(self) -> Mapping[str, list[Kind]]:
        found: dict[str, list[Kind]] = defaultdict(list)
        for kind in self.kinds.values():
            found[kind.folder].append(kind)
        return found

    def _read(self, path: str, content: bytes, kind: Kind, id: str) -> None:
        document = source.read(path, content, kind.format)
        self.documents[path] = document
        self.faults.extend(document.problems)
        if document.data is None:
            self._leave_unread(kind, path)
        bad_id = invalid_id(path, kind, id)
        if bad_id is not None:
            self.faults.append(bad_id)
            return
        self.faults.extend(undated(path, kind, id))
        other = self._records[kind.name].get(id)
        if other is not None:
            self.faults.append(
                Diagnostic(
                    f"{kind.noun} {id} stands in {other.file} as well",
                    Place(path, of_file=True),
                    "an id is a file's name, unique within its kind: rename one of them",
                    (Place(other.file, label="the other one", of_file=True),),
                    rule=DUPLICATE_ID,
                )
            )
            return
        self._records[kind.name][id] = Record(kind, id, document, self._checked(kind, document))

    def _checked(self, kind: Kind, document: Document) -> RecordFields | None:
        if document.data is None:
            return None
        if kind.model is None:
            self.faults.extend(validate_own(kind, document.file, document.data))
            return None
        fields, faults = validate(kind, document.file, document.data)
        self.faults.extend(faults)
        return fields


def once(compute: Callable[[Repository], Computed]) -> Callable[[Repository], Computed]:
    """Have a computation over a repository, which never changes, done once for each repository."""

    @wraps(compute)
    def remembered(repository: Repository) -> Computed:
        known = repository._computed
        if compute not in known:
            known[compute] = compute(repository)
        found: Computed = known[compute]
        return found

    return remembered
