"""The theme's frame around a page: cut once, put around each page, whatever the page holds."""

from __future__ import annotations

import re

import pytest

from gitsm.site import shell
from gitsm.site.policy import policy_of, with_policy
from gitsm.site.shell import Entry, Filling, Shell

FRAME = f"""<html><head><title>{shell.TITLE} - Site</title><link rel="canonical" href="{shell.ADDRESS}"></head>
<body><a href="#{shell.TOP}">Skip</a><a href="{shell.EDIT}">edit</a><main>{shell.CONTENT}</main>
<ul><li class="item"> <a href="#{shell.OUTER}">{shell.OUTER}</a>
<nav aria-label="{shell.OUTER}"><ul><li class="item"><a href="#{shell.INNER}">{shell.INNER}</a></li></ul></nav>\
</li></ul>
</body></html>"""


def test_a_page_stands_in_the_frame() -> None:
    page = Shell(FRAME).around(
        Filling("Payroll & co", "<p>Text</p>", "top", "https://host/edit?a&b", "https://site/x/")
    )
    assert "<title>Payroll &amp; co - Site</title>" in page
    assert '<link rel="canonical" href="https://site/x/">' in page
    assert (
        '<a href="#top">Skip</a><a href="https://host/edit?a&amp;b">edit</a><main><p>Text</p></main>' in page
    )
    assert "<li " not in page
    assert "gitsm-shell" not in page


def test_the_contents_have_the_themes_form_at_every_depth() -> None:
    deep = [Entry("a", "A", [Entry("b", "B", [Entry("c", "C")])]), Entry("d", "D")]
    page = Shell(FRAME).around(Filling("T", "", entries=deep))
    flat = re.sub(r"\s+", " ", page)
    assert (
        '<li class="item"> <a href="#a">A</a> <nav aria-label="A"><ul><li class="item"> <a href="#b">B</a> '
        '<nav aria-label="B"><ul><li class="item"><a href="#c">C</a></li></ul></nav></li></ul></nav></li>'
        '<li class="item"><a href="#d">D</a></li>'
    ) in flat
    assert "gitsm-shell" not in page


MARKS = (
    shell.TITLE,
    shell.CONTENT,
    shell.EDIT,
    shell.OUTER,
    shell.INNER,
    "gitsm-shell-entries",
    "gitsm-shell-children",
)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_in_the_words_of_a_record_is_a_word(mark: str) -> None:
    page = Shell(FRAME).around(
        Filling(mark, f"<p>{mark}</p>", "top", "e", "a", [Entry("x", mark, [Entry("y", mark)])])
    )
    plain = Shell(FRAME).around(
        Filling("word", "<p>word</p>", "top", "e", "a", [Entry("x", "word", [Entry("y", "word")])])
    )
    assert page.count("word") == 0
    assert page.replace("&lt;", "<").replace("&gt;", ">").replace(mark, "word") == plain


def test_scripts_of_a_page_come_last() -> None:
    page = Shell(FRAME).around(Filling("T", "", scripts=["../map.js", '"><script>']))
    assert page.index("../map.js") > page.index("</main>")
    assert '<script src="&#34;&gt;&lt;script&gt;"></script></body>' in page


def test_a_theme_that_leaves_out_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="content"):
        Shell(FRAME.replace(shell.CONTENT, ""))


SCRIPTS = (
    '<head lang="en"><script>a=1</script><script src="x.js"></script>'
    '<script type="application/json">{}</script></head>'
)


def test_a_policy_lets_the_inline_scripts_of_the_frame_run_and_no_other() -> None:
    policy = policy_of(SCRIPTS + "<script>a=1</script><SCRIPT >b = 2\n</SCRIPT >")
    # printf 'a=1' | openssl dgst -sha256 -binary | base64, and the same of "b = 2\n".
    assert re.findall(r"'sha256-([^']+)'", policy) == [
        "wi/qXXQo5c9H72NUyXySI8ldbc3D4NIwD/eQVrH/PYU=",
        "F92YyUlRNgy9myeN5mUFmCkKn5EhNnRYZAyUv7vSwDc=",
    ]
    assert "script-src 'self' 'sha256" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_a_policy_is_the_first_thing_in_the_head() -> None:
    assert with_policy(SCRIPTS, "default-src 'none'").startswith(
        '<head lang="en"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'"><script>'
    )
