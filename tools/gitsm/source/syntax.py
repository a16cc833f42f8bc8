"""What isn't YAML at all: the parser's complaints in sentences for people, at the place where they would
mend it.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

import yaml
from yaml._yaml import CParser

from gitsm.source.characters import name_of
from gitsm.source.problems import Problems, Stop, short, span_at

TO_QUOTE = "put the text in quotes"

_ODD_INDENTATION = re.compile(r"[ \t]*([\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])")

# A part of "context: problem" of libyaml, our sentence, our hint; the first that fits is taken.
_SENTENCES = (
    ("scanning a simple key", "this line is neither `key: value` nor part of the value above",
     "write a colon and a space after the key, or indent the line to continue the text above"),
    ("scanning a quoted scalar", "the quote {character} that opens here is never closed",
     "close it; a quote within such a text is written as '' or \\\""),
    ("parsing a quoted scalar", "a backslash in double quotes begins no escape that YAML knows",
     "put the text in single quotes, where a backslash is only itself"),
    ("cannot start any token", "a value can't begin with {character}", TO_QUOTE),
    ("mapping values are not allowed", "a colon makes a key where none can stand",
     "put a text that holds a colon and a space in quotes, or look at the indentation"),
    ("block sequence entries are not allowed", "a list item stands where none can be",
     "begin the list on its own line, below its key"),
    ("did not find expected key", "this does not fit the mapping that begins in line {line}",
     "align it with the keys above"),
    ("did not find expected '-' indicator", "this does not fit the list that begins in line {line}",
     "align the hyphens of a list, and what belongs to an item under its text"),
    ("',' or ']'", "a comma or `]` is missing before this, in the list that begins in line {line}", ""),
    ("',' or '}'", "a comma or `}}` is missing before this, in the mapping that begins in line {line}", ""),
    ("did not find expected node content", "a value is missing before this",
     "a text that begins with a comma or a question mark needs quotes"),
    ("comment or line break", "nothing but a comment may follow | or > on its line",
     "begin the text on the next line"),
    ("expected <document start>", "the document has ended above, nothing can follow it",
     "delete the line with `...`"),
    ("directive", "a directive stands here, records are plain data", "delete the line"),
    ("found incompatible YAML document", "a directive stands here, records are plain data",
     "delete the line"),
    ("scanning an alias", "`*` begins an alias here, records are plain data", TO_QUOTE),
    ("scanning an anchor", "`&` begins an anchor here, records are plain data", TO_QUOTE),
    (" tag", "`!` begins a tag here, records are plain data", TO_QUOTE),
    ("", "this is not YAML: {complaint}", ""),
)  # fmt: skip
# Where the parser notices only later what went wrong earlier.
_AT_CONTEXT = (
    "scanning a simple key",
    "scanning a quoted scalar",
    "scanning an alias",
    "scanning an anchor",
    "directive",
)
_FOR_WANT_OF_A_KEY = ("did not find expected key", "did not find expected node content")
_BEYOND = (*_AT_CONTEXT[2:], " tag", "found incompatible YAML document")


class Complaint(NamedTuple):
    """What the parser stumbled over, in our words, and the index in the text at which it is."""

    rule: str
    message: str
    at: int
    hint: str


def refuse_syntax(problems: Problems, error: yaml.YAMLError) -> NoReturn:
    """Says what the parser could not read, and ends the reading."""
    rule, message, index, hint = explain(error, problems.text)
    if not refuse_blank_indentation(problems, index):
        problems.add(rule, message, span_at(problems.text, index), hint)
    raise Stop


def refuse_blank_indentation(problems: Problems, index: int) -> bool:
    """Whether the line there is indented with a blank that YAML takes for text; says so."""
    text = problems.text
    found = _ODD_INDENTATION.match(text, text.rfind("\n", 0, index) + 1)
    if found:
        message = f"{name_of(found[1])} stands in the indentation"
        problems.add("invalid-yaml", message, span_at(text, found.start(1)), "indent with spaces")
    return found is not None


def explain(error: yaml.YAMLError, text: str) -> Complaint:
    """The parser's complaint as a sentence for people, at the place where they would mend it."""
    complaint = f"{getattr(error, 'context', '') or ''}: {getattr(error, 'problem', '') or error}"
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    index = mark.index if mark else 0
    at_end = index >= len(text)
    if at_end:  # people look for it behind the last word, not in the empty line below
        index = len(text.rstrip())
    pattern, sentence, hint = next(known for known in _SENTENCES if known[0] in complaint)
    if text[index : index + 1] == "\t":
        sentence, hint = "a tab stands where YAML wants spaces", "indent with spaces"
    elif context and pattern in _AT_CONTEXT:
        index = context.index
    elif context and " or '" in pattern and at_end:
        index = context.index
        sentence, hint = "the bracket {character} that opens here is never closed", ""
    elif text[index : index + 1] == ":" and pattern in _FOR_WANT_OF_A_KEY:
        sentence, hint = "a key is missing before this colon", ""
    elif pattern == _FOR_WANT_OF_A_KEY[0] and text[:index].rstrip(" ").endswith(("'", '"')):
        sentence, hint = "this follows a quote that has ended the value", "put quotes around the whole value"
    message = sentence.format(
        character=f"`{short(text[index : index + 1])}`",
        line=context.line + 1 if context else 1,
        complaint=complaint.strip(": "),
    )
    return Complaint("yaml-beyond-plain-data" if pattern in _BEYOND else "invalid-yaml", message, index, hint)


def parser_fails_at(text: str) -> int | None:
    """Reads with the parser alone: the index up to which it came, or None if it can read all of it."""
    parser, index = CParser(text), 0
    try:
        while event := parser.get_event():
            index = getattr(event.end_mark, "index", index)
    except Exception:  # any failure is an answer
        return index
    return None
