"""`gitsm completion`: the shell completes commands, options, kinds, rules and the ids of records.

Other commands say by the functions here what stands for their arguments. A shell splits and expands
what it is given, so nothing is offered that is not an id.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import ShellComplete, get_completion_class

from gitsm.commands import fail, top_folder

GROUP = "set up"
HOW = {
    "bash": "gitsm completion bash > ~/.local/share/bash-completion/completions/gitsm",
    "zsh": 'put  eval "$(gitsm completion zsh)"  into ~/.zshrc, after the line with compinit',
    "fish": "gitsm completion fish > ~/.config/fish/completions/gitsm.fish",
}
"""The shells, and how each comes by the script for good."""

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


@click.command()
@click.argument("shell", required=False, type=click.Choice(list(HOW)))
@click.pass_context
def command(context: click.Context, shell: str | None) -> None:
    """Print what makes a shell complete gitsm's words.

    It is a script for bash, zsh or fish; by default for the shell that you use. Its comment says where
    it belongs.
    """
    shell = shell or os.path.basename(os.environ.get("SHELL", ""))
    if shell not in HOW:
        fail(f"name the shell: {', '.join(HOW)}")
    script = get_completion_class(shell)
    assert script is not None
    root = context.find_root().command
    # By click's own way, bash would be started to ask for its version.
    text = ShellComplete.source(script(root, {}, "gitsm", "_GITSM_COMPLETE"))
    first, _, rest = text.partition("\n")
    words = f"# To keep it: {HOW[shell]}"
    # zsh looks for `#compdef` in the first line.
    lines = (first, words, rest) if first.startswith("#") else (words, first, rest)
    click.echo("\n".join(lines), nl=False)


def kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The kinds of record that begin so, the repository's own ones as well."""
    from gitsm.records import KINDS
    from gitsm.schema.own_kinds import is_schema_file

    own = [path for path in _files(context) if is_schema_file(path)]
    names = {path.removeprefix("schemas/").removesuffix(".schema.json") for path in own}
    return _matching({*KINDS, *names}, incomplete)


def rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The rules whose names begin so."""
    from gitsm.rules import RULES

    return _matching(RULES, incomplete)


def ids_of(kind: str) -> Complete:
    """What completes the id of a record of a kind."""
    return lambda context, parameter, incomplete: _ids(context, kind, incomplete)


def ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What completes the id of a record, of the kind that the argument `kind` before it names."""
    return _ids(context, context.params.get("kind") or "", incomplete)


def _ids(context: click.Context, kind: str, incomplete: str) -> list[str]:
    from gitsm.records import KINDS

    if kind not in KINDS:
        return []
    found = (KINDS[kind].id_of(path) for path in _files(context))
    return _matching((id for id in found if id is not None), incomplete)


def _matching(names: Iterable[str], incomplete: str) -> list[str]:
    from gitsm.schema.kind import is_id

    fit = (name for name in names if name.startswith(incomplete))
    return sorted(name for name in fit if all(map(is_id, name.split("/"))))


def _files(context: click.Context) -> Iterable[str]:
    """The files of the repository; none where it can't be read, for nobody asked for a message."""
    from gitsm.git import GitError
    from gitsm.tree import FolderTree

    try:
        return FolderTree(context.params.get("repo") or top_folder(Path.cwd())).files
    except (GitError, OSError):
        return ()
