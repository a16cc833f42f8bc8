"""Whether an agreement's availability is carried by what stands below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitsm.promises.figures import TINY, percent, shown
from gitsm.promises.ground import Judged, TooEntangled
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.single_changes import SingleChanges
from gitsm.promises.structure import Enough, Made, Part, Structure, name_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict
from gitsm.promises.walk import Walk
from gitsm.records.agreement import Agreement

ASSUMED = "parts are taken to fail independently of each other"
_PATH = ("availability", "target")


def availability(judged: Judged) -> Promise | None:
    """What is said of the availability that is promised; None where none is."""
    target = judged.fields.availability
    if target is None:
        return None
    promised = f"{percent(target.target)} a {target.period}"
    if judged.is_given:
        because = "what its supplier stands on is not in these records, so its figure is taken as given"
        missing = ("the supplier's own agreements",)
        return Promise("availability", "", promised, "undetermined", because, _PATH, missing=missing)
    try:
        made = Walk(judged).made()
        low, high = made.at_least(), made.at_most()
        return _Proof(judged, made, low, high, promised).promise()
    except TooEntangled as error:
        return Promise("availability", "", promised, "undetermined", str(error), _PATH, missing=(str(error),))


@dataclass(frozen=True)
class _Proof:
    judged: Judged
    made: Made
    low: float
    high: float
    promised: str

    @property
    def wanted(self) -> float:
        assert self.judged.fields.availability is not None
        return self.judged.fields.availability.target / 100

    def promise(self) -> Promise:
        verdict: Verdict = "undetermined"
        if self.low >= self.wanted - TINY:
            verdict = "proved"
        elif self.high < self.wanted - TINY:
            verdict = "refuted"
        terms = sorted(self._terms(), key=lambda term: term.high)
        chain = terms
        missing: tuple[str, ...] = ()
        mends: tuple[Mend, ...] = ()
        if verdict == "refuted":
            (chain, gives), mends = (
                self._enough_to_refute(terms),
                tuple(SingleChanges(self.judged, self.made, self.wanted).found()),
            )
            verb = "give" if len(chain) > 1 else "gives"
            because = f"{_listed(chain)} {verb} {_below(gives, self.wanted)} at most"
            if len(chain) < len(terms):
                because += f", and all that it stands on {_below(self.high, self.wanted)}"
        elif verdict == "proved":
            because = f"what it stands on gives {shown(self.low)}"
        else:
            missing = tuple(self._missing())
            chain = [term for term in terms if term.missing]
            because = f"nothing says {_either(missing)}"
        links = tuple(link for term in chain for link in term.links)
        figures = {
            "at_least": round(100 * self.low, 10),
            "at_most": round(100 * self.high, 10),
            "promised": 100 * self.wanted,
        }
        return Promise(
            "availability", "", self.promised, verdict, because, _PATH, links, missing, mends,
            (ASSUMED, *self._notes()), tuple(figures.items()),
        )  # fmt: skip

    def _terms(self) -> Iterator[_Term]:
        made = self.made
        covered = {k for key in made.whole.parts for k in made.implied.get(key, ())}
        for key in made.whole.parts:
            if key not in covered:
                yield _Term.of_part(made.parts[key])
        for enough in made.whole.groups:
            yield _Term.of_group(enough, made)

    def _enough_to_refute(self, terms: list[_Term]) -> tuple[list[_Term], float]:
        """The fewest of the terms that already give less than is promised, and what they give."""
        for count in range(1, len(terms)):
            some = terms[:count]
            parts = frozenset(term.key for term in some if term.key is not None)
            kept = tuple(term.group for term in some if term.group is not None)
            gives = self.made.alone(Structure(parts, kept), high=True)
            if gives < self.wanted - TINY:
                return some, gives
        return terms, self.high

    def _missing(self) -> Iterator[str]:
        for key, part in sorted(self.made.parts.items()):
            if part.missing and self.made.at_most({key: part.low}) < self.high - TINY:
                yield part.missing

    def _notes(self) -> Iterator[str]:
        yield from self._spread()
        record = self.judged.record
        if record is None:
            return
        worse = [
            d.service
            for d in record.fields.depends_on
            if d.fallback is not None and d.fallback.degraded and d.criticality == "hard"
        ]
        if worse:
            names = ", ".join(dict.fromkeys(worse))
            yield f"while {names} is down users are served worse by the fallback, which counts as available"
        covered = {k for key in self.made.whole.parts for k in self.made.implied.get(key, ())}
        for key in sorted(covered & self.made.whole.parts):
            by = next(k for k in sorted(self.made.whole.parts) if key in self.made.implied.get(k, ()))
            yield f"{name_of(key)} is covered by {name_of(by)}, and counted there"

    def _spread(self) -> Iterator[str]:
        """What is assumed of when downtime falls."""
        mine = self.judged.fields
        for kind, id in sorted(self.made.parts):
            agreement = self.judged.ground.repository.get(Agreement, id) if kind == "agreement" else None
            if agreement is None or agreement.fields.availability is None or mine.availability is None:
                continue
            if agreement.fields.hours != mine.hours:
                yield f"downtime of {id} is taken to be spread evenly over its hours"
            periods = {agreement.fields.availability.period, mine.availability.period}
            if "week" in periods and periods & {"month", "quarter", "year"}:
                yield f"weeks are taken not to lie across the months that {id} or the promise counts in"


@dataclass(frozen=True)
class _Term:
    """One factor of the product: a part, or a redundancy group."""

    high: float
    links: tuple[Link, ...]
    words: str
    missing: bool
    key: Key | None = None
    group: Enough | None = None

    @classmethod
    def of_part(cls, part: Part) -> _Term:
        return cls(
            part.high, (_link(part),), f"{name_of(part.key)} ({_figure(part)})", bool(part.missing), part.key
        )

    @classmethod
    def of_group(cls, enough: Enough, made: Made) -> _Term:
        alone = Structure(groups=(enough,))
        high, count = made.alone(alone, high=True), sum(map(len, enough.bundles))
        keys = [key for bundle in enough.bundles for member in bundle for key in sorted(member.whole.parts)]
        parts = [made.parts[key] for key in dict.fromkeys(keys)]
        together = sum(len(bundle) - 1 for bundle in enough.bundles)
        words = f"{enough.group.needed} of {count} of {enough.group.name} ({shown(high)}" + (
            ", as those that share a dependency fail together)" if together else ")"
        )
        missing = made.alone(alone, high=False) < high
        names = ", ".join(member.service for bundle in enough.bundles for member in bundle)
        head = Link("service", enough.owner, f"{enough.group.needed} of {names} needed: {shown(high)}")
        return cls(high, (head, *map(_link, parts)), words, missing, group=enough)


def _link(part: Part) -> Link:
    kind, id = part.key
    if kind == "agreement":
        return Link(kind, id, part.says, part.step.way, part.at)
    return Link("service", part.service, part.says, part.step.way, part.at)


def _figure(part: Part) -> str:
    if part.low != part.high:
        return f"{shown(part.high)} at most"
    return shown(part.low) if part.spent > 1 or part.figure is None else percent(part.figure)


def _listed(terms: list[_Term]) -> str:
    words = [term.words for term in terms]
    shown = words if len(words) <= 6 else [*words[:5], f"{len(words) - 5} others"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _either(missing: tuple[str, ...]) -> str:
    shown = [*missing[:3], f"{len(missing) - 3} more things"] if len(missing) > 4 else list(missing)
    return "; ".join(shown) if shown else "how often it works"


def _below(share: float, wanted: float) -> str:
    """A share that is less than what is wanted, with as many digits as show it."""
    return shown(share) if share < wanted else percent(share * 100)
