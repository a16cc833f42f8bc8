"""Which bytes and characters a file may hold: UTF-8 that can be seen, and nothing that hides or acts on
the screen.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from gitsm.diagnostic import Diagnostic
from gitsm.source.limits import MAX_CHARACTERS_SHOWN
from gitsm.source.problems import and_more, problem, span_at

# A file of these alone, as most are, needs no closer look.
HARMLESS_BYTES = bytes([0x09, 0x0A, *range(0x20, 0x7F)])

# Everything that is there and not seen, or that acts on the screen instead of being read: control (Cc) and
# format (Cf) characters, line ends other than LF and CRLF, invisible letters (the Hangul fillers) and code
# points that are no characters at all. Private use is left alone.
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f"
) + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
# Honest prose has joiners in two places: between the pictures of an emoji, and in the Arabic and Indic
# scripts, where they choose a letter's form. Everywhere else they hide. Variation selectors choose
# the look of the character before them; a row of them is hidden data.
_PICTURES = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINED_SCRIPTS = "\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af"
_VARIATION = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
FORBIDDEN = re.compile(
    f"[{_INVISIBLE}]"
    "|\r(?!\n)"
    f"|[\u200c\u200d](?!(?<=[{_JOINED_SCRIPTS}].)|(?<=[{_PICTURES}]\u200d)[{_PICTURES}])"
    f"|[{_VARIATION}](?<=[{_VARIATION}]{{2}})"
)
_NAMES = {"\x1b": "escape", "\x7f": "delete", "\x85": "next line", "\r": "carriage return without line feed"}
_NAMES["\ufeff"] = "byte order mark"


def undecodable(file: str, content: bytes, error: UnicodeDecodeError) -> Diagnostic:
    """The problem of a file that isn't UTF-8, with a guess at what it is instead."""
    before = content[: error.start].decode().removeprefix("\ufeff")
    span = span_at(before, len(before))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message, hint = "the file looks like UTF-16, a record is UTF-8", "save it as UTF-8"
    elif error.reason == "unexpected end of data":
        message, hint = (
            "the file ends in the middle of a character, as if it were cut off",
            "save it again as UTF-8",
        )
    elif _CONTROL_BYTES.search(content):
        message, hint = f"byte 0x{content[error.start]:02x} is not UTF-8, the file looks like binary data", ""
    else:
        letter = content[error.start : error.start + 1].decode("cp1252", "replace")
        message = (
            f"byte 0x{content[error.start]:02x} is not UTF-8, the file looks like Windows-1252 or Latin-1"
        )
        hint = f"save it as UTF-8; the byte would be {letter} there"
    return problem("unreadable-file", message, file, span, hint)


_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def holds_nul(file: str, content: bytes, text: str) -> Diagnostic:
    """The problem of a file with a NUL byte in it, which no text has."""
    span = span_at(text, text.index("\0"))
    if content.count(0) * 3 > len(content):
        return problem(
            "unreadable-file",
            "the file looks like UTF-16 without a byte order mark, a record is UTF-8",
            file,
            span,
            "save it as UTF-8",
        )
    return problem("unreadable-file", "a NUL byte stands here, a record is text", file, span)


def name_of(character: str) -> str:
    """What to call a character that can't be shown: `U+200B (zero width space)`."""
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    if not name:
        name = "control character" if unicodedata.category(character) == "Cc" else "no character"
    return f"U+{ord(character):04X} ({name})"


# Letters of other alphabets that are drawn as one of ours is, Cyrillic and then Greek; compatibility forms
# (full width and the like) are undone by Unicode's own rules.
_TWINS = {
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501": "aeopcyxijshd",
    "\u051b\u051d\u0475\u04cf\u043a\u043c\u0442": "qwvlkmt",
    "\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423": "ABCEHIJKMOPSTXY",
    "\u03bf\u03bd\u03b9\u03c1\u03c5\u03b1\u0251\u0261": "ovipuaag",
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7": "ABEZHIKMNOPTYX",
}
_AS_OURS = str.maketrans("".join(_TWINS), "".join(_TWINS.values()))


def as_it_looks(text: str) -> str:
    """A text with each letter of another alphabet that looks like one of ours replaced by ours."""
    return unicodedata.normalize("NFKC", text).translate(_AS_OURS)


def is_twin(letter: str) -> bool:
    """Whether a letter is another one than ours and looks like one of ours: not an exponent or the like."""
    if letter.isascii() or not as_it_looks(letter).isascii():
        return False
    form = unicodedata.decomposition(letter)
    return not form or form.startswith(("<wide>", "<font>", "<compat>"))


def strange_letter(text: str) -> str:
    """The first character of a text that is not ASCII, in words; empty where there is none.

    `letter 2 is U+0430 (cyrillic small letter a), which only looks like a`.
    """
    for number, letter in enumerate(text, 1):
        if not letter.isascii():
            alike = f", which only looks like {as_it_looks(letter)}" if is_twin(letter) else ""
            return f"letter {number} is {name_of(letter)}{alike}"
    return ""


def forbidden_characters(file: str, text: str) -> Iterator[Diagnostic]:
    """A problem for each forbidden character; of many, for the first ones."""
    matches = list(FORBIDDEN.finditer(text))
    for number, match in enumerate(matches[:MAX_CHARACTERS_SHOWN], 1):
        hint = "delete it: it can't be seen, or makes the text look otherwise than it is"
        if match[0] == "\r":
            hint = "save the file with line ends LF or CRLF"
        found = problem(
            "forbidden-character",
            f"{name_of(match[0])} stands in the text",
            file,
            span_at(text, match.start()),
            hint,
        )
        is_last = number == MAX_CHARACTERS_SHOWN < len(matches)
        yield and_more(found, len(matches) - number) if is_last else found


def visible(text: str) -> str:
    """A text with its forbidden characters spelt out, so that nothing in it looks otherwise than it is."""
    return FORBIDDEN.sub(lambda match: "\n" if match[0] == "\r" else spelt(match[0]), text)


def spelt(character: str) -> str:
    """What stands for a character that can't be shown: `(U+202E)`. In YAML too it is nothing but text."""
    return f"(U+{ord(character):04X})"


def stand_in(match: re.Match[str]) -> str:
    """What the parser sees instead of a forbidden character, so that it can go on: one of the same width."""
    return " " if match[0] in "\r\x85\u2028\u2029" else "_"
