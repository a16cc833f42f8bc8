"""The command `gitsm`. It finds its commands by their files and imports only the one that is asked for."""

from __future__ import annotations

import errno
import gc
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from gitsm import __version__, commands

GROUPS = {
    "write": "Write records",
    "check": "Check them",
    "plan": "Plan",
    "decide": "Decide",
    "operate": "Operate",
    "publish": "Publish",
    "set up": "Set up",
}
"""The headings of `gitsm --help`, in order; each command names its own."""


class Commands(click.Group):
    """The commands that have a file in the folder `commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _names().get(cmd_name)
        return import_module(module).command if module else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from gitsm.schema.spelling import did_you_mean

        if args and args[0] not in _names():
            hint = did_you_mean(args[0], list(_names())) or "gitsm --help lists the commands"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        # Their short help would cost the import of every command, and a shell waits for this.
        names = [CompletionItem(name) for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, title in GROUPS.items():
            rows = [
                (name, command.get_short_help_str(70))
                for name, command in self._commands(ctx)
                if getattr(import_module(_names()[name]), "GROUP", None) == group
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def _commands(self, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                yield name, command


def _names() -> dict[str, str]:
    """Commands by name. A file ends in an underscore where its name is a word of Python's own."""
    modules = (module.name for module in pkgutil.iter_modules(commands.__path__))
    return {name.rstrip("_").replace("_", "-"): f"{commands.__name__}.{name}" for name in modules}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", prog_name="gitsm")
def main() -> None:
    """IT service management as files in Git.

    Services, agreements, changes, runbooks, incidents and problems are YAML and Markdown files.
    These commands write and check them, and show what stands on what and what is planned; a plugin
    for MkDocs makes a site of them.
    """


def run() -> NoReturn:
    """Run the command line, and end the process with its status."""
    gc.disable()  # a command lives for a moment, and what it reads lives as long as it does
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed: nobody wants to see it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    status = run_command()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # what could not be written is said already
            stream.flush()
    # To free each value that the interpreter still holds would cost a tenth of the time of a check.
    os._exit(status)


def run_command() -> int:
    """Run the command line, and give its status; what is our own fault ends with 3 and says how to report it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a letter that can't be shown ends no report
    try:
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
        return status
    except OSError as error:
        if error.errno == errno.EPIPE:
            return 1  # whom it was for has seen enough, and knows
        if error.errno not in UNWRITTEN or error.filename is not None:
            return _own_fault(error)
        return _said(f"what the command prints can't be written: {error.strerror}", 2)
    except Exception as error:
        return _own_fault(error)


UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Why nothing more can be written to where a command prints: the disk is full, or away."""


def _own_fault(error: Exception) -> int:
    traceback.print_exception(error)
    notes = "".join(f" {note}" for note in getattr(error, "__notes__", ()))
    return _said(f"this is a fault of gitsm itself{notes}; please report it with the lines above", 3)


def _said(message: str, status: int) -> int:
    with suppress(OSError):
        click.echo(f"gitsm: {message}", err=True)
    return status
