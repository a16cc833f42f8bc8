"""Whether an agreement's availability is carried by what stands below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gitsm.promises.figures import percent, shown
from gitsm.promises.ground import Ground, TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.made import Made
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.single_changes import SingleChanges
from gitsm.promises.structure import TINY, Enough, Member, Part, Structure, groups_of, keys_of, name_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict
from gitsm.promises.walk import Walk

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
        candidates: Callable[[], Iterator[Mend]] | None = None
        if verdict == "refuted":
            chain, gives = self._enough_to_refute(terms)
            candidates = SingleChanges(self.judged, self.made, self.wanted).found
            verb = "give" if len(chain) > 1 else "gives"
            because = f"{_listed(chain)} {verb} {shown(gives, self.wanted)} at most"
            if self.high < gives - TINY:
                because += f", and all that it stands on {shown(self.high, self.wanted)}"
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
            "availability", "", self.promised, verdict, because, _PATH, links, missing,
            (ASSUMED, *self._notes()), tuple(figures.items()), candidates,
        )  # fmt: skip

    def _terms(self) -> Iterator[_Term]:
        made = self.made
        covered = {k for key in made.whole.parts for k in made.implied.get(key, ())}
        # The nearest first, then by name: a set's own order is another one on every run.
        for key in sorted(made.whole.parts, key=lambda key: (len(made.parts[key].step.way), key)):
            if key not in covered:
                yield _Term.of_part(made.parts[key])
        for enough in made.whole.groups:
            yield _Term.of_group(enough, made, self.judged.ground)

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
        unknown = [(key, part) for key, part in sorted(self.made.parts.items()) if part.missing]
        found = [p.missing for key, p in unknown if self.made.at_most({key: p.low}) < self.high - TINY]
        # Where one of them alone changes nothing, as others stand in for it, all of them do together.
        yield from found or [part.missing for _, part in unknown]
        for pieces in self.made.sharing(self.made.whole):
            fail = [piece for piece in pieces if self.made.alone(piece, high=True) < 1]
            if len(fail) > 1:
                names = _and(sorted(self._called(piece) for piece in fail))
                yield f"how often {names} fail together, which share {self._common(fail)}"
        for enough in groups_of(self.made.whole):
            alike = [bundle for bundle in enough.bundles if len(bundle) > 1]
            if alike and self.made.is_unclear(Structure(groups=(enough,))):
                for bundle in alike:
                    names = _and([member.service for member in bundle])
                    yield f"how often {names} fail together, which share {_named(bundle, self.judged.ground)}"

    def _called(self, one: Structure) -> str:
        """A piece of what it stands on, by name."""
        services = [self.made.parts[key].service for key in sorted(one.parts)]
        return _and(services + [each.name for each in one.groups])

    def _common(self, bundle: list[Structure]) -> str:
        """What pieces share that figures cover, by name."""
        first, bits = self.made.reach(bundle[0]), 0
        for one in bundle[1:]:
            bits |= first.shares_with(self.made.reach(one))
        return _few(self.judged.ground.nearest_of(bits))

    def _notes(self) -> Iterator[str]:
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
        yield from self._circles()
        for key in sorted(covered & self.made.whole.parts):
            by = next(k for k in sorted(self.made.whole.parts) if key in self.made.implied.get(k, ()))
            yield f"{name_of(key)} is covered by {name_of(by)}, and counted there"
        for group, by in sorted(self.made.covered.items()):
            yield f"{group} is covered by {name_of(by)}, and counted there"

    def _circles(self) -> Iterator[str]:
        """The circles of services that need each other, of which each one counts once."""
        own = {part.service for key, part in self.made.parts.items() if key[0] == "own"}
        told = {self.judged.ground.circle_of(service) for service in own} - {()}
        for circle in sorted(told):
            if len(set(circle)) == 1:
                yield f"{circle[0]} needs itself, which changes nothing"
            elif len(own.intersection(circle)) > 1:
                named = circle if len(circle) <= 8 else (*circle[:5], "...", *circle[-2:])
                yield f"{' > '.join(named)}: they need each other, so they fail together, and each counts once"


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
    def of_group(cls, enough: Enough, made: Made, ground: Ground) -> _Term:
        alone = Structure(groups=(enough,))
        high, members = made.alone(alone, high=True), enough.members
        keys = [key for member in members for key in sorted(member.whole.parts)]
        parts = [made.parts[key] for key in dict.fromkeys(keys)]
        needed, group = enough.needed, enough.group
        bundles = enough.hard if needed == 1 else enough.bundles
        together = "; ".join(_together(bundle, enough, ground) for bundle in bundles if len(bundle) > 1)
        of = f"{group.needed} of {len(group.members)} of {group.name}"
        words = f"{of} ({shown(high)}{', as ' * bool(together)}{together})"
        missing = made.alone(alone, high=False) < high
        says = f"{group.in_words} needed: {shown(high)}"
        says += f", as {together}" if together else ""
        says += "".join(f"; {shared}" for shared in _shared(enough, made) if not group.or_all)
        return cls(
            high, (Link("service", enough.owner, says), *map(_link, parts)), words, missing, group=enough
        )


_MOST_SHARED = 3
"""How many shared dependencies are named."""


def _together(bundle: tuple[Member, ...], enough: Enough, ground: Ground) -> str:
    """Why members of a group fail together, in words."""
    shared = _named(bundle, ground)
    counts = "may fail together" if enough.needed > 1 else "count as the best of them"
    return f"{_and([member.service for member in bundle])} share {shared} and {counts}"


def _named(bundle: tuple[Member, ...], ground: Ground) -> str:
    """What members of a group share, by name."""
    bits = 0
    for index, member in enumerate(bundle):
        for other in bundle[:index]:
            bits |= member.hard.shares_with(other.hard) or member.reach.shares_with(other.reach)
    return _few(ground.nearest_of(bits))


def _few(names: list[str]) -> str:
    return _and(names if len(names) <= _MOST_SHARED else [*names[:2], f"{len(names) - 2} others"])


def _shared(enough: Enough, made: Made) -> Iterator[str]:
    """The parts that several members of a group have, with those members, in words: what the walk itself met."""
    holders: dict[str, list[str]] = {}
    for member in enough.members:
        for key in dict.fromkeys(keys_of(member.whole)):
            holders.setdefault(made.parts[key].service, []).append(member.service)
    shared = sorted((service, those) for service, those in holders.items() if len(set(those)) > 1)
    for service, those in shared[:_MOST_SHARED]:
        yield f"{_and(list(dict.fromkeys(those)))} share {service}, which counts once"
    if len(shared) > _MOST_SHARED:
        yield f"they share {len(shared) - _MOST_SHARED} more, each counted once"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


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
    return _and(words if len(words) <= 6 else [*words[:5], f"{len(words) - 5} others"])


def _either(missing: tuple[str, ...]) -> str:
    shown = [*missing[:3], f"{len(missing) - 3} more things"] if len(missing) > 4 else list(missing)
    return "; ".join(shown) if shown else "how often it works"
