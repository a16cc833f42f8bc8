"""What a shell makes of the code blocks of a record, as far as a check needs to know."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.command_lines import Command, commands_of
from gitsm.markdown import read_prose
from gitsm.records import KINDS
from gitsm.repository import Record
from gitsm.schema.kind import Kind
from gitsm.source import Format, read

FRONT = "---\nservices: []\n---\n"


def record(body: str) -> Record:
    kind: Kind = KINDS["runbook"]
    return Record(kind, "a", read("runbooks/a.md", (FRONT + body).encode(), Format.MARKDOWN), None)


def commands(text: str, language: str = "sh") -> list[Command]:
    return list(commands_of(record(f"```{language}\n{text}\n```\n")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c", [["a", "b", "c"]]),
        ("a 'b c' \"d 'e'\" f\\ g", [["a", "b c", "d 'e'", "f g"]]),
        ("a | b && c || d; e & (f)", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a \\\n  b\nc", [["a", "b"], ["c"]]),
        ("a # b\n# c\nd#e", [["a"], ["d#e"]]),
        ("a > b 2>&1 < c d 2> e", [["a", "d"]]),
        ("a << 'X' b\nc\nX\nd", [["a", "b"], ["d"]]),
        ("a <<<b c", [["a", "c"]]),
        ("A=1 sudo -u b -n c d", [["c", "d"]]),
        ("timeout -k 5 10 a; watch -n 2 b; env X=1 c; time d", [["a"], ["b"], ["c"], ["d"]]),
        ("if ! a; then b; fi", [["a"], ["b"], ["fi"]]),
        ("/usr/bin/a 'b", [["/usr/bin/a", "'b"]]),
        ('a "b\nc" d\ne', [["a", "b\nc", "d"], ["e"]]),
    ],
)
def test_words_are_those_of_a_shell(text: str, expected: Sequence[Sequence[str]]) -> None:
    assert [[word.text for word in command.words] for command in commands(text)] == expected


@pytest.mark.parametrize(
    "word",
    [
        "$A",
        "${A}",
        "a$(b c)d",
        "`b c`",
        "<host>",
        "[host]",
        "{{ a b }}",
        "a{1,2}",
        "*.x",
        '"a $B"',
        '"<a b>"',
        "$1",
    ],
)
def test_a_word_that_is_filled_in_is_known_as_such(word: str) -> None:
    (command,) = commands(f"a {word} b")
    assert [word.filled_in for word in command.words] == [False, True, False]
    assert command.words[1].raw == word


def test_lines_count_from_the_top_of_the_file() -> None:
    found = list(commands_of(record("\n- x\n\n  ```sh\n  a \\\n    b 'c\n  d' e\n  ```\n\n      $ f\n")))
    assert [[(word.text, word.line) for word in command.words] for command in found] == [
        [("a", 8), ("b", 9), ("c\nd", 9), ("e", 10)],
        [("f", 13)],
    ]


def test_code_blocks_have_their_language_and_their_line() -> None:
    prose = read_prose("```{.Bash} title='x'\na\n```\n~~~ SH\nb\n~~~\n\n    c\n", 5)
    assert [(block.language, block.text, block.line) for block in prose.code] == [
        ("", "a\n", 6),
        ("sh", "b\n", 9),
        ("", "c\n", 12),
    ]


@given(
    st.text(alphabet="ab $'\"`\\<>{}[]()|&;#*?\n=-/:", max_size=60), st.sampled_from(["sh", "console", ""])
)
def test_whatever_stands_there_gives_words_of_its_lines(text: str, language: str) -> None:
    whole = record(f"~~~{language}\n{text}\n~~~\n")
    for command in commands_of(whole):
        assert command.words
        for word in command.words:
            assert word.raw.split("\n")[0] in whole.text_of(word.line)


@pytest.mark.parametrize(
    "piece",
    ["'", '"', "<", "{", "{{", "[a", "$(", "${", "`", "<<E\n", "<a", "\\", '"\\', "(", "a=", "$ a\n", "'\n"],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    assert list(commands(text)) is not None  # a time that grows with the square would be seen
