"""How a text is written in YAML where another one stood: in the same quotes, in none, or in double quotes."""

from __future__ import annotations

import re

from gitsm.source.document import Format, read
from gitsm.source.scalars import reads_as_text

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_BLOCK = re.compile(r"([|>])[-+]?([ \t]+#[^\r\n]*)?\r?\n(?:[ \t]*\r?\n)*([ ]+)")
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)")


def key_forms(old: str, key: str) -> list[str]:
    """How a key may be written where `old` stood, the best form first."""
    forms = [_quoted(key)]
    if old[:1] == "'" and "'" not in key:
        forms.insert(0, f"'{key}'")
    elif old[:1] != '"' and _PLAIN_KEY.fullmatch(key):
        forms.insert(0, key)
    return [
        form
        for form in forms
        if _data(f"{form}: 1\n") == {key: 1} and _data(f"in: {{{form}: 1}}\n") == {"in": {key: 1}}
    ]


def scalar_forms(old: str, text: str, *, in_brackets: bool, newline: str) -> list[str]:
    """How a text may be written where `old` stood, the best form first and the safest one last."""
    style, wanted = old[:1], []
    if style == "'":
        wanted.append("'" + text.replace("'", "''") + "'")
    elif style == '"':
        wanted.append(_quoted(text))
    elif style in ("|", ">") and not in_brackets:
        block = _block(old, text, newline)
        if block and _data(f"a: {block}\n") == {"a": text}:
            wanted.append(block)
    found = [form for form in wanted if form[0] in "|>" or _reads_as(form, text, in_brackets)]
    comment = _HEADER_COMMENT.match(old)
    before, after = "" if old else " ", comment[1] if comment else ""
    plain = text if reads_as_text(text) and text.isprintable() else ""
    for form in (plain, _quoted(text)):
        if form and _reads_as(form, text, in_brackets):
            found.append(before + form + after)
    return list(dict.fromkeys(found))


def _reads_as(form: str, text: str, in_brackets: bool) -> bool:
    if "\n" in form or "\r" in form:
        return False
    if not in_brackets:
        return _data(f"a: {form}\nb:\n  - {form}\n") == {"a": text, "b": [text]}
    if form == text and set(",[]{}?:") & {text[0], text[-1], *re.findall(r"[,\[\]{}]", text)}:
        return False  # such texts are read otherwise by one tool or another
    return _data(f"a: [{form}, {form}]\nb: {{c: {form}, d: {form}}}\n") == {
        "a": [text, text],
        "b": {"c": text, "d": text},
    }


def _data(yaml: str) -> object:
    document = read("", yaml.encode("utf-8", "surrogatepass"), Format.YAML)
    return None if document.problems else document.data


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or _seen(char) for char in text) + '"'


def _seen(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _block(old: str, text: str, newline: str) -> str:
    """The text as a block like the old one: its header with its comment, its indentation; empty where it can't be."""
    header = _BLOCK.match(old)
    content = text.removesuffix("\n")
    if header is None or not content or content[0] in " \t" or content[-1] in "\n":
        return ""
    style, comment, indent = header.groups()
    lines = content.split("\n")
    if style == ">":
        if any(line[:1] in (" ", "\t") for line in lines):
            return ""
        lines = "\n\n".join(lines).split("\n")
    chomping = "" if text.endswith("\n") else "-"
    head = f"{style}{chomping}{comment or ''}"
    return newline.join([head, *(indent + line if line else "" for line in lines)])
