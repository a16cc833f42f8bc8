"""Services and what they stand on."""

from __future__ import annotations

from itertools import pairwise

from gitsm.graph import graph_of
from gitsm.lint import Findings, rule
from gitsm.records.service import Service
from gitsm.repository import Repository


@rule
def dependency_cycle(repository: Repository) -> Findings:
    """Services depend on each other in a circle.

    After a full outage none of them can be started first, and no promise of availability can be
    computed for any of them.

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
    for cycle in graph.cycles():
        places = []
        for service, on in pairwise(cycle):
            record = graph.services[service]
            index = next(i for i, entry in enumerate(record.fields.depends_on) if entry.service == on)
            places.append(record.place("depends_on", index, "service", label=f"{service} depends on {on}"))
        yield graph.services[cycle[0]].problem(
            f"services depend on each other in a circle: {' > '.join(cycle)}",
            at=places[0],
            related=places[1:],
        )


@rule
def alert_without_runbook(repository: Repository) -> Findings:
    """Monitoring raises an alert that no runbook answers.

    Whoever is called by it at night has a name and nothing to do about it.

    Bad:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}, {alert: PayrollQueueFull}]

    Good:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}]
    """
    # From the data as written: a runbook with another mistake answers its alerts all the same.
    named = (runbook.data.get("alerts") for runbook in repository.all("runbook"))
    answered = {
        alert for alerts in named if isinstance(alerts, list) for alert in alerts if isinstance(alert, str)
    }
    for service in repository.of(Service):
        for index, alert in enumerate(service.fields.monitoring):
            if alert.event != "informational" and alert.alert not in answered:
                yield service.problem(
                    f"{service} raises the alert {alert.alert}, which no runbook answers",
                    "monitoring",
                    index,
                    "alert",
                    hint=f"name it in the runbook that answers it: `alerts: [{alert.alert}]`",
                )
