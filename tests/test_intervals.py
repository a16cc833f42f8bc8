"""Lengths of time in words."""

from __future__ import annotations

import pytest

from gitsm.intervals import in_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"), (45, "45 min"), (60, "1 h"), (4_110, "68 h 30 min"), (1 / 3, "20 s"), (60.5, "1 h 30 s"),
        (59.9999, "1 h"), (600_000, "10,000 h"),
    ],
)  # fmt: skip
def test_lengths_are_said_in_hours(minutes: float, words: str) -> None:
    assert in_words(minutes) == words
