"""`gitsm schema`: the JSON Schemas of every kind, for editors."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import click

from gitsm.commands import fail, open_or_fail, repo_option, top_folder
from gitsm.commands.completion import kinds
from gitsm.records import KINDS
from gitsm.schema.json_schema import editor_settings, schema_text
from gitsm.schema.kind import Kind
from gitsm.schema.own_kinds import FOLDER, SUFFIX
from gitsm.schema.spelling import did_you_mean
from gitsm.schema.written_schemas import FINGERPRINTS, fingerprints_text
from gitsm.terminal import safe

GROUP = "write"
SETTINGS = ".vscode/settings.json"
MAPPING = "yaml.schemas"
"""The setting that says which schema belongs to which files."""

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[]}])')


@click.command()
@click.argument("kind", required=False, shell_complete=kinds)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file is stale.")
@repo_option
def command(kind: str | None, check: bool, repo: Path | None) -> None:
    """Write the JSON Schemas of all kinds, for editors.

    They go into schemas/, and the editor's settings map each to its kind's files, those of your own
    kinds too. Settings and schemas of your own are left as they are. With a KIND, print its schema instead.
    """
    if kind is not None:
        _print(kind, repo)
        return
    root = repo if repo is not None else top_folder(Path.cwd())
    wanted, own = schemas(), _own_schemas(root)
    for path in own:
        click.echo(f"{path} makes a kind of your own, and gitsm has one of that name: rename it", err=True)
    stale = {path: text for path, text in wanted.items() if path not in own and _read(root / path) != text}
    stale.update(_own_fingerprints(root))
    to_add = _change_settings(root, stale)
    if to_add:
        click.echo(f"{SETTINGS} is not plain JSON and is left as it is; add to it:\n{to_add}", err=True)
    if check:
        for path in stale:
            click.echo(f"{path} is stale", err=True)
        if stale:
            click.echo("gitsm schema writes them anew", err=True)
        sys.exit(1 if stale or own or to_add else 0)
    from gitsm.writing import Refused, write_new

    try:
        write_new(root, stale, replace=True)
    except Refused as error:
        fail("; ".join(f"{safe(path)}: {reason}" for path, reason in error.reasons.items()))
    click.echo(f"{len(stale)} of {len(wanted) + 1} files written")


def files() -> dict[str, str]:
    """What a new repository gets: a schema for each kind, and the editor's settings."""
    return {**schemas(), SETTINGS: _json(editor_settings(_patterns(KINDS.values())))}


def schemas() -> dict[str, str]:
    """The schema of each of our kinds, by its file."""
    return {_file(kind): schema_text(kind.schema) for kind in KINDS.values()}


def _own_fingerprints(root: Path) -> dict[str, str]:
    """Where the toolkit itself lies in the repository, the fingerprints of what it writes, if they are stale."""
    folder = Path(str(package_files("gitsm.schema"))).resolve()
    if not folder.is_relative_to(root.resolve()):
        return {}
    path = (folder / FINGERPRINTS).relative_to(root.resolve()).as_posix()
    text = fingerprints_text(KINDS.values())
    return {} if _read(root / path) == text else {path: text}


def _print(name: str, repo: Path | None) -> None:
    kind = KINDS.get(name)
    if kind is None:
        kinds: Mapping[str, Kind] = open_or_fail(repo, None, None).kinds
        kind = kinds.get(name)
        if kind is None:
            fail(f"there is no kind {name!r}; {did_you_mean(name, list(kinds)) or ', '.join(kinds)}")
    # What a terminal would obey is written as JSON writes such characters.
    text = schema_text(kind.schema)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text), nl=False)


def _file(kind: Kind) -> str:
    return f"{FOLDER}{kind.name}{SUFFIX}"


def _patterns(kinds: Iterable[Kind]) -> dict[str, str]:
    return {_file(kind): kind.pattern for kind in kinds}


def _own_schemas(root: Path) -> list[str]:
    """Schemas of a user's own that have the name of one of ours, as after an upgrade that brought the kind."""
    found = []
    for path in schemas():
        try:
            about = json.loads(_read(root / path) or "{}")["x-gitsm"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(about, dict) and "folder" in about:  # ours say `path`
            found.append(path)
    return found


def _change_settings(root: Path, stale: dict[str, str]) -> str:
    """Add the editor's settings to what is stale where they lack something, or return what to add to
    them by hand: where they hold comments, writing them would lose those."""
    kinds: Mapping[str, Kind] = open_or_fail(root, None, None).kinds
    own = [kind for name, kind in sorted(kinds.items()) if name not in KINDS]
    wanted = editor_settings(_patterns([*KINDS.values(), *own]))
    path = root / SETTINGS
    if not path.exists():
        stale[SETTINGS] = _json(wanted)
        return ""
    text = _read(path)
    present = _strict(text) if text is not None else None
    if text is None or present is None:
        # Comments do not hide what is there already.
        lacking = _lacking(wanted, _strict(_plain(text or "")) or {})
        return _json(lacking).rstrip() if lacking else ""
    lacking = _lacking(wanted, present)
    if lacking:
        mapping = {**present.get(MAPPING, {}), **lacking.get(MAPPING, {})}
        stale[SETTINGS] = _json({**present, **lacking, MAPPING: mapping}, like=text)
    return ""


def _lacking(wanted: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """What settings lack: mappings of ours that are not there or differ, and other keys that are not there."""
    there = present.get(MAPPING, {})
    mapping = {file: globs for file, globs in wanted[MAPPING].items() if there.get(file) != globs}
    lacking = {key: value for key, value in wanted.items() if key != MAPPING and key not in present}
    return {MAPPING: mapping, **lacking} if mapping else lacking


def _strict(text: str) -> dict[str, Any] | None:
    """The settings of a text that is JSON and nothing but; None for any other."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    try:
        found = json.loads(text.strip() or "{}", object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get(MAPPING, {}), dict) else None


def _plain(text: str) -> str:
    """Settings without what editors allow beyond JSON: comments, and commas after the last entry."""
    return _LAST_COMMA.sub(r"\1", _COMMENT.sub(r"\1", text))


def _json(settings: Mapping[str, Any], like: str = "") -> str:
    """Settings as text, indented as they were, and ASCII alone where they were that."""
    indent = re.search(r"^([ \t]+)\S", like, re.MULTILINE)
    return json.dumps(settings, indent=indent[1] if indent else 2, ensure_ascii=like.isascii()) + "\n"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
