"""What stands in a body: headings, anchors and links, each with its line."""

from __future__ import annotations

import pytest

from gitsm.destinations import destinations
from gitsm.markdown import Link, parser, read_prose

BODY = """\
# Call the *bank*

See [the desk](../desk.md#hours) and
[the bank][bank], or <https://example.com/a>.

## `payrollctl` & friends!

![graph](graph.png)

```sh
## no heading
[no link](nowhere.md)
```

> ### Quoted
>
> [deep](deep.md)

| a | b |
|---|---|
| [in a table](table.md) | `[no](x.md)` |

<a href="raw.md">raw</a>

Setext
------

## Call the bank

[bank]: bank.md "The bank"
"""


def test_headings_have_the_anchors_that_code_hosts_give_them() -> None:
    found = [
        (heading.level, heading.text, heading.anchor, heading.line)
        for heading in read_prose(BODY, 10).headings
    ]
    assert found == [
        (1, "Call the bank", "call-the-bank", 10),
        (2, "payrollctl & friends!", "payrollctl--friends", 15),
        (3, "Quoted", "quoted", 24),
        (2, "Setext", "setext", 34),
        (2, "Call the bank", "call-the-bank-1", 37),
    ]


def test_links_have_their_lines_and_code_has_none() -> None:
    assert list(read_prose(BODY, 1).links) == [
        Link("../desk.md#hours", 3),
        Link("bank.md", 4),
        Link("https://example.com/a", 4),
        Link("graph.png", 8, image=True),
        Link("deep.md", 17),
        Link("table.md", 21),
    ]


@pytest.mark.parametrize(
    ("body", "headings", "links"),
    [
        ("<!-- [a](a.md) -->\n\n# H\n", [("H", 3)], []),
        ("<!--\n\n# no\n\n[a](a.md)\n-->\n# H\n", [("H", 7)], []),
        ("x <!-- [a](a.md) --> [b](b.md)\n", [], [("b.md", 1)]),
        ("x <!--\n[a](a.md)\n--> [b](b.md)\n", [], [("b.md", 3)]),
        ("# H <!-- # no -->\n", [("H", 1)], []),
        ("x\n<!-- c\n-->\n[b](b.md)\n", [], [("b.md", 4)]),
        ("- x\n  <!-- [a](a.md)\n\n  -->\n- [b](b.md)\n", [], [("b.md", 5)]),
        ("<!-- c --> [b](b.md)\n", [], [("b.md", 1)]),
        ("<!-->\n# H\n", [("H", 2)], []),
        # no comments: in code, after a backslash, and without an end
        ("`<!-- ` [b](b.md) -->\n", [], [("b.md", 1)]),
        ("\\<!-- [b](b.md) -->\n", [], [("b.md", 1)]),
        ("<!-- open\n\n# H\n", [("H", 3)], []),
        ("> <!-- open\n\n# H\n\n-->\n", [("H", 3)], []),
    ],
)
def test_a_comment_is_no_text(body: str, headings: list[object], links: list[object]) -> None:
    prose = read_prose(body, 1)
    assert [(heading.text, heading.line) for heading in prose.headings] == headings
    assert [(link.address, link.line) for link in prose.links] == links
    shown = parser().render(body)
    assert shown.count("<h1>") == len(headings)
    assert shown.count("<a ") == len(links)
    assert len(destinations(body, 1)) == len(links)


def test_code_keeps_its_comments() -> None:
    (code,) = read_prose("```\n<!-- c -->\n```\n", 1).code
    assert code.text == "<!-- c -->\n"


@pytest.mark.parametrize(
    "evil",
    [
        "<!--\n" * 20000,
        "<!-- " * 20000,
        "> <!--\n" * 9000 + "\n-->",
        "- <!--\n" * 9000 + "-->",
        "<!-- -->" * 9000,
    ],
)
def test_hostile_comments_are_read_to_their_end(evil: str) -> None:
    assert read_prose(f"{evil}\n\n# After\n", 1) is not None


@pytest.mark.parametrize(
    "evil", ["[" * 20000, "<a " * 20000, "> " * 20000, "- " * 10000, "*a" * 20000, "[a](" * 5000]
)
def test_hostile_bodies_are_read_to_their_end(evil: str) -> None:
    assert read_prose(f"{evil}\n\n# After\n", 1) is not None


def test_a_link_with_escapes_is_the_path_that_it_means() -> None:
    assert [link.address for link in read_prose("[a](my%20file.md) [b](<other file.md>)", 1).links] == [
        "my file.md",
        "other file.md",
    ]


def test_a_reference_is_not_multiplied_beyond_measure() -> None:
    few = "[a]: https://example.com/" + "x" * 5000 + "\n\n[a]\n"
    assert len(read_prose(few, 1).links) == 1
    many = "[a]: https://example.com/" + "x" * 5000 + "\n\n" + "[a] " * 900 + "\n"
    assert read_prose(many, 1).links == ()
    assert len(parser().render(many)) < 10_000


def test_a_paragraph_of_brackets_is_text() -> None:
    assert read_prose("[a](b) " * 1000, 1).links[0] == Link("b", 1)
    assert read_prose("[a](b) " * 1001, 1).links == ()
    assert parser().render("[" * 1001) == f"<p>{'[' * 1001}</p>\n"


@pytest.mark.parametrize(
    ("body", "is_open"),
    [
        ("```sh\na\n```\n", False),
        ("```\n```", False),
        ("   ```\n   a\n   ````  \n", False),
        ("```sh\r\na\r\n```\r\n", False),
        ("~~~\n```\n~~~\n", False),
        ("> ```\n> a\n> ```\n", False),
        ("- x\n\n  ```sh\n  a\n  ```\n", False),
        ("    indented\n", False),
        ("a\r```\rb\r```\r", False),
        ("```\rx", True),
        ("```", True),
        ("```sh\na\n", True),
        ("```sh\na\n``\n\n## After\n", True),
        ("````\na\n```\n", True),
        ("```\na\n~~~\n", True),
        ("```\na\n``` sh\n", True),
        ("- x\n\n  ```sh\n  a\n\nend\n", True),
    ],
)
def test_a_fence_that_nothing_closes_is_told(body: str, is_open: bool) -> None:
    (block,) = read_prose(body, 1).code
    assert block.is_open is is_open
