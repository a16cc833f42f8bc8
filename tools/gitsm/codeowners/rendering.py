"""CODEOWNERS in the words of a host: one line for a pattern on GitHub, sections with their counts on GitLab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gitsm.codeowners.hosts import NAMES, Host, escaped, handle_of
from gitsm.codeowners.lines import CodeOwners, Line, Section, Unasked
from gitsm.records.team import Team
from gitsm.repository import Repository


class Rendering:
    """Writes lines and sections in the words of a host."""

    def __init__(self, repository: Repository, host: Host) -> None:
        self._host = host
        self._handles = {team.id: handle_of(team, host) for team in repository.of(Team)}
        self._asked: dict[str, tuple[str, ...]] = {}
        self._unasked: list[Unasked] = []
        self._count = 0

    def whole(self, blocks: Sequence[tuple[str, Sequence[Line]]], sections: Sequence[Section]) -> CodeOwners:
        """The whole file: blocks of lines under a title each, and the sections of approvals."""
        text = [
            f"# Written by `gitsm codeowners --host {self._host}` from the records. Don't edit it: change the",
            "# records and write it anew; `gitsm codeowners --check` says whether it is stale.",
        ]
        for title, lines in blocks:
            written = list(self._block(lines))
            if written:
                text += ["", f"# {title}", *written]
        if self._host == "gitlab":
            for section in sections:
                text.extend(self._section(section))
        return CodeOwners(self._host, "\n".join(text) + "\n", self._count, tuple(self._unasked))

    def _block(self, lines: Sequence[Line]) -> Iterator[str]:
        for line in lines:
            teams = (*line.keepers, *line.approvers) if self._host == "github" else line.keepers
            handles = self._of(teams)
            above = self._asked.get(line.within, ())
            if not handles:
                self._unasked.append(Unasked(line.pattern, tuple(dict.fromkeys(teams))))
                self._asked[line.pattern] = above
                yield f"# {escaped(line.pattern, self._host)}: {self._why(teams)}"
                continue
            self._asked[line.pattern] = handles
            if set(handles) != set(above):
                self._count += 1
                yield f"{escaped(line.pattern, self._host)} {' '.join(handles)}"

    def _section(self, section: Section) -> Iterator[str]:
        lines = [(line.pattern, handles) for line in section.lines if (handles := self._of(line.keepers))]
        mark, count = "^" if section.optional else "", f"[{section.count}]" if section.count > 1 else ""
        # An optional section takes no count.
        heading = f"{mark}[{section.name}]{'' if section.optional else count}"
        yield ""
        if not lines:
            yield f"# {section.name}: no path tells whom to ask"
            return
        yield heading
        for pattern, handles in lines:
            self._count += 1
            yield f"{escaped(pattern, self._host)} {' '.join(handles)}"

    def _of(self, teams: Iterable[str]) -> tuple[str, ...]:
        handles = (self._handles.get(team) for team in teams)
        return tuple(dict.fromkeys(handle for handle in handles if handle is not None))

    def _why(self, teams: Iterable[str]) -> str:
        known = [team for team in dict.fromkeys(teams) if team in self._handles]
        if not known:
            return "no record says who keeps it"
        have = "has" if len(known) == 1 else "have"
        return f"{', '.join(known)} {have} no handle on {NAMES[self._host]}"
