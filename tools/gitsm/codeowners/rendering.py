"""CODEOWNERS in the words of a host: one line for a pattern on GitHub, sections with their counts on GitLab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gitsm.codeowners.hosts import NAMES, Host, escaped, handle_of, why_no_handle, written_handle
from gitsm.codeowners.lines import EVERYTHING, CodeOwners, Line, Section, Unasked
from gitsm.records.team import Team
from gitsm.repository import Repository


class Rendering:
    """Writes lines and sections in the words of a host."""

    def __init__(self, repository: Repository, host: Host) -> None:
        self._host = host
        self._handles = {team.id: handle_of(team, host) for team in repository.of(Team)}
        self._flaws = {
            team.id: why_no_handle(written, host)
            for team in repository.of(Team)
            if self._handles[team.id] is None and (written := written_handle(team, host)) is not None
        }
        self._asked: dict[str, tuple[str, ...]] = {}
        self._unasked: list[Unasked] = []
        self._count = 0

    def whole(self, blocks: Sequence[tuple[str, Sequence[Line]]], sections: Sequence[Section]) -> CodeOwners:
        """The whole file: blocks of lines under a title each, and the sections of approvals."""
        text = [
            f"# Written by `gitsm codeowners --host {self._host}` from the records. Don't edit it: change the",
            "# records and write it anew; `gitsm codeowners --check` says whether it is stale.",
        ]
        if self._host == "github":
            text += self._not_held(sections)
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
            above = self._asked.get(line.within or EVERYTHING, ())
            if not handles:
                why = self._why(teams)
                self._unasked.append(Unasked(line.pattern, tuple(dict.fromkeys(teams)), why))
                self._asked[line.pattern] = above
                yield f"# {escaped(line.pattern, self._host)}: {why}"
                continue
            self._asked[line.pattern] = handles
            # What those who govern keep is said although it is theirs anyway: nobody need work it out.
            if set(handles) != set(above) or not line.within:
                self._count += 1
                yield f"{escaped(line.pattern, self._host)} {' '.join(handles)}"

    def _not_held(self, sections: Sequence[Section]) -> Iterator[str]:
        """What the policy asks for and GitHub can't see to."""
        needs: dict[str, list[str]] = {}
        for section in sections:
            when = "at times " if section.optional else ""
            why = self._why_nobody(section)
            why = f" ({why})" if why else ""
            needs.setdefault(section.kind, []).append(f"{when}{section.count} of {section.party}{why}")
        if needs:
            yield "#"
            yield "# GitHub is content with one approval by anybody in a line. It can't see to what the policy asks"
            yield "# for beyond that; whoever merges does:"
        for kind, asked in needs.items():
            yield f"# - {kind}: {'; '.join(asked)}"

    def _why_nobody(self, section: Section) -> str:
        """Why nobody is asked for an approval; empty where somebody is."""
        teams = [team for line in section.lines for team in line.keepers]
        if not teams:
            return "no path tells whom to ask"
        return "" if self._of(teams) else self._why(teams)

    def _section(self, section: Section) -> Iterator[str]:
        lines = [(line.pattern, handles) for line in section.lines if (handles := self._of(line.keepers))]
        mark, count = "^" if section.optional else "", f"[{section.count}]" if section.count > 1 else ""
        # An optional section takes no count.
        heading = f"{mark}[{section.name}]{'' if section.optional else count}"
        yield ""
        if not lines:
            yield f"# {section.name}: {self._why_nobody(section)}"
            return
        yield heading
        if section.optional and count:
            yield f"# The policy asks for {section.count}; GitLab counts none where approval is optional."
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
        silent = [team for team in known if team not in self._flaws]
        said = [
            f"{team}'s handle on {NAMES[self._host]} is none: {self._flaws[team]}"
            for team in known
            if team in self._flaws
        ]
        if silent:
            have = "has" if len(silent) == 1 else "have"
            said.append(f"{', '.join(silent)} {have} no handle on {NAMES[self._host]}")
        return "; ".join(said)
