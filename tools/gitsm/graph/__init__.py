"""The graph of services and what they stand on, and what follows when one of them fails.

Each of these files imports only from those above it:

- `circles`: things that follow on each other in a circle
- `edge`: a dependency
- `spread`: how far a failure reaches
- `dependencies`: the graph itself
- `impact`: what fails, degrades or is at risk with a service, and what it stands on itself
- `single_points`: the services whose failure alone brings down others
"""

from __future__ import annotations

from gitsm.graph.circles import Tangle, circles, tangles
from gitsm.graph.dependencies import Graph, graph_of
from gitsm.graph.edge import Edge
from gitsm.graph.impact import Effect, State, impact, stands_on
from gitsm.graph.single_points import SinglePoint, promised_availability, single_points

__all__ = [
    "Edge",
    "Effect",
    "Graph",
    "SinglePoint",
    "State",
    "Tangle",
    "circles",
    "graph_of",
    "impact",
    "promised_availability",
    "single_points",
    "stands_on",
    "tangles",
]
