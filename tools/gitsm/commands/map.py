"""`gitsm map`: what stands on what."""

from __future__ import annotations

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.exporters.graph import FORMATS
from gitsm.graph import graph_of
from gitsm.repository import Repository
from gitsm.schema.spelling import did_you_mean

GROUP = "plan"


@click.command()
@click.argument("service", required=False, shell_complete=ids_of("service"))
@click.option("--up", "direction", flag_value="up", help="Only what the service stands on.")
@click.option("--down", "direction", flag_value="down", help="Only what stands on the service.")
@click.option("--steps", type=click.IntRange(1, 100), help="How many steps away from the service to go.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="mermaid", show_default=True)
@reads_repository
def command(
    repository: Repository, service: str | None, direction: str | None, steps: int | None, form: str
) -> None:
    """Draw what stands on what.

    It is the dependencies of all services, or of one SERVICE up and down. An arrow leads from a service
    to what it stands on; a dashed one is a soft dependency.
    """
    graph = graph_of(repository)
    if service is not None:
        if service not in graph.services:
            known = sorted(graph.services)
            fail(f"there is no service {service!r}; {did_you_mean(service, known) or 'gitsm map lists them'}")
        graph = graph.around(service, up=direction != "down", down=direction != "up", steps=steps)
    elif direction is not None or steps is not None:
        raise click.UsageError("--up, --down and --steps need a SERVICE to start from")
    click.echo(FORMATS[form](graph), nl=False)
