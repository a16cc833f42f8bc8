"""Single changes after which somebody is there in all promised hours.

They are candidates: what is named in the end was tried on the whole promise.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.promises.fallbacks import fallback_for, fallback_for_group
from gitsm.promises.gaps import Gap, all_hours
from gitsm.promises.judged import Judged
from gitsm.promises.support import supported_by
from gitsm.promises.verdict import Mend


def wider_hours(judged: Judged, found: list[Gap]) -> Iterator[Mend]:
    """Wider hours of the one that leaves some out, a fallback, or a promise of hours that all of them cover."""
    if len(found) == 1:
        yield from _wider(judged, found[0])
    if len({gap.below for gap in found}) == 1 and found[0].below is not None:
        kind, name = found[0].below
        spared = fallback_for_group(judged, name) if kind == "group" else fallback_for(judged, name)
        yield from [spared] if spared is not None else []
    # A calendar that all the others cover is one that can be promised.
    for calendar in dict.fromkeys(gap.calendar for gap in found if gap.calendar is not None):
        words = f"promise the hours of {calendar}"
        yield Mend(words, "agreement", judged.agreement.id, ("hours",), calendar)


def _wider(judged: Judged, gap: Gap) -> Iterator[Mend]:
    promised = judged.fields.hours
    wide = f"to {promised}" if promised is not None else "to all hours"
    if gap.agreement is not None:
        words = f"widen the hours of {gap.of} {wide}"
        yield Mend(words, "agreement", gap.agreement.id, ("hours",), promised)
    elif gap.calendar is not None:
        calendar, record = promised or all_hours(judged), judged.record
        words = f"widen {gap.of} {wide}"
        if calendar is None:
            yield Mend(words)  # there is no calendar of all hours that could be named
        elif record is not None and not judged.is_given:
            yield Mend(words, "service", record.id, ("support_hours",), calendar)
        else:
            yield Mend(words, "team", supported_by(judged), ("hours",), calendar)
