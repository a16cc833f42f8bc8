"""`gitsm explain`: why a rule is there, with a bad and a good example."""

from __future__ import annotations

import textwrap

import click

from gitsm.commands import fail
from gitsm.lint import Rule
from gitsm.rules import RULES
from gitsm.schema.validation import did_you_mean

GROUP = "check"


@click.command()
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """Explain a rule: what is wrong, why it hurts, a bad and a good example.

    Without a rule, list them all.
    """
    if rule is None:
        _list()
    elif rule in RULES:
        _explain(RULES[rule])
    else:
        fail(f"there is no rule {rule!r}; {did_you_mean(rule, list(RULES)) or 'gitsm explain lists them'}")


def _list() -> None:
    width = max(map(len, RULES))
    for group in sorted({rule.group for rule in RULES.values()}):
        click.secho(group, bold=True)
        for rule in sorted(RULES.values(), key=lambda rule: rule.name):
            if rule.group == group:
                click.echo(f"  {rule.name:{width}}  {rule.severity.value:7}  {rule.summary}")


def _explain(rule: Rule) -> None:
    click.secho(rule.name, bold=True, nl=False)
    click.echo(f" ({rule.severity.value}{'' if rule.suppressible else ', can not be ignored'})\n")
    click.echo(rule.summary + "\n")
    click.echo(rule.explanation + "\n")
    for title, fragment, colour in (("Bad", rule.bad, "red"), ("Good", rule.good, "green")):
        click.secho(title, fg=colour, bold=True)
        click.echo(textwrap.indent(fragment, "    ") + "\n")
