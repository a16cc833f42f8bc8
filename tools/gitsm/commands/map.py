"""`gitsm map`: what stands on what."""

from __future__ import annotations

from collections.abc import Iterable

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.exporters.graph import GROUPINGS, CannotDraw, as_json, dot, drawing, mermaid, svg
from gitsm.exporters.graph.mermaid import LEGEND_EDGES
from gitsm.exporters.graph.mermaid import MAX_EDGES as MERMAID_EDGES
from gitsm.exporters.graph.svg import MAX_EDGES as SVG_EDGES
from gitsm.graph import Graph, graph_of
from gitsm.repository import Repository
from gitsm.schema.spelling import which_is_meant
from gitsm.terminal import safe

GROUP = "plan"
_DRAWN = {
    "mermaid": (mermaid, MERMAID_EDGES - LEGEND_EDGES),
    "dot": (dot, None),
    "svg": (svg, SVG_EDGES),
}
"""What is drawn, and with how many arrows at most."""


@click.command()
@click.argument("service", required=False, shell_complete=ids_of("service"))
@click.option("--system", help="Only the services of this system.")
@click.option("--team", shell_complete=ids_of("team"), help="Only the services that this team owns.")
@click.option("--up", "direction", flag_value="up", help="Only what the services stand on.")
@click.option("--down", "direction", flag_value="down", help="Only what stands on the services.")
@click.option("--steps", type=click.IntRange(0, 100), help="How many steps away to go.")
@click.option(
    "--by", type=click.Choice(GROUPINGS), help="Draw frames; by default by team, where it is large."
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*sorted(_DRAWN), "json"]),
    default="mermaid",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(
    repository: Repository,
    service: str | None,
    system: str | None,
    team: str | None,
    direction: str | None,
    steps: int | None,
    by: str | None,
    form: str,
) -> None:
    """Draw what stands on what.

    It is the dependencies of all services, of one SERVICE up and down, of a system, or of a team; the
    latter two alone, unless --steps says how far to go from there. An arrow leads from a service to what
    it stands on; a dashed one is a soft dependency, and one with a circle is one of a redundancy group.
    A dashed box is what services name and no file defines.
    """
    graph = graph_of(repository)
    if sum(each is not None for each in (service, system, team)) > 1:
        raise click.UsageError("SERVICE, --system and --team can't be combined")
    start = _start(graph, service, system, team)
    if start is not None:
        far = steps if steps is not None or service is not None or direction is not None else 0
        graph = graph.near(start, up=direction != "down", down=direction != "up", steps=far)
    elif direction is not None or steps is not None:
        raise click.UsageError(
            "--up, --down and --steps need a SERVICE, a --system or a --team to start from"
        )
    if form == "json":
        click.echo(as_json(graph), nl=False)
        return
    draw, most = _DRAWN[form]
    drawn = drawing(graph, by=by, max_arrows=most)
    for words in drawn.outlined:
        click.echo(f"more than {form} can show: {words}; --system, --team or a SERVICE shows less", err=True)
    if graph.undeclared:  # drawn, and worth a word: most often it is a slip
        missing = sorted({edge.on for edge in graph.undeclared})
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        why = "no file that can be read defines it"
        click.echo(f"marked as not declared, because {why}: {safe(shown)}", err=True)
    try:
        click.echo(draw(drawn), nl=False)
    except CannotDraw as error:
        fail(str(error))


def _start(graph: Graph, service: str | None, system: str | None, team: str | None) -> list[str] | None:
    """The services to start from; None for the map of them all."""
    if service is not None:
        return [_known("service", service, graph.ids)]
    fields = {id: record.fields for id, record in graph.services.items()}
    if system is not None:
        _known("system", system, {each.system for each in fields.values() if each.system})
        return [id for id, each in fields.items() if each.system == system]
    if team is not None:
        _known("team with services", team, {each.owner for each in fields.values()})
        return [id for id, each in fields.items() if each.owner == team]
    return None


def _known(what: str, name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    if name not in known:
        fail(f"there is no {what} {name!r}; {which_is_meant(name, known)}")
    return name
