"""The sitemap, with the pages that MkDocs doesn't render itself."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

END = "</urlset>"


def with_leaves(sitemap: str, addresses: Iterable[str]) -> str:
    """A sitemap that names further addresses. Where the site has no address of its own there are none."""
    entries = [
        str(Markup("    <url>\n         <loc>{}</loc>\n    </url>\n").format(one)) for one in addresses
    ]
    head, end, after = sitemap.rpartition(END)
    return head + "".join(sorted(entries)) + end + after if end else sitemap
