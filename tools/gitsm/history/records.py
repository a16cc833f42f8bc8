"""Since when the values of records stand, and what stood before."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitsm.git import Git
from gitsm.history.contents import Contents, alike, blob_id, value_at
from gitsm.history.passage import Passage, State
from gitsm.history.version import NOT_COMMITTED, Unknown, Version
from gitsm.repository import Record, Repository, once
from gitsm.schema.kind import Kind
from gitsm.source import Value


@once
def history_of(repository: Repository) -> History | None:
    """The history of a repository's records, up to the commit that it is or lies on.

    None outside Git and before the first commit.
    """
    if repository.git is None or repository.commit is None:
        return None
    return History(repository.git, repository.commit, repository.kinds.values(), repository.tree.files)


class History:
    """The versions of every record, back to the first commit or to where the clone's history ends."""

    def __init__(self, git: Git, commit: str, kinds: Iterable[Kind], files: Iterable[str]) -> None:
        self._passage = Passage(kinds)
        self._files = frozenset(files)
        self._states: dict[str, Sequence[State]] = {}
        self._today: dict[str, str] = {}
        self._contents = Contents(git)
        self._passage.read(git, commit, Counter(file.split("/", 1)[0] for file in self._files))

    @property
    def is_whole(self) -> bool:
        """Whether the clone has all commits of the history, though it may lack contents of theirs."""
        return self._passage.end is None

    def begins_with(self, version: Version) -> bool:
        """Whether a version is the oldest one of all that are known: what it brought may be older than it."""
        return self._passage.is_oldest(version)

    def versions(self, record: Record[Any]) -> Sequence[Version | Unknown]:
        """The commits that made a record's file, changed it, moved it or removed it, the newest first.

        The last one is Unknown where the clone doesn't know the older ones.
        """
        # At the end of a shallow clone stands a state that some older commit made.
        found = {
            version.position: blob if isinstance(blob, Unknown) else version
            for version, blob in self._states_of(record)
        }
        return list(found.values())

    def is_committed(self, record: Record[Any]) -> bool:
        """Whether the newest commit has a record as it stands."""
        states = self._states_of(record)
        if not states or not isinstance(states[0][1], str):
            return False
        blob = states[0][1]
        return blob == blob_id(record.document.text, len(blob))

    def since_when(self, record: Record[Any], *path: str | int) -> Version | Unknown:
        """When the value that stands at this path of a record's data was written, or taken away.

        The oldest version of those that had it without a break until today. A version that is no
        readable record says nothing about its values, and breaks nothing.
        """
        if record.document.data is None:
            return Unknown(f"{record.file} can't be read")
        wanted = value_at(record.data, path)
        since = NOT_COMMITTED
        for version, blob in self._states_of(record):
            if blob is None:
                break
            data = self._data(record, blob)
            if isinstance(data, Unknown):
                return data
            if data is not None and not alike(value_at(data, path), wanted):
                break
            if data is not None:
                since = version
        return since

    def data_at(self, record: Record[Any], version: Version) -> Mapping[str, Value] | Unknown | None:
        """A record's data as it was right after a version of this or another record; None where it was not."""
        if not version.is_committed:
            today = record.document.data
            return today if today is not None else Unknown(f"{record.file} can't be read")
        states = self._states_of(record)
        place = bisect_left(states, version.position, key=lambda state: state[0].position)
        then, blob = states[min(place, len(states) - 1)] if states else (version, None)
        if blob is None or (place == len(states) and not isinstance(blob, Unknown)):
            return None
        data = self._data(record, blob)
        return Unknown(f"{record.file} can't be read in commit {then.commit}") if data is None else data

    def changed_since(self, record: Record[Any], version: Version, *path: str | int) -> bool | Unknown:
        """Whether another value stands at this path than right after a version of this or another record.

        What changed and was changed back has not changed. Where there was no record, all of it is new.
        """
        if record.document.data is None:
            return Unknown(f"{record.file} can't be read")
        then = self.data_at(record, version)
        if isinstance(then, Unknown):
            return then
        return then is None or not alike(value_at(then, path), value_at(record.data, path))

    def _data(self, record: Record[Any], blob: str | Unknown | None) -> Mapping[str, Value] | Unknown | None:
        if blob is None or isinstance(blob, Unknown):
            return blob
        today = self._today.get(record.file)
        if today is None:
            today = self._today[record.file] = blob_id(record.document.text, len(blob))
        # Most records are as their newest version has them, and that is read already.
        return record.document.data if blob == today else self._contents.data(blob, record.kind.format)

    def _states_of(self, record: Record[Any]) -> Sequence[State]:
        known = self._states.get(record.file)
        if known is None:
            known = tuple(self._passage.states(self._committed_file(record)))
            self._states[record.file] = known
        return known

    def _committed_file(self, record: Record[Any]) -> str:
        """Where the commit has a record: elsewhere, when it was moved since."""
        if self._passage.stands(record.file):
            return record.file
        other = self._passage.file_of(record.kind, record.id)
        return other if other is not None and other not in self._files else record.file
