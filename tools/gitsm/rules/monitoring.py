"""Alerts, and the runbooks that answer them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from gitsm.addresses import Published, published
from gitsm.alert_rules import alert_rules_of
from gitsm.diagnostic import Diagnostic, NewValue, Place, Severity
from gitsm.lint import Findings, rule
from gitsm.records.runbook import Runbook
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository, once
from gitsm.schema.spelling import nearest


@rule
def alert_without_runbook(repository: Repository) -> Findings:
    """Monitoring raises an alert that no runbook answers.

    Whoever is called by it at night has a name and nothing to do about it. A `runbook_url` in a
    Prometheus rule file of the repository is an answer too. Informational events call nobody, and
    a service that is not yet in transition, or is retired, has nobody to call.

    Bad:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}, {alert: PayrollQueueFull}]

    Good:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}]
    """
    if repository.is_unread("runbook"):
        return  # it may answer any of them
    answered = {alert for _, _, alert in _answers(repository)} | _led_to_runbooks(repository)
    for service in repository.of(Service):
        if service.fields.lifecycle not in IN_USE:
            continue
        for index, alert in enumerate(service.fields.monitoring):
            if alert.event != "informational" and alert.alert not in answered:
                yield service.problem(
                    f"{service} raises the alert {alert.alert}, which no runbook answers",
                    "monitoring",
                    index,
                    "alert",
                    hint=f"name it in the runbook that answers it: `alerts: [{alert.alert}]`",
                )


@rule(severity=Severity.WARNING)
def alert_that_nothing_raises(repository: Repository) -> Findings:
    """A runbook answers an alert that no service's monitoring raises and no Prometheus rule file defines.

    Most often the alert got another name, and whoever is called by that one searches for it in vain.
    A runbook is judged only where all of its services say what monitoring raises for them. One for all
    services is judged where at least half of the alerts that runbooks answer are raised: where fewer
    are, nobody has written down yet what monitoring raises.

    Bad:

        # runbooks/pay-run-late.md
        alerts: [PayrollRunLate, PayrollRunSlow]

    Good:

        # runbooks/pay-run-late.md
        alerts: [PayrollRunLate]
    """
    rules = alert_rules_of(repository)
    if not rules.complete:
        return  # what was not read may define it
    services = {service.id: service.fields for service in repository.of(Service)}
    raised = {name for service in repository.all("service") for name in _raised_by(service)}
    raised |= {rule.alert.text for rule in rules.alerts}
    named = {alert for _, _, alert in _answers(repository)}
    is_written_down = 2 * len(named & raised) >= len(named)
    for runbook, index, alert in _answers(repository):
        if alert in raised or not isinstance(runbook.checked, Runbook):
            continue
        ids = runbook.fields.services
        watched = all(id in services and services[id].monitoring for id in ids)
        if watched if ids else is_written_down:
            yield _raised_by_nothing(runbook, index, alert, raised)


def _raised_by(service: Record[Any]) -> Iterator[str]:
    """From the data as written: a service with another mistake raises its alerts all the same."""
    monitoring = service.data.get("monitoring")
    for entry in monitoring if isinstance(monitoring, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("alert"), str):
            yield entry["alert"]


def _raised_by_nothing(runbook: Record[Any], index: int, alert: str, raised: Collection[str]) -> Diagnostic:
    near = nearest(alert, sorted(raised))
    return Diagnostic(
        f"{runbook} answers the alert {alert}, which nothing raises",
        runbook.place("alerts", index),
        f"did you mean {near}?" if near else "name it in the `monitoring` of the service that raises it",
        edit=NewValue(runbook.file, ("alerts", index), near, safe=False) if near else None,
    )


def _answers(repository: Repository) -> Iterator[tuple[Record[Any], int, str]]:
    """Each alert that a runbook names, and at which place of its list.

    From the data as written: a runbook with another mistake answers its alerts all the same.
    """
    for runbook in repository.all("runbook"):
        alerts = runbook.data.get("alerts")
        for index, alert in enumerate(alerts if isinstance(alerts, list) else ()):
            if isinstance(alert, str):
                yield runbook, index, alert


@rule
def runbook_url_to_nothing(repository: Repository) -> Findings:
    """The `runbook_url` of a Prometheus alert leads to a page that the site does not have.

    It is the link that is followed at night, from the alert's message, by somebody who is still half
    asleep. Judged are addresses below `site_url` of the settings or of `mkdocs.yml`, files of this
    repository on a code host, and relative paths. Without a `site_url` the site is where another
    `runbook_url` finds a runbook's page. What leads elsewhere is left alone, and what a template fills
    in is judged as far as it is certain.

    Bad:

        # mkdocs.yml (whole)
        site_url: https://ops.example.com/
        # monitoring/payroll.yaml (whole)
        groups:
          - name: payroll
            rules:
              - alert: PayrollRunLate
                expr: payroll_run_open > 0
                annotations: {runbook_url: "https://ops.example.com/runbooks/pay-run-slow/"}

    Good:

        # mkdocs.yml (whole)
        site_url: https://ops.example.com/
        # monitoring/payroll.yaml (whole)
        groups:
          - name: payroll
            rules:
              - alert: PayrollRunLate
                expr: payroll_run_open > 0
                annotations: {runbook_url: "https://ops.example.com/runbooks/pay-run-late/"}
    """
    site = _site(repository)
    runbooks = [runbook.id for runbook in repository.all("runbook")]
    answers = {alert: runbook.id for runbook, _, alert in _answers(repository)}
    for found in alert_rules_of(repository).alerts:
        url = found.runbook_url
        if url is None or not site.lacks(url.text):
            continue
        asked_for = url.text.partition("{{")[0].rstrip("/").rpartition("/")[2].partition(".")[0]
        meant = answers.get(found.alert.text) or nearest(asked_for, runbooks)
        yield Diagnostic(
            f"the alert {found.alert.text} leads to {url.text}, where there is no page",
            Place(found.file, span=url.span),
            f"did you mean the page of runbook {meant}?" if meant else "",
        )


@once
def _site(repository: Repository) -> Published:
    urls = (found.runbook_url for found in alert_rules_of(repository).alerts)
    return published(repository, (url.text for url in urls if url is not None))


def _led_to_runbooks(repository: Repository) -> set[str]:
    """The alerts that a rule file itself leads to a page; also to one elsewhere, which nobody here can judge."""
    site = _site(repository)
    return {
        found.alert.text
        for found in alert_rules_of(repository).alerts
        if found.runbook_url is not None and not site.lacks(found.runbook_url.text)
    }
