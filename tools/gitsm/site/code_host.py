"""Where the code host shows and edits the files of the repository, as `mkdocs.yml` tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from mkdocs.config.defaults import MkDocsConfig


def edit_url(config: MkDocsConfig, file: str) -> str | None:
    """Where the code host edits a file of the repository; MkDocs knows only those of `docs_dir`."""
    if not file or not config.repo_url:
        return None
    docs = Path(config.docs_dir).name + "/"
    base = config.repo_url.rstrip("/") + "/"
    template: Any = config.edit_uri_template
    if template:
        wanted = template.data.replace(f"{docs}{{", "{", 1)
        path = file if "!q}" in wanted else quote(file)
        edit = template.formatter.format(wanted, path=path, path_noext=path.rpartition(".")[0])
        return urljoin(base, str(edit))
    if not config.edit_uri:
        return None
    return urljoin(base, config.edit_uri.removesuffix(docs) + quote(file))


def source_url(config: MkDocsConfig, commit: str) -> str:
    """Where the code host shows files, as far as its name tells; empty where it doesn't."""
    if not config.repo_url:
        return ""
    base, revision = config.repo_url.rstrip("/"), commit or "HEAD"
    known = {"github": "blob", "gitlab": "-/blob", "gitea": "src/commit", "codeberg": "src/commit"}
    host = base.partition("://")[2].partition("/")[0].lower()
    folder = next((known[name] for name in known if name in host), None)
    return f"{base}/{folder}/{revision}/" if folder else ""
