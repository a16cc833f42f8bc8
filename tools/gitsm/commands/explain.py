"""`gitsm explain`: why a rule is there, with a bad and a good example."""

from __future__ import annotations

import json
import shutil
import textwrap

import click

from gitsm.commands import fail
from gitsm.commands.completion import rules
from gitsm.lint import Rule
from gitsm.rules import RULES
from gitsm.schema.spelling import did_you_mean
from gitsm.terminal import safe, styled, wants_colour, wrapped

GROUP = "check"


@click.command()
@click.argument("rule", required=False, shell_complete=rules)
def command(rule: str | None) -> None:
    """Explain a rule, with a bad and a good example.

    It says what is wrong and why it hurts. Without a RULE, list them all.
    """
    if rule is None:
        _list()
    elif rule in RULES:
        _explain(RULES[rule])
    else:
        fail(f"there is no rule {rule!r}; {did_you_mean(rule, list(RULES)) or 'gitsm explain lists them'}")


def _list() -> None:
    names = max(map(len, RULES))
    indent = " " * (names + 13)
    for group in sorted({rule.group for rule in RULES.values()}):
        _say(group, bold=True)
        for rule in sorted(RULES.values(), key=lambda rule: rule.name):
            if rule.group == group:
                first, *more = wrapped(rule.summary, max(_width(), len(indent) + 24), indent)
                click.echo(f"  {rule.name:{names}}  {rule.severity.value:7}  {first.lstrip()}")
                for line in more:
                    click.echo(line)


def _explain(rule: Rule) -> None:
    about = f" ({rule.severity.value}{'' if rule.suppressible else ', can not be ignored'})"
    click.echo(styled(rule.name, wants_colour(), bold=True) + about + "\n")
    for paragraph in (rule.summary, *rule.explanation.split("\n\n")):
        for line in wrapped(" ".join(paragraph.split()), _width(), ""):
            click.echo(line)
        click.echo()
    if rule.options:
        _say("Options", bold=True)
        for option in rule.options:
            text = f"{option.name} = {json.dumps(option.default)}: {option.meaning}"
            for line in wrapped(text, _width() - 4, "  "):
                click.echo("    " + line)
        click.echo()
    for title, fragment, colour in (("Bad", rule.bad, "red"), ("Good", rule.good, "green")):
        _say(title, fg=colour, bold=True)
        shown = (safe(line) for line in fragment.split("\n"))  # an example may hold what a terminal obeys
        click.echo(textwrap.indent("\n".join(shown), "    ") + "\n")


def _say(text: str, **style: object) -> None:
    click.echo(styled(text, wants_colour(), **style))


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 120)
