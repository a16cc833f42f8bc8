"""The commands in the code blocks of a Markdown record: their words, each with its line.

Nothing is executed, expanded or looked up. A word that a shell or the reader fills in is known as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gitsm.markdown import CodeBlock
from gitsm.repository import Record

SHELLS = frozenset({"sh", "bash", "shell", "zsh", "ksh"})
"""Languages of blocks in which each line is a command."""
SESSIONS = frozenset({"console", "shell-session", "shellsession", "sh-session", "terminal"})
"""Languages of blocks that show output as well: commands stand after a prompt, where there is one."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command."""

    text: str
    """Without its quotes."""
    raw: str
    """As it is written."""
    line: int
    """The line of its file."""
    filled_in: bool
    """Whether a shell or the reader puts something in the place of a part of it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program and what is given to it; assignments, `sudo` and the like before it are left out."""

    words: Sequence[Word]
    is_certain: bool = True
    """Whether its block is said to hold commands; else it may as well be what a program prints."""

    @property
    def program(self) -> str:
        """The name of the program, without its folder."""
        return self.words[0].text.rsplit("/", 1)[-1]

    @property
    def arguments(self) -> Sequence[Word]:
        """What is given to the program."""
        return self.words[1:]


def commands_of(record: Record[Any]) -> Iterator[Command]:
    """The commands in the code blocks of a record's body."""
    for block in record.prose.code:
        text = _shell_text(block)
        is_certain = bool(block.language) or text != block.text
        for words in _Lexer(text, block.line).commands() if text else ():
            command = Command(_unwrapped(words), is_certain)
            if command.words:
                yield command


# Which lines are commands

_DOLLAR = re.compile(r"\s*\$ (?=\S)")
_PROMPT = re.compile(r"\s*(?:[\w.@:~/\[\]-]{0,60}(?: [\w.~/-]{1,60}\]?)?[$%#]|>) (?=\S)")


def _shell_text(block: CodeBlock) -> str:
    """The text of a block with blanks in the place of prompts and of what programs print; empty for no shell."""
    lines = block.text.split("\n")
    dollars = any(map(_DOLLAR.match, lines))
    if block.language in SESSIONS and any(map(_PROMPT.match, lines)):
        return _after_prompts(lines, _PROMPT)
    if dollars and (not block.language or block.language in SHELLS | SESSIONS):
        return _after_prompts(lines, _DOLLAR)
    return block.text if not block.language or block.language in SHELLS | SESSIONS else ""


def _after_prompts(lines: Sequence[str], prompt: re.Pattern[str]) -> str:
    kept, goes_on = [], False
    for line in lines:
        found = prompt.match(line)
        text = line[found.end() :] if found else line.removeprefix("> ") if goes_on else ""
        kept.append(text)
        goes_on = text.endswith("\\")
    return "\n".join(kept)


# What a shell makes of a text

_PLAIN = re.compile(r"[^\s\\'\"`$#;&|()<>*?\[\]{}]+")
_FILLED = re.compile(
    # Bounded, so that a text of nothing but openings takes no time that grows with its square.
    r"\$\{[^}\n]{0,200}\}|\$\w+|\{\{.{0,200}?\}\}|<[A-Za-z][^<>\n]{0,200}>|\[[A-Za-z][^\[\]\n]{0,200}\]"
    r"|\{[^\s{}]{0,200}\}|`[^`]{0,500}`|[*?\[]"
)
_FILLED_IN_QUOTES = re.compile(r"\$[\w({]|\{\{|<[A-Za-z][^<>\n]*>|`")
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_REDIRECTION = re.compile(r"(?:>>|>\||<<<|[<>])(?:&\d?-?)?")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)


class _Lexer:
    """One pass over a shell text."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text, self.line = text, first_line
        self.place = 0
        self.begin: int | None = None  # where the word begins that is being read
        self.begin_line = first_line
        self.parts: list[str] = []
        self.filled_in = False
        self.to_drop = False  # the next word is a file that something is read from or written to
        self.ends: list[str] = []  # the last lines of the here-documents that this line begins
        self.unclosed: set[str] = set()
        self.words: list[Word] = []

    def commands(self) -> Iterator[list[Word]]:
        """The words of each command."""
        while self.place < len(self.text):
            if self._step():
                self._end_word()
                if self.words:
                    yield self.words
                self.words, self.to_drop = [], False
        self._end_word()
        if self.words:
            yield self.words

    def _step(self) -> bool:
        """Reads on a little; True where a command ends."""
        text, place = self.text, self.place
        character = text[place]
        if character == "\n":
            self._pass(place + 1, blank=True)
            self._pass_here_documents()
            return True
        if character in " \t\r\f\v" or text.startswith("\\\n", place):
            self._pass(place + (2 if character == "\\" else 1), blank=True)
        elif character == "#" and self.begin is None:
            end = text.find("\n", place)
            self._pass(len(text) if end < 0 else end, blank=True)
        elif (here := _HERE.match(text, place)) is not None and not text.startswith("<<<", place):
            self.ends.append(here.group(2))
            self._pass(here.end(), blank=True)
        elif character in "'\"" and self._quoted(character):
            pass
        elif (filled := _FILLED.match(text, place)) is not None:
            self._take("", filled.end(), filled_in=True)
        elif character == "$":
            self._take("", self._after_substitution(place + 1), filled_in=True)
        elif character in "<>":
            redirection = _REDIRECTION.match(text, place)
            assert redirection is not None
            if "".join(self.parts).isdigit():
                self.parts, self.begin = [], None  # the number of what is redirected
            self._pass(redirection.end(), blank=True)
            self.to_drop = "&" not in redirection.group()
        elif character in ";&|()":
            self._pass(place + 1, blank=True)
            return True
        elif character == "\\":
            self._take(text[place + 1 : place + 2], place + 2)
        else:
            plain = _PLAIN.match(text, place)
            self._take(plain.group() if plain else character, plain.end() if plain else place + 1)
        return False

    def _quoted(self, quote: str) -> bool:
        """Takes a quoted text, unless its end is missing."""
        if quote in self.unclosed:
            return False
        if quote == '"':
            found = _QUOTED.match(self.text, self.place)
            if found is None:
                self.unclosed.add(quote)
                return False
            inside = found.group(1)
            self._take(inside, found.end(), filled_in=_FILLED_IN_QUOTES.search(inside) is not None)
            return True
        end = self.text.find("'", self.place + 1)
        if end < 0:
            self.unclosed.add(quote)
            return False
        self._take(self.text[self.place + 1 : end], end + 1)
        return True

    def _after_substitution(self, place: int) -> int:
        """Where `$(...)` ends on its line, with what is nested in it; else the next character."""
        if not self.text.startswith("(", place):
            return place
        depth = 0
        while place < len(self.text) and self.text[place] != "\n":
            depth += {"(": 1, ")": -1}.get(self.text[place], 0)
            place += 1
            if depth == 0:
                break
        return place

    def _take(self, part: str, end: int, *, filled_in: bool = False) -> None:
        if self.begin is None:
            self.begin, self.begin_line = self.place, self.line
        self.parts.append(part)
        self.filled_in = self.filled_in or filled_in
        self._pass(end)

    def _pass(self, end: int, *, blank: bool = False) -> None:
        if blank:
            self._end_word()
        self.line += self.text.count("\n", self.place, end)
        self.place = end

    def _end_word(self) -> None:
        if self.begin is None:
            return
        raw = self.text[self.begin : self.place]
        if not self.to_drop:
            self.words.append(Word("".join(self.parts), raw, self.begin_line, self.filled_in))
        self.begin, self.parts, self.filled_in, self.to_drop = None, [], False, False

    def _pass_here_documents(self) -> None:
        for end in self.ends:
            found = re.compile(rf"^[ \t]*{end}[ \t\r]*$", re.MULTILINE).search(self.text, self.place)
            self._pass(found.end() if found else len(self.text), blank=True)
        self.ends = []


# What stands before a program

_BEFORE = frozenset(
    {"sudo", "doas", "time", "nohup", "exec", "command", "env", "watch", "timeout", "nice", "ionice"}
) | {"if", "then", "else", "elif", "do", "while", "until", "!"}
_WITH_VALUE = {
    "sudo": "ugpCTrthDR",
    "doas": "uC",
    "watch": "n",
    "timeout": "ks",
    "nice": "n",
    "ionice": "cnp",
}
_ASSIGNMENT = re.compile(r"\w+=")


def _unwrapped(words: Sequence[Word]) -> Sequence[Word]:
    """A command without assignments, `sudo` and the like before its program."""
    place = 0
    while place < len(words):
        word = words[place].text
        if _ASSIGNMENT.match(word):
            place += 1
        elif word in _BEFORE:
            place = _after_options(words, place + 1, _WITH_VALUE.get(word, ""))
            place += word == "timeout"  # how long
        else:
            break
    return words[place:]


def _after_options(words: Sequence[Word], place: int, with_value: str) -> int:
    while place < len(words) and words[place].text.startswith("-"):
        option = words[place].text
        place += 2 if len(option) == 2 and option[1] in with_value else 1
    return place
