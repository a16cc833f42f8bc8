"""`gitsm impact`: what breaks when a service goes down, and where that would hurt most.

- `words`: how sentences are laid out in both
- `effects`: what fails with a service, or what it stands on, in each form
- `points`: the single points of failure in each form
"""

from __future__ import annotations

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.commands.impact.effects import Answer
from gitsm.commands.impact.points import points
from gitsm.graph import Graph, graph_of, impact, stands_on
from gitsm.repository import Repository
from gitsm.schema.spelling import did_you_mean

GROUP = "operate"


@click.command()
@click.argument("service", required=False, shell_complete=ids_of("service"))
@click.option("--up", is_flag=True, help="What the service stands on, instead of what stands on it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(repository: Repository, service: str | None, up: bool, form: str) -> None:
    """Show what breaks when a service goes down.

    Every service that fails, degrades or is at risk with SERVICE, by tier, with the shortest way there,
    its owner and whom to call. Without a SERVICE, the single points of failure of all services, the one
    on which most promise hangs first.
    """
    graph = graph_of(repository)
    if service is None:
        if up:
            raise click.UsageError("--up needs a SERVICE to start from")
        lines = points(repository, graph, form)
    else:
        _must_exist(repository, graph, service)
        effects = stands_on(graph, service) if up else impact(graph, [service])
        answer = Answer(repository, graph, service, up, effects)
        lines = {"text": answer.text, "json": answer.json, "markdown": answer.markdown}[form]()
    for line in lines:
        click.echo(line)


def _must_exist(repository: Repository, graph: Graph, service: str) -> None:
    if service in graph.ids:
        return
    if repository.defines("service", service):
        fail(f"service {service} has mistakes of its own; `gitsm check` shows them")
    hint = did_you_mean(service, sorted(graph.ids)) or "gitsm map --format json lists them"
    fail(f"there is no service {service!r}; {hint}")
