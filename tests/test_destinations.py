"""Where the address of each link of a text is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.destinations import address_from, destinations, target_of
from gitsm.markdown import read_prose


def written(body: str) -> list[str | None]:
    """Each address as it stands in the text."""
    lines = body.split("\n")
    return [
        lines[found.span.line - 1][found.span.column - 1 : found.span.end_column - 1] if found.span else None
        for found in destinations(body, 1)
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("[a](b.md)", ["b.md"]),
        ("[b.md](b.md) and [b.md]( b.md 'title' )", ["b.md", "b.md"]),
        ("see b.md: [a](b.md#c)", ["b.md#c"]),
        ("# A [a](b.md) #", ["b.md"]),
        ("> - [a](b.md)\n>   and [c\n>   d](<e f.md>)", ["b.md", "<e f.md>"]),
        ("[![a](b.png)](c.md)", ["c.md", "b.png"]),
        ("![a [x](y.md)](b.png)", ["b.png"]),
        ("`[a](b.md)` [a](b.md)", ["b.md"]),
        ("    [a](b.md)\n\n```\n[a](b.md)\n```", []),
        ("\\[a](b.md)", []),
        ("[a][r], [r][] and [r]\n\n[r]: b.md 'c'\n", ["b.md", "b.md", "b.md"]),
        ("[r]\n\n> [r]:\n>   <b c.md>\n", ["<b c.md>"]),
        ("| a | b |\n|---|---|\n| [x](1.md) | [x](1.md) |\n", ["1.md", "1.md"]),
        ("<https://www.example.com> [a](b%20c.md)", [None, "b%20c.md"]),
        ("a\n===\n[b](c.md)", ["c.md"]),
        ("[a](\nb.md)", ["b.md"]),
        ("no link", []),
    ],
)
def test_an_address_is_found_where_it_is_written(body: str, found: list[str | None]) -> None:
    assert written(body) == found


_parts = "[a](b.md)·![i](c.png 't')·[r]·[a][r]·[r]: d.md·"
_parts += """`x`·*e*·text·> ·- ·# ·|·---·\n·\n\n· ·[·](·)·<e f>·<f@g.h>·\\·é"""
_bodies = st.lists(st.sampled_from([*_parts.split("·"), "```\n"]), max_size=25).map("".join)


@given(_bodies)
def test_the_links_are_those_that_a_check_sees(body: str) -> None:
    found = destinations(body, 1)
    assert [each.read for each in found] == [link.address for link in read_prose(body, 1).links]
    for each, text in zip(found, written(body), strict=True):
        assert text in (None, each.address, f"<{each.address}>") or "\\" in (text or "")


@given(_bodies)
def test_an_address_that_is_replaced_is_read_as_the_new_one(body: str) -> None:
    for number, each in enumerate(destinations(body, 1)):
        if each.span is None:
            continue
        lines = body.split("\n")
        line = lines[each.span.line - 1]
        new = each.written("new (1).md#x")
        lines[each.span.line - 1] = line[: each.span.column - 1] + new + line[each.span.end_column - 1 :]
        links = read_prose("\n".join(lines), 1).links
        assert links[number].address == "new (1).md#x"
        assert len(links) == len(destinations(body, 1))


def test_a_text_full_of_links_takes_no_time() -> None:
    assert len(destinations("[a](b.md)\n\n" * 5_000, 1)) == 5_000
    assert destinations("[a](b.md) " * 1_001, 1) == []


@pytest.mark.parametrize(
    ("file", "target", "like", "address"),
    [
        ("a/b.md", "a/c.md", "", "c.md"),
        ("a/b.md", "c.md", "", "../c.md"),
        ("a.md", "b/c d.md", "", "b/c%20d.md"),
        ("a/b.md", "c/d#e.md", "", "../c/d%23e.md"),
        ("a/b.md", "c/d.md", "/x.md", "/c/d.md"),
        ("a/b.md", "a", "", "."),
    ],
)
def test_an_address_leads_where_it_should(file: str, target: str, like: str, address: str) -> None:
    from urllib.parse import unquote

    assert address_from(file, target, like) == address
    assert target_of(file, unquote(address)) == target
