"""A change's readiness at a glance: when, how risky, who must say yes, what is missing, and what is there."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.repository import Record
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, div, facts, fold, join, quiet, tag
from gitsm.site.page import Section
from gitsm.site.readiness import Point, Readiness, Standing, readiness_of

_TONES = {
    Standing.MISSING: "bad",
    Standing.DOUBTFUL: "warn",
    Standing.DONE: "good",
    Standing.NOT_NEEDED: "quiet",
}
_SIGNS = {Standing.DONE: "✓ ", Standing.NOT_NEEDED: "– "}
_MOST = 40
_ANCHORS = {
    "justification": "why",
    "plan": "plan",
    "rollback": "rollback",
    "requires": "must-be-done-before",
    "requirements": "needs",
    "confirmations": "confirmed-by-affected-owners",
    "exceptions": "exceptions-from-freezes",
    "tests": "tested",
    "communications": "who-is-told",
    "handover": "handed-over-to-support",
    "watch": "watched-afterwards",
}
"""The heading on its page under which each longer field stands; the others stand at a glance."""


def readiness(here: Here, change: Record[Change], risk: Content) -> Section:
    """The section of an open change, first on its page."""
    found = readiness_of(here.repository, change)
    rows: list[tuple[Content, Content]] = [
        ("Window", window(here, change)),
        ("Risk", risk),
        ("Must approve", _approvals(here, found)),
    ]
    return Section(
        "Readiness", join([div("g-chips", summary(found)), facts(rows), _points(here, change, found)])
    )


def window(here: Here, change: Record[Change]) -> Content:
    """When it takes place, and how long that is from now."""
    when = change.fields.window
    if when is None:
        return "none is set"
    return here.clock.span(when.start, when.end)


def summary(found: Readiness) -> Markup:
    """The readiness in a few chips: what is missing, what somebody has to look at, or that it is ready."""
    missing, doubtful = found.count(Standing.MISSING), found.count(Standing.DOUBTFUL)
    chips = []
    if missing:
        chips.append(chip(f"{missing} missing", "bad"))
    if doubtful:
        chips.append(chip(f"{doubtful} to look at", "warn"))
    return join(chips or [chip("ready", "good")], " ")


def _approvals(here: Here, found: Readiness) -> Content:
    if not found.approvals:
        return "nobody, by the policy"
    parties = [
        join(
            [
                here.party(one.party),
                f" × {one.count}" if one.count > 1 else None,
                quiet(" (", here.references("team", one.teams), ")")
                if _is_role(one.party, one.teams)
                else None,
            ]
        )
        for one in found.approvals
    ]
    where = {
        True: chip("merged", "good", title="Approvals are asked for before a change is merged"),
        False: chip("not merged yet", "warn"),
        None: None,
    }
    return join([join(parties, ", "), where[found.merged]], " ")


def _is_role(party: str, teams: Iterable[str]) -> bool:
    return bool(teams) and party not in teams


def _points(here: Here, change: Record[Change], found: Readiness) -> Markup:
    """What is missing or doubtful, each in a line; what is there folded, as words beside one another."""
    wanted = [one for one in found.points if one.standing not in _SIGNS]
    lines = [tag("li", _line(here, change, point)) for point in wanted[:_MOST]]
    if len(wanted) > _MOST:
        lines.append(tag("li", quiet(f"And {len(wanted) - _MOST} more.")))
    there = [_word(here, change, point) for point in found.points if point.standing in _SIGNS]
    return join(
        [
            tag("ul", join(lines, "\n"), class_="g-ready") if lines else None,
            fold(_well(found), div("g-chips g-ready__there", join(there, " "))) if there else None,
        ]
    )


def _well(found: Readiness) -> str:
    """How much is as it should be."""
    done, spared = found.count(Standing.DONE), found.count(Standing.NOT_NEEDED)
    said = [f"{done} {'point is' if done == 1 else 'points are'} well"] if done else []
    said += [f"{spared} {'is' if spared == 1 else 'are'} not needed"] if spared else []
    return ", ".join(said)


def _line(here: Here, change: Record[Change], point: Point) -> Markup:
    sign = chip(point.standing.value, _TONES[point.standing])
    said = [": ", point.said] if point.said else None
    others = [" ", quiet("→ ", here.links(point.others))] if point.others else None
    return join([sign, " ", tag("strong", _linked(here, change, point, point.name)), said, others])


def _word(here: Here, change: Record[Change], point: Point) -> Markup:
    words = [_SIGNS[point.standing], point.name, f": {point.standing}" if _needs_words(point) else None]
    label = chip(words, _TONES[point.standing], title=point.said or None)
    return join([_linked(here, change, point, label), *(here.link(one) for one in point.others)], " ")


def _needs_words(point: Point) -> bool:
    return point.standing is Standing.NOT_NEEDED


def _linked(here: Here, change: Record[Change], point: Point, label: Content) -> Markup:
    """A link to where the record says it; to the file where it says nothing yet."""
    if not point.field:
        return join(label)
    if not change.data.get(point.field):
        return here.file(change.file, label) if here.site.source_url else join(label)
    anchor = _ANCHORS.get(point.field)
    return tag("a", label, href=f"#{anchor}") if anchor else join(label)
