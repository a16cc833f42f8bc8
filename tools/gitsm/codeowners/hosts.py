"""The code hosts: where each looks for CODEOWNERS, what it takes for a handle, and how it escapes a path."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args

from gitsm.records.team import Team
from gitsm.repository import Record, Repository

Host = Literal["github", "gitlab"]
HOSTS: tuple[Host, ...] = get_args(Host)
NAMES: Mapping[Host, str] = {"github": "GitHub", "gitlab": "GitLab"}

PLACES: Mapping[Host, tuple[str, ...]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""Where each host looks for the file; the first one that is there counts."""
NEW = "CODEOWNERS"
"""Where the file goes where there is none."""

_MARK = re.compile(r"# Written by `gitsm codeowners --host (github|gitlab)`")
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_HANDLES: Mapping[Host, re.Pattern[str]] = {
    # An underscore stands in the names of users whom a company manages.
    "github": re.compile(rf"@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9._-]+)?|{_EMAIL}", re.ASCII),
    "gitlab": re.compile(rf"@[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*|{_EMAIL}", re.ASCII),
}


def handle_of(team: Record[Team], host: Host) -> str | None:
    """What a team is called on a host; None where it says nothing that the host would understand."""
    handle = written_handle(team, host)
    return handle if handle is not None and is_handle(handle, host) else None


def written_handle(team: Record[Team], host: Host) -> str | None:
    """What a team says that it is called on a host."""
    handles = team.fields.handles
    return getattr(handles, host) if handles is not None else None


def is_handle(text: str, host: Host) -> bool:
    """Whether a text is a user, a team or group, or a mail address, as a host writes them."""
    return _HANDLES[host].fullmatch(text) is not None


def why_no_handle(text: str, host: Host) -> str:
    """What is wrong with a text that a host would not understand as a handle, on one printable line."""
    mail = not text.startswith("@") and "@" in text
    odd = [
        char
        for char in dict.fromkeys(text)
        if not re.match(r"[A-Za-z0-9@/._-]" + ("|[%+]" if mail else ""), char)
    ]
    if odd:
        more = f" and {len(odd) - _MOST_ODD} more" if len(odd) > _MOST_ODD else ""
        return f"it holds {', '.join(map(_named, odd[:_MOST_ODD]))}{more}"
    if mail:
        return "it begins with no @, and is no mail address"
    if not text.startswith("@"):
        return "it begins with no @"
    names = text[1:].split("/")
    if "" in names:
        return (
            "nothing stands beside its @" if len(names) == 1 else "nothing stands beside one of its slashes"
        )
    if "@" in text[1:]:
        return "it holds a second @"
    if host == "github" and len(names) > 2:
        return f"it has {len(names) - 1} slashes, and GitHub knows no teams in teams"
    for name in names[: 1 if host == "github" else None]:
        if name[0] in ".-" or (host == "github" and name[0] == "_"):
            return f"a name in it begins with {_named(name[0])}"
    return "'.' has no place in the name of an organization or a user"


_MOST_ODD = 3


def _named(char: str) -> str:
    if char == " ":
        return "a blank"
    code = f"U+{ord(char):04X}"
    return (
        f"'{char}'"
        if char.isascii() and char.isprintable()
        else f"'{char}' ({code})"
        if char.isalpha()
        else code
    )


def place_of(files: Iterable[str], host: Host) -> str:
    """Where the file is, or belongs where there is none."""
    there = set(files)
    return next((place for place in PLACES[host] if place in there), NEW)


def host_of(content: bytes) -> Host | None:
    """The host that gitsm wrote a file for; None for a file that it did not write."""
    first = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    match = _MARK.match(first.removeprefix("\ufeff"))
    return next((host for host in HOSTS if match is not None and host == match[1]), None)


def likely_host(repository: Repository) -> Host:
    """The host that a repository is on, by its files and by what its teams say; GitHub where nothing tells."""
    files = repository.files
    of_gitlab = any(path == ".gitlab-ci.yml" or path.startswith(".gitlab/") for path in files)
    of_github = any(path.startswith(".github/") for path in files)
    if of_gitlab != of_github:
        return "gitlab" if of_gitlab else "github"
    named = Counter(host for team in repository.of(Team) for host in HOSTS if handle_of(team, host))
    return "gitlab" if named["gitlab"] > named["github"] else "github"


def escaped(path: str, host: Host) -> str:
    """A path as a pattern that matches it: what a pattern would obey stands as itself, or as any character."""
    found = []
    for char in path:
        if char == " ":
            found.append("\\ ")
        elif char == "#":
            found.append("\\#" if host == "gitlab" else "?")  # GitHub knows no escape for it
        elif char in "?[]\\" or char.isspace() or not char.isprintable():
            found.append("?")
        else:
            found.append(char)
    return "".join(found)


MAX_BYTES = 4 * 1024 * 1024
"""How much of a file is read: GitHub takes no notice of a larger one."""


def standing(repository: Repository) -> Iterator[tuple[str, bytes]]:
    """The CODEOWNERS files that are there and can be read, wherever a host looks for one."""
    places = dict.fromkeys(place for host in HOSTS for place in PLACES[host])
    there = [place for place in places if place in repository.files]
    for place, content in repository.tree.read_many(there, limit=MAX_BYTES):
        if isinstance(content, bytes):
            yield place, content


def is_current(content: bytes, text: str) -> bool:
    """Whether a file says what would be written today, with whatever line ends."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n") == text.encode()
