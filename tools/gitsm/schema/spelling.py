"""Which word was meant by one that nobody knows: good enough for a hint, or so certain that it may be mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import islice


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or the empty text where none is near."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else ""


def which_is_meant(word: str, known: Iterable[str], most: int = 10) -> str:
    """A hint that names the nearest known word, or else those that there are: a few, and how many others."""
    names = list(known)
    return did_you_mean(word, names) or there_are(names, most)


def there_are(names: Sequence[str], most: int = 10) -> str:
    """Which names there are, in words: a few of them, and how many others."""
    if len(names) < 2:
        return f"there is {names[0]}" if names else "there is none"
    others = len(names) - most
    *first, last = names if others <= 0 else [*names[:most], f"{others} other{'' if others == 1 else 's'}"]
    return f"there are {', '.join(first)} and {last}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, if any is near; capital letters make no difference."""
    return next((near for near in _near(word, known, 3) if _is_like(word.casefold(), near.casefold())), None)


def _is_like(word: str, other: str) -> bool:
    """Whether two names are near in the words too that they don't share: `pay-team` is no `shop-team`."""
    words, others = re.findall(r"[^\W_]+", word), re.findall(r"[^\W_]+", other)
    own = "".join(part for part in words if part not in others)
    its = "".join(part for part in others if part not in words)
    if not own or not its or len(words) == len(others) == 1:
        return True
    return SequenceMatcher(None, own, its).ratio() >= 0.6


def surely_meant(word: str, known: Iterable[str]) -> str | None:
    """The known word of which this one can only be a slip of the fingers.

    It differs in a letter or two of one word, never in a digit or in how it begins, and no other known
    word is about as near: `retire` may be retired or retiring, and `line-a` is not `line-b`.
    """
    best, *others = _near(word, known, 3) or [""]
    if not best or not _is_slip(word.casefold(), best.casefold()):
        return None
    return (
        None if any(_rivals(word.casefold(), best.casefold(), other.casefold()) for other in others) else best
    )


def _near(word: str, known: Iterable[str], most: int) -> list[str]:
    # Comparing is slow, and a large repository has many names: only likely ones are compared.
    room, word = max(2, len(word) // 3), word.casefold()
    folded = ((name.casefold(), name) for name in known if abs(len(name) - len(word)) <= room)
    likely = ((plain, name) for plain, name in folded if plain[:1] == word[:1] or plain[-2:] == word[-2:])
    few = dict(islice(likely, 2000))
    return [few[found] for found in get_close_matches(word[:100], few, n=most, cutoff=0.6)]


def _is_slip(word: str, other: str) -> bool:
    if word == other:
        return True  # but for capital letters
    if re.findall(r"\d+", word) != re.findall(r"\d+", other):
        return False  # another number is another thing
    words, others = re.findall(r"[^\W_]+", word), re.findall(r"[^\W_]+", other)
    if "".join(words) == "".join(others):
        return True  # `depends-on` for `depends_on`
    if len(words) != len(others):
        return False
    pairs = [(one, two) for one, two in zip(words, others, strict=True) if one != two]
    return len(pairs) == 1 and _is_slip_in_a_word(*pairs[0])


def _is_slip_in_a_word(word: str, other: str) -> bool:
    if not (word.isalpha() and other.isalpha()):
        return False
    if word[0] != other[0] and word[:2] != other[1::-1]:
        return False  # `unplanned` is not `planned`
    longest, letters = max(len(word), len(other)), distance(word, other)
    if letters == 1:
        is_other_letter = len(word) == len(other) and sorted(word) != sorted(other)
        return longest >= (5 if is_other_letter else 4)
    return letters == 2 and longest >= 8


def _rivals(word: str, best: str, other: str) -> bool:
    """Whether another known word could have been meant as well."""
    if distance(word, other) <= distance(word, best) + 1:
        return True
    stem = max(4, len(word) - 2)
    return len(word) >= stem and other.startswith(word[:stem])


def distance(one: str, other: str) -> int:
    """How many letters were added, left out, swapped with their neighbour or taken for another one."""
    one, other = one[:100], other[:100]
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
