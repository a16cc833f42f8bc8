"""Runs git: the only module that does, and `_command` is the only way in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import IO

from gitsm.terminal import safe

TIMEOUT = 120.0
"""Seconds after which git is given up: a fifo in the place of `.gitignore` makes it wait for ever."""

_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.excludesFile={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "safe.bareRepository=explicit",
    "log.mailmap=false",
    "log.showSignature=false",
    "advice.graftFileDeprecated=false",
)

_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # no lazy fetch, for the versions before GIT_NO_LAZY_FETCH too
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_PIECE = 1 << 20
_NOT_FETCHED = re.compile(r"could not fetch ([0-9a-f]+) from promisor remote")


class GitError(Exception):
    """Git could not answer; the text is a sentence that says why."""


def installed() -> bool:
    """Whether there is a git to run."""
    return _program() is not None


def run(folder: str, *arguments: str, output: IO[bytes] | None = None) -> subprocess.CompletedProcess[bytes]:
    """What git answers in a folder, however it ends; into a file where one is given."""
    try:
        return subprocess.run(
            _command(folder, *arguments),
            stdin=subprocess.DEVNULL, stdout=output or subprocess.PIPE, stderr=subprocess.PIPE,
            env=_environment(), timeout=TIMEOUT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} gave no answer in {TIMEOUT:g} s") from None
    except OSError as error:
        raise GitError(f"git can't be run: {error.strerror}") from None


def ask(folder: str, *arguments: str) -> str:
    """What git answers in a folder. Raises `GitError` where it fails."""
    answer = run(folder, *arguments)
    if answer.returncode:
        raise GitError(reason_of(answer))
    return text_of(answer.stdout)


def ask_for_much(folder: str, *arguments: str) -> Iterator[bytes]:
    """What git answers in a folder, in pieces: too much of it to hold at once.

    Raises `GitError` after what git said before it failed.
    """
    with tempfile.TemporaryFile() as output:
        answer = run(folder, *arguments, output=output)
        output.seek(0)
        while piece := output.read(_PIECE):
            yield piece
    if answer.returncode:
        raise GitError(reason_of(answer))


class Conversation:
    """A git that stays to answer one question after the other, until `end` or until nobody holds it."""

    def __init__(self, folder: str, *arguments: str) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (a pipe would fill and stop git)
        try:
            process = subprocess.Popen(
                _command(folder, *arguments),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, env=_environment(),
            )  # fmt: skip
        except OSError as error:
            self._complaints.close()
            raise GitError(f"git can't be run: {error.strerror}") from None
        assert process.stdin is not None
        assert process.stdout is not None
        self._questions = process.stdin
        self.answers: IO[bytes] = process.stdout
        self.end = weakref.finalize(self, _end, process, self._complaints)

    def ask(self, questions: bytes) -> None:
        """Hand it questions; what it says to them stands in `answers`."""
        with suppress(BrokenPipeError):  # git has gone, and what it said is found when its answer is read
            self._questions.write(questions)
            self._questions.flush()

    def complaint(self) -> str:
        """What git said when it gave up, if it said anything."""
        self._complaints.seek(0)
        return first_line(self._complaints.read())


def _end(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    process.kill()
    for stream in (process.stdout, process.stdin, complaints):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    process.wait()


def text_of(output: bytes) -> str:
    """Git's words; bytes that are no UTF-8 are kept as surrogates."""
    return output.decode("utf-8", "surrogateescape")


def reason_of(answer: subprocess.CompletedProcess[bytes]) -> str:
    """Why git failed."""
    return first_line(answer.stderr) or f"git ended with code {answer.returncode}"


def first_line(complaint: bytes) -> str:
    """Git's own first line of complaint: warnings and advice may stand before it."""
    lines = text_of(complaint).splitlines()
    spoken = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    reason = safe(spoken[0].removeprefix("fatal: ").removeprefix("error: ")) if spoken else ""
    return _NOT_FETCHED.sub(r"object \1 is not in this partial clone, and nothing is fetched", reason)


def _program() -> str | None:
    # A relative entry in PATH would find a program inside the repository.
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which("git", path=os.pathsep.join(entry for entry in entries if os.path.isabs(entry)))


def _command(folder: str, *arguments: str) -> list[str]:
    program = _program()
    if program is None:
        raise GitError("git is not installed")
    settings = (word for setting in (*_SETTINGS, *_trusted(folder)) for word in ("-c", setting))
    return [program, "--no-pager", "--literal-pathspecs", *settings, "-C", folder, *arguments]


@cache
def _trusted(folder: str) -> tuple[str, ...]:
    """The `safe.directory` of the user's own configuration, for a folder that belongs to somebody else.

    A container's checkout often does. It is the one setting that is taken over: it says whom the
    user trusts, and nothing of what git does.
    """
    try:
        if os.stat(folder).st_uid == os.geteuid():
            return ()
    except OSError:
        return ()
    program = _program()
    asked = [program or "git", "-C", "/", "config", "-z", "--get-all", "safe.directory"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    answer = subprocess.run(
        asked, stdin=subprocess.DEVNULL, capture_output=True, env=inherited, timeout=TIMEOUT, check=False
    )
    return tuple(f"safe.directory={value}" for value in text_of(answer.stdout).split("\0")[:-1])


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return inherited | _ENVIRONMENT
