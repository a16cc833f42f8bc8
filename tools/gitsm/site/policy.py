"""The Content-Security-Policy of a page: its own files, the theme's own inline scripts, and nothing else.

It stands behind the escaping and the allow-list of `clean`, and holds without them. Which inline scripts are
the theme's is read from the theme's frame around an empty page, so that no text of a record is ever among them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_SOURCE = re.compile(r"""\bsrc\s*=""", re.IGNORECASE)
_DATA = re.compile(r"""\btype\s*=\s*["']?application/(?:ld\+)?json""", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_UNHELD = re.compile(r"<(?=(?:meta|link|base)\b)", re.IGNORECASE)


def policy_of(frame: str) -> str:
    """The policy that lets the scripts of a frame run, and no other.

    `frame` is a page of the theme without any text of a record. Styles may stand inline, because the theme and
    the pictures set sizes; frames, forms to elsewhere, plugins and other origins are shut out.
    """
    scripts = " ".join(["'self'", *_hashes(frame)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'"
    )


def unheld_as_text(html: str) -> str:
    """The text of a page in which the elements that no policy can hold are shown as text.

    An element meta sends the reader away, a link opens a connection to elsewhere, a base moves all that follows
    to another window. None of them comes through the allow-list; this stands beside the policy and holds without it.
    """
    return _UNHELD.sub("&lt;", html)


def _hashes(frame: str) -> Iterator[str]:
    """The inline scripts, each by its hash, as browsers count them."""
    seen: set[str] = set()
    for script in _SCRIPT.finditer(frame):
        if _SOURCE.search(script["attributes"]) or _DATA.search(script["attributes"]):
            continue
        digest = base64.b64encode(hashlib.sha256(script["code"].encode()).digest()).decode()
        if digest not in seen:
            seen.add(digest)
            yield f"'sha256-{digest}'"


def with_policy(html: str, policy: str) -> str:
    """A page that carries a policy: the first thing in its head, so that it holds for all that follows."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _HEAD.sub(lambda head: head.group() + meta, html, count=1)
