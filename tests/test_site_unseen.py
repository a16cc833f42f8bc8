"""Hidden characters are shown as marks; what honest texts need stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.site.unseen import all_seen, seen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rm -rf /\u202e gnp.", "rm -rf /(U+202E) gnp."),
        ("a\u2066b\u2069", "a(U+2066)b(U+2069)"),
        ("a\u200bb\u2060c\ufeff", "a(U+200B)b(U+2060)c(U+FEFF)"),
        ("a\u2028b\u2029c", "a(U+2028)b(U+2029)c"),
        ("a\x1b[31mb\x85", "a(U+001B)[31mb(U+0085)"),
        ("pass\u200dword \u0646", "pass(U+200D)word \u0646"),
        ("a\U000e0041\U000e007f", "a(U+E0041)(U+E007F)"),
        ("x\ufe00\ufe01", "x\ufe00(U+FE01)"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\U0001f469\u200d\U0001f4bb \u26a0\ufe0f", "\U0001f469\u200d\U0001f4bb \u26a0\ufe0f"),
        ("Strom\u00adz\u00e4hler \u2013 \u00a0\t\r\n", "Strom\u00adz\u00e4hler \u2013 \u00a0\t\r\n"),
        ("plain & <b>", "plain & <b>"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert seen(text) == shown
    assert all_seen({text: [1, None, (text, True)]}) == {shown: [1, None, [shown, True]]}


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\u202e\u200d\u0646\U0001f4bb\ufe0f"))
)
def test_what_is_shown_hides_nothing_and_is_shown_as_it_is(text: str) -> None:
    shown = seen(text)
    assert seen(shown) == shown
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    assert not turning & {unicodedata.bidirectional(char) for char in shown}
    kept = [char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")]
    assert set(kept) <= set(
        "\t\n\x0c\r\xad\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    )
