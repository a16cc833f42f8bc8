"""CODEOWNERS: whom the code host asks about which file, by what the records say.

Owners keep their services and what is written about them, providers their agreements, and those who
govern keep the policy, the teams and the calendars. Who must approve by the policy is asked on top: on
GitHub in the same line, on GitLab in a section of its own with its count. The host judges a pull request
by the file of its base, so folders are named rather than files, and new files have their owner too.

Each of these files imports only from those above it:

- `hosts`: where each host looks for the file, what it takes for a handle, and how it escapes a path
- `approvals`: who governs, and whose approval the policy asks for
- `lines`: patterns of files with those who are asked, and the lines for a folder of records
- `rendering`: the file in the words of a host
- `writing`: what it says, gathered from the records
"""

from __future__ import annotations

from gitsm.codeowners.approvals import governors
from gitsm.codeowners.hosts import (
    HOSTS,
    NAMES,
    Host,
    escaped,
    handle_of,
    host_of,
    is_current,
    is_handle,
    likely_host,
    place_of,
    standing,
    why_no_handle,
    written_handle,
)
from gitsm.codeowners.lines import CodeOwners, Unasked
from gitsm.codeowners.writing import code_owners

__all__ = [
    "HOSTS",
    "NAMES",
    "CodeOwners",
    "Host",
    "Unasked",
    "code_owners",
    "escaped",
    "governors",
    "handle_of",
    "host_of",
    "is_current",
    "is_handle",
    "likely_host",
    "place_of",
    "standing",
    "why_no_handle",
    "written_handle",
]
