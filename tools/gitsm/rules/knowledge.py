"""Knowledge articles that readers should not rely on, or don't find."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.mentions import unmentioned
from gitsm.records.knowledge import Knowledge
from gitsm.records.service import Service
from gitsm.repository import Repository


@rule(severity=Severity.WARNING)
def expired_article(repository: Repository) -> Findings:
    """A published article holds only until a day that has passed.

    Users and the service desk go on believing it, and nobody has looked whether it is still so. Time
    alone brings this, so it is a warning. Drafts and retired articles are left alone.

    Bad:

        # knowledge/read-your-pay-slip.md
        valid_to: 2026-10-31

    Good:

        # knowledge/read-your-pay-slip.md
        valid_to: 2027-10-31
    """
    for article in repository.of(Knowledge):
        until = article.fields.valid_to
        if article.fields.state == "published" and until is not None and until < repository.today:
            days = (repository.today - until).days
            yield article.problem(
                f"{article} is published, and was valid to {until}, {days} day{'' if days == 1 else 's'} ago",
                "valid_to",
                hint="read it again and set `valid_to`, or retire it: `state: retired`",
            )


@rule(severity=Severity.WARNING)
def article_of_retired_services(repository: Repository) -> Findings:
    """A published article is about nothing but services that are retired.

    It explains something that nobody can use any more. Who finds it tries, and then calls.

    Bad:

        # services/ledger/service.yaml
        lifecycle: retired
        # services/payroll/service.yaml
        depends_on: []
        # knowledge/close-the-books.md (whole)
        ---
        title: How to close the books
        services: [ledger]
        ---

        Choose **Close** in the ledger.

    Good:

        # services/ledger/service.yaml
        lifecycle: retired
        # services/payroll/service.yaml
        depends_on: []
        # knowledge/close-the-books.md (whole)
        ---
        title: How to close the books
        services: [ledger]
        state: retired
        ---

        Choose **Close** in the ledger.
    """
    for article in repository.of(Knowledge):
        services = [repository.get(Service, id) for id in article.fields.services]
        if article.fields.state != "published" or not services:
            continue
        if all(service is not None and service.fields.lifecycle == "retired" for service in services):
            one = len(services) == 1
            yield article.problem(
                f"{article} is published, and {'its service is' if one else 'all its services are'} retired",
                "services",
                hint="retire it as well, `state: retired`, or name the service that it is about now",
            )


@rule(severity=Severity.NOTE)
def orphan_article(repository: Repository) -> Findings:
    """A published article is about no service and for no audience, and nothing else speaks of it.

    Nobody comes to it: it stands on no service's page, on no list that its readers look through, and
    behind no link.

    Bad:

        # knowledge/after-a-power-cut.md (whole)
        ---
        title: What to do after a power cut
        ---

        Wait for the second bell.

    Good:

        # knowledge/after-a-power-cut.md (whole)
        ---
        title: What to do after a power cut
        audience: users
        ---

        Wait for the second bell.
    """
    alone = [
        article
        for article in repository.of(Knowledge)
        if article.fields.state == "published"
        and not article.fields.services
        and article.fields.audience is None
    ]
    for article in unmentioned(repository, alone):
        yield article.problem(
            f"{article} is about no service and for no audience, and nothing speaks of it",
            "title",
            hint="name its `services` or its `audience`, or link it where it is needed",
        )
