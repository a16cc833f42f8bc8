"""Commands in runbooks that are given names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from gitsm.command_lines import Command, Word, commands_of
from gitsm.diagnostic import Diagnostic, Place, Severity, Span
from gitsm.hosts import MAX_COMPARED, host_in, hosts_of, is_private
from gitsm.lint import Findings, rule
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.schema.kind import is_id
from gitsm.schema.spelling import nearest

_OTHERS = (
    "aws", "az", "gcloud", "doctl", "docker", "docker-compose", "podman", "kubectl", "oc", "helm", "istioctl",
    "linkerd", "firewall-cmd", "systemctl", "journalctl", "service", "consul", "nomad", "vault", "terraform",
    "pulumi", "fly", "flyctl", "railway", "render", "heroku", "curl", "wget", "jq", "yq", "gh", "glab", "git",
    "grpcurl", "rails", "bundle", "rake", "ip", "knife", "chef-client", "ansible", "ansible-playbook", "tsh",
    "tctl", "logcli", "promtool", "amtool", "psql", "pd", "fastly", "vercel", "snap", "make",
)  # fmt: skip


@rule(severity=Severity.WARNING)
def unknown_name_in_command(repository: Repository, *, other_programs: tuple[str, ...] = _OTHERS) -> Findings:
    """A command in a runbook or an article names a host, a service or a team that no record knows.

    It is copied and run at night by somebody who does not know that the host went years ago. Hosts are
    judged only where services name their `hosts`, and only where a command takes nothing else: after
    `ssh`, in an address, after `-h` of `psql`. Another domain is somebody else's, except after `ssh`,
    `scp` or `rsync` in a runbook whose services all name their hosts; there a name without a domain, or
    with a private one such as `.internal`, is judged after `ping` and its like, too. Services and teams are
    judged in `--service` and `--team`, and wherever `service=` or `team=` is given what is nearly the
    name of one. Placeholders such as `<host>` and `$HOST` are left alone.

    Options:
        other_programs: programs whose `--service` and `--team` are something of their own

    Bad:

        # services/payroll/service.yaml
        hosts: [pg-payroll-1.int.example.com, pg-payroll-2.int.example.com]
        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        ssh pg-payroll-7.int.example.com 'sudo systemctl restart pay-run'
        ```

    Good:

        # services/payroll/service.yaml
        hosts: [pg-payroll-1.int.example.com, pg-payroll-2.int.example.com]
        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Mitigation

        ```sh
        ssh pg-payroll-2.int.example.com 'sudo systemctl restart pay-run'
        ```
    """
    hosts = hosts_of(repository)
    others = frozenset(other_programs)
    for record in chain(repository.all("runbook"), repository.all("knowledge")):
        all_named = _names_all_hosts(repository, record)
        for command in commands_of(record):
            if not command.is_certain and command.program not in _KNOWN:
                continue
            logs_in = command.program in _LOGS_IN
            near_by = all_named and (logs_in or command.program in _FIRST_ARGUMENT)
            for word, host in _hosts(command):
                # Whoever only looks whether a host is there may look at anybody's.
                among_all = near_by and "://" not in word.text and (logs_in or is_private(host))
                if hosts.lack(host) or (among_all and hosts.lack_among_all(host)):
                    near = hosts.meant_by(host)
                    hint = f"did you mean {near}?" if near else "name it in the `hosts` of the service on it"
                    yield _unknown(record, word, f"the host {host}, which no record knows", host, hint)
            for word, kind, id in _named(command):
                if not _is_placeholder(id) and _is_unknown(repository, kind, id, command, others):
                    near = _near(repository, kind, id)
                    hint = f"did you mean {near}?" if near else ""
                    yield _unknown(record, word, f"the {kind} {id}, which no file defines", id, hint)


def _names_all_hosts(repository: Repository, record: Record[Any]) -> bool:
    """Whether a runbook is for services all of which name their hosts."""
    if not isinstance(record.checked, Runbook) or not record.checked.services:
        return False
    services = [repository.get(Service, id) for id in record.checked.services]
    return all(service is not None and service.fields.hosts for service in services)


def _unknown(record: Record[Any], word: Word, what: str, name: str, hint: str) -> Diagnostic:
    text = record.text_of(word.line)
    start = text.find(name, max(text.find(word.raw), 0))
    place = record.line(word.line)
    if start >= 0:
        place = Place(record.file, span=Span(word.line, start + 1, word.line, start + 1 + len(name)))
    return record.problem(f"a command of {record} names {what}", at=place, hint=hint)


# Hosts

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_LOGIN = re.compile(rf"(?:[\w.+-]+@)?({_HOST})(?::\d+)?\.?")
_REMOTE_FILE = re.compile(rf"(?:[\w.+-]+@)?({_HOST}):(?!//)")
_HOST_AND_PORT = re.compile(rf"({_HOST}):\d+")
_CONNECTION = re.compile(rf"(?:^|\s)host=({_HOST})(?=\s|$)")

_FIRST_ARGUMENT: Mapping[str, str] = {
    "ssh": "bcDEeFIiJLlmOopQRSWw",
    "sftp": "BbcDFiJloPRSsX",
    "mosh": "p",
    "ssh-copy-id": "ipoF",
    "ssh-keyscan": "cfpTt",
    "ping": "cFIilMmpQSsTtWw",
    "ping6": "cFIilMmpQSsTtWw",
    "traceroute": "fgimNpqstwz",
    "tracepath": "lmp",
    "mtr": "aBcfiILmNoPQsuUXyYZ",
    "telnet": "belnSX",
    "nc": "IiMmOPpqsTVWwXx",
    "ncat": "cegimopstwx",
    "netcat": "Iipqswx",
}
"""Programs whose first argument is a host, and their options that take a value."""

_FILES = frozenset({"scp", "rsync"})
_LOGS_IN = _FILES | {"ssh", "sftp", "mosh", "ssh-copy-id"}
"""Programs that do something on a host, for which somebody must be let in."""
_DATABASES = frozenset({
    "psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_isready", "pg_basebackup", "createdb", "dropdb",
    "vacuumdb", "reindexdb", "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "redis-cli",
    "mongo", "mongosh", "mongodump", "mongorestore", "clickhouse-client", "ldapsearch", "ldapmodify",
})  # fmt: skip
"""Programs that take a host after `-h` or `--host`."""


_KNOWN = _FILES | _DATABASES | _FIRST_ARGUMENT.keys() | {"curl", "wget", "gitsm"}
"""Programs whose name at the beginning of a line says that the line is a command."""


def _hosts(command: Command) -> Iterator[tuple[Word, str]]:
    """The words of a command that can only be a host, each with the host."""
    for word in command.arguments:
        if not word.filled_in and "://" in word.text:
            host = host_in(word.text.rpartition("=")[2] if word.text.startswith("-") else word.text)
            if host:
                yield word, host
    for word, text in _in_place_of_a_host(command):
        if not word.filled_in and "://" not in text:
            found = _LOGIN.fullmatch(text)
            if found is not None:
                yield word, found.group(1)


def _in_place_of_a_host(command: Command) -> Iterator[tuple[Word, str]]:
    program, words = command.program, command.arguments
    if program in _FIRST_ARGUMENT:
        first = _first_argument(words, _FIRST_ARGUMENT[program])
        if first is not None:
            yield first, first.text
        if program in ("ssh", "sftp"):
            for word in _values(words, "-J", "-J"):
                yield from ((word, jump) for jump in word.text.removeprefix("-J").split(","))
    elif program in _FILES:
        for word in words:
            found = None if word.text.startswith("-") else _REMOTE_FILE.match(word.text)
            if found is not None:
                yield word, found.group(1)
    elif program in _DATABASES:
        for word in _values(words, "-h", "--host"):
            yield word, word.text.removeprefix("--host=")
        for word in words:
            yield from ((word, found.group(1)) for found in _CONNECTION.finditer(word.text))
    elif program == "openssl":
        for word in _values(words, "-connect", "-servername"):
            found = _HOST_AND_PORT.fullmatch(word.text)
            yield word, found.group(1) if found else word.text


def _first_argument(words: Sequence[Word], with_value: str) -> Word | None:
    place = 0
    while place < len(words):
        text = words[place].text
        if not text.startswith("-"):
            return words[place]
        # `-p 22` takes the next word with it, `-p22` doesn't, `-vp 22` does.
        takes = not text.startswith("--") and any(letter in with_value for letter in text[1:-1])
        place += 2 if not takes and text[1:2] != "-" and text[-1] in with_value else 1
    return None


def _values(words: Sequence[Word], short: str, long: str) -> Iterator[Word]:
    """What is given to an option: the word after it, or the option itself where the value is part of it."""
    for place, word in enumerate(words):
        if word.text in (short, long) and place + 1 < len(words):
            yield words[place + 1]
        elif word.text.startswith(f"{long}="):
            yield word


# Services and teams

_OPTION = re.compile(r"--(service|team)=(.+)")
_ASSIGNED = re.compile(r"(?:^|[\s,;{(?&])(service|team)=[\"']?([a-z0-9][a-z0-9-]*)(?=$|[\"'\s,;})&])")
_PLACEHOLDER = re.compile(
    r"(?:x+|y+|foo|bar|name|id)(?:-.*)?|(?:my|your|some|the|any|this|other|example)-.*|example|.*-(?:name|id)|all|none"
)


def _named(command: Command) -> Iterator[tuple[Word, str, str]]:
    """What a command names as a service or a team: the word, the kind and the id."""
    words = command.arguments
    for place, word in enumerate(words):
        if word.filled_in:
            continue
        found = _OPTION.fullmatch(word.text)
        if found is not None:
            yield word, found.group(1), found.group(2)
        elif word.text in ("--service", "--team") and place + 1 < len(words):
            if not words[place + 1].filled_in:
                yield words[place + 1], word.text[2:], words[place + 1].text
        else:
            for match in _ASSIGNED.finditer(word.text):
                yield word, match.group(1), match.group(2)
    if command.program == "gitsm" and len(words) > 1 and words[0].text == "map":
        first = _first_argument(words[1:], "")
        if first is not None and not first.filled_in:
            yield first, "service", first.text


def _is_unknown(
    repository: Repository, kind: str, id: str, command: Command, others: Collection[str]
) -> bool:
    """Whether a name is certainly meant for a record that there is not."""
    if (
        not is_id(id)
        or not repository.all(kind)
        or repository.defines(kind, id)
        or _is_part(repository, kind, id)
    ):
        return False
    ours = command.program not in others and any(
        word.text.startswith(f"--{kind}") for word in command.arguments
    )
    return ours or command.program == "gitsm" or _near(repository, kind, id) is not None


def _is_part(repository: Repository, kind: str, id: str) -> bool:
    """Whether it is named as a part of a known one: `payroll-worker` of `payroll`."""
    stems = (id[:end] for end in range(1, len(id)) if id[end] == "-" or id[end].isdigit())
    return any(repository.defines(kind, stem) for stem in stems)


def _near(repository: Repository, kind: str, id: str) -> str | None:
    compared = _compared(repository)
    if (kind, id) not in compared and len(compared) < MAX_COMPARED:
        near = nearest(id, (record.id for record in repository.all(kind)))
        alike = near is not None and SequenceMatcher(None, id, near).ratio() >= _NEAR
        compared[kind, id] = near if alike else None
    return compared.get((kind, id))


@once
def _compared(repository: Repository) -> dict[tuple[str, str], str | None]:
    """What was compared already, and found."""
    return {}


_NEAR = 0.8
"""How alike two ids must be for one to be meant by the other."""


def _is_placeholder(id: str) -> bool:
    return _PLACEHOLDER.fullmatch(id) is not None
