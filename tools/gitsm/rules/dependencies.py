"""What services stand on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from gitsm.diagnostic import Severity
from gitsm.graph import Graph, Tangle, graph_of
from gitsm.lint import Findings, rule
from gitsm.records.service import IN_OPERATION, Dependency, Service
from gitsm.repository import Record, Repository


@rule
def dependency_cycle(repository: Repository) -> Findings:
    """Services depend on each other in a circle.

    After a full outage none of them can be started first, and whenever one of them is down all of them
    are. Of services that are entangled in many circles, a service that depends on
    itself is told first, and then as many circles as have all of the dependencies between them: each is
    the shortest with a dependency that is on none of the others.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: hard}]
        # services/ledger/service.yaml
        depends_on: [{service: payroll, criticality: soft}]

    Good:

        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: hard}]
        # services/ledger/service.yaml
        depends_on: []
    """
    graph = graph_of(repository)
    for cycle, more in (
        (circle, _more(tangle, circle)) for tangle in graph.tangles for circle in tangle.circles
    ):
        places = []
        for service, on in pairwise(cycle):
            record = graph.services[service]
            index = next(i for i, entry in enumerate(record.fields.depends_on) if entry.service == on)
            places.append(record.place("depends_on", index, "service", label=f"{service} depends on {on}"))
        yield graph.services[cycle[0]].problem(
            f"services depend on each other in a circle: {' > '.join(cycle)}{more}",
            at=places[0],
            hint="leave out the one that a start can do without, or split the service that closes the circle",
            related=places[1:],
        )


def _more(tangle: Tangle, circle: tuple[str, ...]) -> str:
    """How many dependencies of a knot are not told, beside the last circle that is."""
    if not tangle.more or circle != tangle.circles[-1]:
        return ""
    return f"; {tangle.more:,} more dependencies between services of this knot are on circles as well"


@rule(severity=Severity.WARNING)
def hard_dependency_on_lesser_service(repository: Repository) -> Findings:
    """A service fails without one that matters less, as both of their tiers say.

    Whoever runs the lesser one plans its outages, its support hours and its recovery by its own
    tier, and takes the greater one down with it. In truth they matter alike, or the dependency needs
    a fallback. A member of a redundancy group that the others can stand in for is left alone.

    Bad:

        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: hard}]

    Good:

        # services/payroll/service.yaml
        depends_on:
          - service: ledger
            criticality: hard
            fallback: {what: Bookings wait in a queue for up to two days, degraded: true}
    """
    spare = _Spare(graph_of(repository), ("retired",))
    for service, index, dependency, on in _dependencies(spare.graph):
        lesser = service.fields.tier is not None and (on.fields.tier or 0) > service.fields.tier
        if not lesser or dependency.criticality != "hard" or dependency.fallback is not None:
            continue
        group = dependency.redundancy_group
        if group is not None and spare.of(service)[group.name] > 0:
            continue
        if on.fields.lifecycle != "retired":
            yield service.problem(
                f"{service} is of tier {service.fields.tier} and fails without {on.id},"
                f" which is of tier {on.fields.tier}",
                "depends_on",
                index,
                "service",
                hint=f"raise the tier of {on.id}, or say what happens without it: a fallback, a soft dependency",
                related=[on.place("tier", label=f"tier {on.fields.tier}")],
            )


@rule
def dependency_on_retired_service(repository: Repository) -> Findings:
    """A service stands on one that is retired.

    What was switched off can't be depended on: either the dependency is gone and every map and
    estimate of impact is wrong, or the service was never switched off.

    Bad:

        # services/ledger/service.yaml
        lifecycle: retired

    Good:

        # services/ledger/service.yaml
        lifecycle: live
    """
    for service, index, _, on in _dependencies(graph_of(repository)):
        if on.fields.lifecycle == "retired":
            yield service.problem(
                f"{service} depends on {on.id}, which is retired",
                "depends_on",
                index,
                "service",
                hint="take the dependency out, or name what took its place",
                related=[on.place("lifecycle", label="retired")],
            )


@rule(severity=Severity.WARNING)
def dependency_on_retiring_service(repository: Repository) -> Findings:
    """A service stands on one that is being retired, and nothing in its roadmap speaks of that.

    On the day of the switch-off it fails, and its owner is the last to hear. An item of the roadmap
    whose title names the other service shows that somebody plans for it. A service that is itself
    retiring, users who don't notice (a fallback that isn't degraded) and a redundancy group that is
    large enough without it need no plan.

    Bad:

        # services/ledger/service.yaml
        lifecycle: retiring

    Good:

        # services/ledger/service.yaml
        lifecycle: retiring
        # services/payroll/service.yaml
        roadmap: [{title: Book into the new accounts instead of the ledger, target: 2027-03-31}]
    """
    spare = _Spare(graph_of(repository), ("retiring", "retired"))
    plans: dict[str, str] = {}
    for service, index, dependency, on in _dependencies(spare.graph):
        if on.fields.lifecycle != "retiring" or service.fields.lifecycle == "retiring":
            continue
        group, fallback = dependency.redundancy_group, dependency.fallback
        if group is not None and spare.of(service)[group.name] >= 0:
            continue
        if (fallback is not None and not fallback.degraded) or _names(_plans(service, plans), on):
            continue
        yield service.problem(
            f"{service} depends on {on.id}, which is retiring",
            "depends_on",
            index,
            "service",
            hint=f"plan what takes its place: an item of the roadmap that names {on.fields.name}",
            related=[on.place("lifecycle", label="retiring")],
        )


_NOT_THERE_YET = ("idea", "design", "build")


@rule(severity=Severity.WARNING)
def dependency_on_unbuilt_service(repository: Repository) -> Findings:
    """A live service fails without one that is not built yet.

    Both can't be so: what is live today stands on something else, which no map shows, or the other
    service is further than its lifecycle says. Soft dependencies, and those with a fallback or in a
    redundancy group, may look ahead.

    Bad:

        # services/ledger/service.yaml
        lifecycle: build
        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: hard}]

    Good:

        # services/ledger/service.yaml
        lifecycle: build
        # services/payroll/service.yaml
        depends_on: [{service: ledger, criticality: soft}]
    """
    for service, index, dependency, on in _dependencies(graph_of(repository)):
        is_bare = dependency.fallback is None and dependency.redundancy_group is None
        if service.fields.lifecycle not in IN_OPERATION or on.fields.lifecycle not in _NOT_THERE_YET:
            continue
        if dependency.criticality == "hard" and is_bare:
            yield service.problem(
                f"{service} is {service.fields.lifecycle} and fails without {on.id},"
                f" which is in the stage {on.fields.lifecycle}",
                "depends_on",
                index,
                "service",
                hint="name what it stands on today, or write how far the other one is",
                related=[on.place("lifecycle", label=on.fields.lifecycle)],
            )


@rule
def impossible_redundancy_group(repository: Repository) -> Findings:
    """A redundancy group needs more members than it has, or its members disagree on how many.

    It reads as if something could fail, and every estimate of impact says that the service is down
    already, or counts on a member that isn't there.

    Bad:

        # services/payroll/service.yaml
        depends_on:
          - {service: ledger, redundancy_group: {name: bookkeeping, needed: 2}}

    Good:

        # services/payroll/service.yaml
        depends_on:
          - {service: ledger, redundancy_group: {name: bookkeeping, needed: 1}}
    """
    for service in repository.of(Service):
        members: dict[str, list[tuple[int, int]]] = defaultdict(list)
        named: dict[str, set[str]] = defaultdict(set)
        for index, dependency in enumerate(service.fields.depends_on):
            if (group := dependency.redundancy_group) is not None:
                members[group.name].append((index, group.needed))
                named[group.name].add(dependency.service)
        for name, asking in members.items():
            first, needed = asking[0]
            other = next((entry for entry in asking if entry[1] != needed), None)
            if other is not None:
                yield service.problem(
                    f"the redundancy group {name} of {service} needs {needed} of its members,"
                    f" and {other[1]} as another member says",
                    *("depends_on", other[0], "redundancy_group", "needed"),
                    related=[
                        service.place(
                            "depends_on", first, "redundancy_group", "needed", label=f"{needed} here"
                        )
                    ],
                    hint="write the same number at each member",
                )
            elif needed > len(named[name]):
                count = len(named[name])
                yield service.problem(
                    f"the redundancy group {name} of {service} needs {needed} members and has {count}",
                    *("depends_on", first, "redundancy_group", "needed"),
                    hint="name the members that are missing, or how many are enough",
                )


def _dependencies(
    graph: Graph,
) -> Iterator[tuple[Record[Service], int, Dependency, Record[Service]]]:
    """Each dependency of a service that isn't retired, and the service that it leads to."""
    for service in graph.services.values():
        if service.fields.lifecycle == "retired":
            continue
        for index, dependency in enumerate(service.fields.depends_on):
            if dependency.service in graph.services and dependency.service != service.id:
                yield service, index, dependency, graph.services[dependency.service]


class _Spare:
    """How many members the redundancy groups of services have more than they need, without those that
    are in some stages of their lifecycle."""

    def __init__(self, graph: Graph, gone: Collection[str]) -> None:
        self.graph = graph
        self._gone = gone
        self._known: dict[str, Mapping[str, int]] = {}

    def of(self, service: Record[Service]) -> Mapping[str, int]:
        """The groups of a service by name; below zero where too few are left."""
        if service.id not in self._known:
            self._known[service.id] = self._counted(service)
        return self._known[service.id]

    def _counted(self, service: Record[Service]) -> Mapping[str, int]:
        needed: Counter[str] = Counter()
        standing: dict[str, set[str]] = defaultdict(set)
        for dependency in service.fields.depends_on:
            if (group := dependency.redundancy_group) is not None:
                needed[group.name] = max(needed[group.name], group.needed)
                on = self.graph.services.get(dependency.service)
                if on is None or on.fields.lifecycle not in self._gone:
                    standing[group.name].add(dependency.service)
        return {name: len(standing[name]) - count for name, count in needed.items()}


def _plans(service: Record[Service], known: dict[str, str]) -> str:
    """The titles of a service's roadmap, as one text; `known` remembers."""
    if service.id not in known:
        known[service.id] = "\n".join(item.title.casefold() for item in service.fields.roadmap)
    return known[service.id]


def _names(plans: str, on: Record[Service]) -> bool:
    """Whether plans name a service by its name or id."""
    return any(name in plans for name in (on.id, on.id.replace("-", " "), on.fields.name.casefold()))
