"""Code in colours: classes for the theme's style sheet, from a short list of well-behaved languages."""

from __future__ import annotations

from functools import cache
from typing import Any

from markupsafe import Markup, escape

LANGUAGES = frozenset({
    "bash", "sh", "shell", "zsh", "console", "shell-session", "powershell", "ps1", "pwsh", "bat", "yaml",
    "yml", "json", "json5", "toml", "ini", "cfg", "properties", "python", "py", "python3", "pycon", "sql",
    "postgresql", "psql", "mysql", "diff", "http", "xml", "html", "jinja", "css", "javascript", "js",
    "typescript", "ts", "go", "java", "kotlin", "c", "cpp", "c++", "csharp", "c#", "rust", "ruby", "rb",
    "perl", "php", "lua", "groovy", "scala", "docker", "dockerfile", "make", "makefile", "nginx", "apache",
    "apacheconf", "terraform", "hcl", "tf", "promql", "text", "txt", "plaintext", "markdown", "md",
})  # fmt: skip
"""The languages that are coloured; any other is shown plain. Mermaid is: no script of it is shipped."""

LARGEST = 20_000
"""In characters; longer code is shown plain, so that no page takes long."""


def highlighted(code: str, language: str) -> Markup:
    """A block of code as the theme styles it, with its button to copy."""
    lexer = _lexer(language.lower()) if len(code) <= LARGEST else None
    if lexer is None:
        inside = escape(code)
    else:
        from pygments import highlight

        inside = Markup(highlight(code, lexer, _formatter()))
    return Markup('<div class="highlight"><pre><span></span><code>{}</code></pre></div>\n').format(inside)


@cache
def _lexer(language: str) -> Any:
    if language not in LANGUAGES:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
