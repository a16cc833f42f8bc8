"""Turns the bytes of a file into plain data, and says at which line and column any part of it stands.

YAML is read as YAML 1.2 and Markdown with its front matter. Whatever the bytes are, the answer is a
`Document`: with data, or with problems that name a line, a column and a sentence. Records are plain
data, so tags, anchors, aliases, merge keys, directives and second documents are refused, and keys are
always text.

Each of these files imports only from those above it:

- `limits`: what one file may hold, and how much of it
- `problems`: what is wrong with a file, collected while it is read
- `characters`: bytes and characters that are refused
- `front_matter`: where the YAML of a Markdown file ends
- `scalars`: what words and numbers without quotes mean, here and elsewhere
- `syntax`: the parser's complaints in sentences for people
- `places`: the line and column of each key and value
- `plain_data`: what YAML can say and plain data can't
- `yaml_reader`: the loop over the parser's events that puts it all together
- `comments`: the comments of a file
- `document`: `read`, and what it gives back
- `foreign`: YAML of other tools, read as leniently as is safe
- `written`: how a text is written where another one stood
- `editing`: changes to a few places of a file that keep all the rest
"""

from __future__ import annotations

from gitsm.source.document import Document, Format, read, too_large
from gitsm.source.editing import Uneditable, edited
from gitsm.source.foreign import Scalar, read_foreign
from gitsm.source.limits import (
    MAX_BYTES,
    MAX_CHARACTERS_SHOWN,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    MAX_PROBLEMS_SHOWN,
    Value,
)
from gitsm.source.scalars import ambiguous, reads_as_text

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS_SHOWN",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_NODES",
    "MAX_PROBLEMS_SHOWN",
    "Document",
    "Format",
    "Scalar",
    "Uneditable",
    "Value",
    "ambiguous",
    "edited",
    "read",
    "read_foreign",
    "reads_as_text",
    "too_large",
]
