"""`gitsm promise`: whether agreements can be kept, with the proof."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NoReturn

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.formats import harmless_json
from gitsm.formats.markdown import code, prose
from gitsm.promises import NAMES, Answer, Link, Promise, Verdict, answer
from gitsm.promises.data import as_data
from gitsm.promises.ground import service_of
from gitsm.records.agreement import Agreement
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.schema.spelling import did_you_mean
from gitsm.terminal import cells, cut, safe, styled, wants_colour, wrapped

GROUP = "plan"
COLOURS: dict[Verdict, str] = {"proved": "green", "refuted": "red", "undetermined": "yellow"}
SIGNS: dict[Verdict, str] = {"proved": "yes", "refuted": "NO", "undetermined": "?"}
"""What stands for a verdict where the terminal is narrow."""
WIDE = 100
MOST_LINKS = 12


@click.command()
@click.argument("which", metavar="[SERVICE|AGREEMENT]", required=False, shell_complete=ids_of("agreement"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(repository: Repository, which: str | None, form: str) -> None:
    """Say whether agreements can be kept.

    Each promise is proved, refuted or undetermined, by what stands below it. Without an argument there
    is a line for each agreement; of a SERVICE, or of one AGREEMENT such as payroll/sla, each promise
    comes with its proof, and with the smallest change that would mend it.
    """
    found = [answer(repository, record) for record in _asked(repository, which)]
    if form == "json":
        click.echo(harmless_json(as_data(found)))
        return
    if form == "markdown":
        lines = _markdown(found, proofs=which is not None)
    else:
        lines = _overview(found) if which is None else _proofs(repository, found)
    for line in lines:
        click.echo(line)


def _asked(repository: Repository, which: str | None) -> Sequence[Record[Agreement]]:
    everything = repository.of(Agreement)
    if which is None:
        return everything
    found = [record for record in everything if which in (record.id, service_of(record))]
    if not found:
        _refuse(repository, which)
    return found


def _refuse(repository: Repository, which: str) -> NoReturn:
    if repository.defines("agreement", which):
        fail(f"agreement {which} has mistakes of its own; `gitsm check` shows them")
    if repository.defines("service", which):
        fail(f"service {which} has no agreement that can be read")
    everything = repository.of(Agreement)
    known = [*(record.id for record in everything), *(record.id for record in repository.of(Service))]
    hint = did_you_mean(which, known) or "`gitsm promise` lists the agreements"
    fail(f"there is no service or agreement {safe(which)!r}; {hint}")


# --- all of them, a line each


def _overview(found: Sequence[Answer]) -> Iterator[str]:
    if not found:
        yield "there is no agreement"
        return
    width, colour = _width(), wants_colour()
    wide = width >= WIDE
    headings = [*NAMES] if wide else ["avail.", "restore", "hours", "valid", "recov."]
    columns = [max(cells(heading), 12 if wide else 3) for heading in headings]
    room = max(width - sum(columns) - 2 * len(columns), 10)
    first = min(max(cells(safe(answer.agreement.id)) for answer in found), room)
    yield styled(_row(["", *headings], [first, *columns]), colour, bold=True)
    for each in found:
        id = cut(safe(each.agreement.id), first)
        if not each.promises:
            yield _row([id, safe(each.unbound)], [first, 0])
            continue
        shown = [id + " " * (first - cells(id))]
        for name, size in zip(NAMES, columns, strict=True):
            verdict = each.verdict(name)
            word = "–" if verdict is None else verdict if wide else SIGNS[verdict]
            padded = word + " " * (size - len(word))
            shown.append(
                styled(padded, colour and verdict is not None, fg=COLOURS[verdict] if verdict else None)
            )
        yield "  ".join(shown).rstrip()
    yield ""
    yield from wrapped(_count(found), width, "")
    if not wide:
        yield "yes: proved, NO: refuted, ?: undetermined, –: not promised"


def _row(texts: Sequence[str], sizes: Sequence[int]) -> str:
    return "  ".join(
        text + " " * (size - cells(text)) for text, size in zip(texts, sizes, strict=True)
    ).rstrip()


def _count(found: Sequence[Answer]) -> str:
    count = Counter(promise.verdict for answer in found for promise in answer.promises)
    agreements = f"{len(found)} agreement{'' if len(found) == 1 else 's'}"
    return f"{agreements}: {', '.join(f'{count[v]} promises {v}' for v in COLOURS)}".replace(
        "1 promises ", "1 promise "
    )


# --- some, with their proofs


def _proofs(repository: Repository, found: Sequence[Answer]) -> Iterator[str]:
    for number, each in enumerate(found):
        if number:
            yield ""
        fields = each.agreement.fields
        service = repository.find("service", service_of(each.agreement))
        title = f", {service.title}" if service is not None else ""
        yield from wrapped(
            safe(f"{each.agreement}{title}: {fields.provider} to {fields.customer}"), _width(), ""
        )
        if not each.promises:
            yield from wrapped(safe(f"{each.unbound}: nobody is bound by it any more"), _width(), "  ")
        told: set[str] = set()
        for promise in each.promises:
            yield ""
            yield from _proof(promise, told)


def _proof(promise: Promise, told: set[str]) -> Iterator[str]:
    width = _width()
    what = " ".join(part for part in (promise.name, promise.about) if part)
    verdict = styled(promise.verdict, wants_colour(), fg=COLOURS[promise.verdict], bold=True)
    yield f"{safe(what)}, {safe(promise.promised)}: {verdict}"
    yield from wrapped(safe(promise.because), width, "  ")
    for link in promise.chain[:MOST_LINKS]:
        yield from wrapped(safe(_in_words(link)), width, "    ")
    if len(promise.chain) > MOST_LINKS:
        yield f"    ... and {len(promise.chain) - MOST_LINKS} more"
    for missing in promise.missing[:MOST_LINKS]:
        yield from wrapped(safe(f"missing: {missing}"), width, "  ")
    if len(promise.missing) > MOST_LINKS:
        yield f"  missing: {len(promise.missing) - MOST_LINKS} more"
    for number, mend in enumerate(promise.mends):
        yield from wrapped(safe(f"{'or' if number else 'to mend it'}: {mend.words}"), width, "  ")
    for note in promise.notes:
        if note not in told:  # what is assumed of one priority is assumed of all
            told.add(note)
            yield from wrapped(safe(f"note: {note}"), width, "  ")


def _in_words(link: Link) -> str:
    way = " > ".join(link.way if len(link.way) <= 6 else (*link.way[:3], "...", *link.way[-2:]))
    named = link.id if link.kind != "service" or link.id not in link.way[-1:] else ""
    where = ": ".join(part for part in (way if len(link.way) > 1 or not named else "", named) if part)
    return f"{where}: {link.says}"


def _markdown(found: Sequence[Answer], *, proofs: bool) -> Iterator[str]:
    yield f"**{_count(found)}**"
    yield ""
    yield f"| agreement | {' | '.join(NAMES)} |"
    yield f"|---|{'---|' * len(NAMES)}"
    for each in found:
        verdicts = [prose(each.unbound)] * len(NAMES)
        if each.promises:
            verdicts = [each.verdict(name) or "–" for name in NAMES]
        yield f"| {code(each.agreement.id)} | {' | '.join(verdicts)} |"
    for each in found if proofs else ():
        yield from ("", f"#### {code(each.agreement.id)}", "")
        for promise in each.promises:
            what = " ".join(part for part in (promise.name, promise.about) if part)
            yield f"- **{promise.verdict}** {what}, {prose(promise.promised)}: {prose(promise.because)}"
            for link in promise.chain[:MOST_LINKS]:
                yield f"  - {prose(_in_words(link))}"
            if len(promise.chain) > MOST_LINKS:
                yield f"  - ... and {len(promise.chain) - MOST_LINKS} more"
            for missing in promise.missing[:MOST_LINKS]:
                yield f"  - missing: {prose(missing)}"
            if len(promise.missing) > MOST_LINKS:
                yield f"  - missing: {len(promise.missing) - MOST_LINKS} more"
            for number, mend in enumerate(promise.mends):
                yield f"  - {'or' if number else 'to mend it'}: {prose(mend.words)}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 120)
