"""Requests: what users ask for, and how soon they get it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.incident import Incident
from gitsm.records.request_model import RequestModel
from gitsm.repository import Record, Repository, once

_THING = r"(?:access|accounts?|licen[cs]es?|permissions?|laptop|mailbox|log-?in)"
_EQUIPMENT = (
    r"(?:monitor|screen|phone|smartphone|tablet|headset|keyboard|mouse|pc|computer|docking\ station|charger|badge"
    r"|token|password|desk|chair)"
)
_NO_STATE = (
    r"(?!.*\b(?:is|are|was|were|has|have|had|does|do|did|shows?|shown|gone|empty|blank|loops?|vanish\w*|disappear\w*"
    r"|ends?|opens?|gives?|returns?|returned)\b)"
)
"""What follows tells of no state: *Access for Anna to payroll is gone* is a failure."""
_SOMEBODY = r"(?:i|we|you|one|somebody|someone)"
ASKING = rf"""(?xi)
      request\ (?:for|of|an?|new|access)\b | requesting\b
    | (?:\w+\ )?(?:service|access|account|installation|licen[cs]e|software|hardware|reset)\ request(?:\ for\b|:|$)
    | request\ to\ (?:be|add|get|have|give|grant|change|remove|create|install|reset|update|delete|extend|move)\b
    | (?:please|pls|kindly)\b(?![-‐‑]|\ wait\b|\ (?:log|sign)\ in\b)
    | how\ (?:to|(?:do|can|could|should|may)\ {_SOMEBODY})\b
    | (?:where|who|whom|when|which|what)\ (?:do|can|should)\ {_SOMEBODY}\b
    | (?:can|could|may|would|will)\ {_SOMEBODY}\b
    | (?:i|we)(?:'d|\ would)?\ (?:need|want|like)\b
    | (?:user|employee|client|customer|colleague)\ (?:wants|asks\ for)\b
    | (?:(?:user|employee|client|customer|colleague)\ )?needs?\ (?:an?\ |new\ |more\ )*{_THING}\b
    | (?:question|enquiry|inquiry)(?:\ (?:about|on|regarding)\b|:)
    | (?:new|another|additional)\ (?:user\ )?{_THING}\ (?:for|please|needed|wanted)\b
    | (?:new\ |more\ |additional\ )*{_THING}\b(?:\ (?:to|for|on|in)\ .+)?\ (?:needed|wanted|requested)$
    | new\ (?:starter|joiner|hire|employee)(?:\ (?:in|for|on)\b|[:,]|$)
    | (?:grant|give|provide)\ (?:\S+\ ){{0,3}}access\b
    | (?:create|add|set\ up)\ (?:an?\ )?(?:new\ )?(?:user|account|mailbox|login)\ (?:for|in|to)\b
    | unlock\ (?:an?\ |the\ |my\ )?account\b | order\ (?:an?|new)\b | onboarding(?:\ of\b|:)
    | install(?:ation\ of)?\ .+\ (?:on|for)\ (?:an?|my|his|her|the)\ (?:laptop|pc|computer|machine|workstation)\b
    | password\ reset\ (?:for\ (?!all\b|every)|request\b|please\b)
    | reset\ (?:of\ )?(?:my|the|his|her)\ password\b
    | reset\ (?:of\ )?(?:the\ )?password\ (?:of|for)\ (?!all\b|every|each\b){_NO_STATE}
    | access\ for\ (?!all\b|any|every|some|many|most|users\b|customers\b|employees\b|clients\b|staff\b)
      {_NO_STATE}(?:\S+\ ){{1,3}}to\ \S
    | set\ up\ (?!of\b|wizard|pages?\b|screen|script|program|tool|routine|job)
      {_NO_STATE}(?:\S+\ ){{1,5}}for\ (?:an?\ |the\ |my\ |our\ )?\S
    | (?:\S+\ ){{1,3}}needs?\ (?:an?\ )?(?:new|second|additional|bigger|larger|another)\ (?:{_THING}|{_EQUIPMENT})\b
    | change\ of\ (?:address|(?:sur)?name|bank\ (?:details|account)|(?:phone|telephone)\ number|e-?mail\ address)
      (?:$|\ (?:in|for|of|from|to|at)\b{_NO_STATE})
    """
"""What somebody asks begins like this. It is looked for at the beginning of a title alone: *Password
resets rejected* and *Requests time out* are failures. It is compiled by the first title: that takes its time."""

FAILING = re.compile(
    r"""\b(?:not|no|none|never|cannot|unable|without|nothing|wrong|invalid|missing|lost|loses|losing|fail\w*|errors?
    |broken?|breaks|reject\w*|refus\w*|den(?:y|ies|ied)|block\w*|lock(?:ed|s)|stuck|hang(?:s|ing)?|hung|freez\w*
    |crash\w*|slow\w*|delay\w*|late|down|outages?|time[sd]?[ -]?out|timing\ out|timeouts?|ran\ out|out\ of|expired?
    |degraded|disrupt\w*|interrupt\w*|intermittent\w*|incidents?|issues?|problems?|bugs?|stop(?:s|ped)|took|takes
    |twice|duplicate\w*|leak\w*|exhausted|overload\w*|un(?:available|responsive|reachable)|\w+n['’]t|[45]\d\d)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""A title with one of these words tells of a failure, however politely."""


@rule(severity=Severity.WARNING)
def request_filed_as_incident(
    repository: Repository,
    *,
    categories: tuple[str, ...] = (
        "request",
        "service-request",
        "access-request",
        "question",
        "how-to",
        "inquiry",
        "enquiry",
    ),
) -> Findings:
    """Something that a user asked for is recorded as an incident.

    Nothing was broken. Requests among incidents make a service look worse than it is and hide what
    really fails; a request has an approver, steps and a target of its own. What counts is the
    category, a title that is a request model's of one of the services, or one that begins as people
    ask: *Please*, *How do I*, *Request for*. A title that tells of a failure is none, and an incident
    with a cause in a change or a problem is none.

    Options:
        categories: an incident of one of these categories is a request

    Bad:

        # incidents/2026/2026-11-20-pay-slip.md (whole)
        ---
        title: Copy of a pay slip for October
        services: [payroll]
        started: 2026-11-20T09:00+01:00
        ---

    Good:

        # incidents/2026/2026-11-20-pay-slip.md (whole)
        ---
        title: Pay slips of October can't be opened
        services: [payroll]
        started: 2026-11-20T09:00+01:00
        ---
    """
    for incident in repository.of(Incident):
        fields = incident.fields
        if fields.caused_by is not None or fields.problem is not None:
            continue
        if fields.category in categories:
            yield incident.problem(
                f"{incident} is of the category {fields.category}: nothing was broken",
                "category",
                hint=HINT,
            )
        elif not FAILING.search(fields.title):
            model = _model_of(repository, incident)
            if model is not None:
                yield incident.problem(
                    f"{incident} is called as the {model} is: {model.title}",
                    "title",
                    hint=HINT,
                    related=[model.place("title", label="what users may ask for")],
                )
            elif asked := re.match(ASKING, fields.title.strip()):
                yield incident.problem(
                    f"the title of {incident} asks for something: it begins with {asked.group().strip()!r}",
                    "title",
                    hint=HINT,
                )


HINT = "record it where requests are kept; if something failed, say in the title what users noticed"


def _model_of(repository: Repository, incident: Record[Incident]) -> Record[RequestModel] | None:
    """The request model of one of its services whose title an incident's begins with, word for word."""
    words = _words(incident.fields.title)
    for service in dict.fromkeys(incident.fields.services):
        for model in _models(repository).get(service, ()):
            title = _words(model.fields.title)
            if words == title or (len(title) > 1 and words[: len(title)] == title and _goes_on(words, title)):
                return model
    return None


def _goes_on(words: Sequence[str], title: Sequence[str]) -> bool:
    """Whether what follows the title only says for whom or of what: `Copy of a pay slip for October`."""
    return words[len(title)] in ("for", "of", "from", "please")


def _words(title: str) -> list[str]:
    return re.findall(r"[\w'-]+", title.casefold())


@once
def _models(repository: Repository) -> Mapping[str, Sequence[Record[RequestModel]]]:
    found: dict[str, list[Record[RequestModel]]] = {}
    for model in repository.of(RequestModel):
        found.setdefault(model.file.split("/")[1], []).append(model)
    return found


@rule
def target_shorter_than_its_steps(repository: Repository) -> Findings:
    """A request is promised sooner than its own steps can be done.

    The promise is broken each time, and the user is told so by the record itself. Only what is sure
    whatever the hours of service are is held against it: steps in working time can't be done in less
    time than they take.

    Bad:

        # services/payroll/requests/pay-slip-copy.yaml
        target: 4 business hours
        steps:
          - {step: Check who is asking, takes: 1 business hour}
          - {step: Send the copy by letter, takes: 8 business hours}

    Good:

        # services/payroll/requests/pay-slip-copy.yaml
        target: 16 business hours
        steps:
          - {step: Check who is asking, takes: 1 business hour}
          - {step: Send the copy by letter, takes: 8 business hours}
    """
    for model in repository.of(RequestModel):
        target = model.fields.target
        if target is None:
            continue
        # Time that only passes may pass outside of working time; then no target in working time is broken.
        steps = [
            step.takes
            for step in model.fields.steps
            if step.takes is not None and (step.takes.business or not target.business)
        ]
        minutes = sum(takes.minutes for takes in steps)
        if minutes > target.minutes + 0.01:
            business = any(takes.business for takes in steps)
            least = _hours(minutes, business)
            yield model.problem(
                f"the target of {model} is {target}, and its steps take {least}",
                "target",
                related=[model.place("steps", label=f"{least} together")],
            )


def _hours(minutes: float, business: bool) -> str:
    hours = f"{minutes / 60:.4g}"
    if business:
        return f"{hours} business hour{'' if hours == '1' else 's'}"
    return f"{minutes:.4g} min" if minutes < 120 else f"{hours} h"
