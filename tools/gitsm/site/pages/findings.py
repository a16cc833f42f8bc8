"""Every finding of a check, and with it every file that could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from markupsafe import Markup

from gitsm.diagnostic import Diagnostic
from gitsm.lint import Report
from gitsm.site.here import Here, Site
from gitsm.site.html import bullets, join, paragraph
from gitsm.site.page import Draft, Rank, Section, makes_pages
from gitsm.site.pages.home import FINDINGS
from gitsm.site.pages.record import finding

MOST = 1_000
"""How many findings are listed; `gitsm check` shows all of them."""


@makes_pages
def findings(site: Site) -> Iterator[Draft]:
    """The list of findings, where a check was made."""
    if site.report is not None:
        told = partial(_told, site.report)
        yield Draft(FINDINGS, "Findings", _sections, told, rank=Rank.HIDDEN, last=True)


def _told(report: Report, _: Here) -> Markup:
    count = len(report.findings)
    said = f"A check of {report.files:,} files found {count:,} thing{'' if count == 1 else 's'} to mend."
    if count > MOST:
        left = count - MOST
        said += f" These are the first {MOST:,}; gitsm check lists the other {left:,} as well."
    return paragraph(said if count else f"A check of {report.files:,} files found nothing to mend.")


def _sections(here: Here) -> Iterator[Section]:
    yield Section("Pages that could not be made", bullets(_unmade(here)))
    left = MOST
    for file, found in sorted(here.site.findings.items()):
        shown: Sequence[Diagnostic] = found[:left]
        left -= len(shown)
        if not shown:
            return
        record = here.repository.at(file)
        where = here.link(record) if record is not None else None
        place = paragraph(join([where, here.file(file)], " · "))
        yield Section("", place + bullets(finding(here, one) for one in shown))


def _unmade(here: Here) -> Iterator[Markup]:
    """Each page that only says that it could not be made, with the reason and the file behind it."""
    for path, why in sorted(here.site.unmade.items()):
        record = here.site.record_of(path)
        where = [here.link(record), " · ", here.file(record.file)] if record else here.page(path, path)
        yield join([where, ": ", why])
