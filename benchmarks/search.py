"""What the site's search weighs, and how long it takes to answer a keystroke, at 1,000, 3,000 and 10,000 pages.

Makes repositories whose texts have as many different words as people write, the data of their search, and asks
Chromium how long each keystroke takes: the matching, the list of what was found, and its layout.

    python benchmarks/search.py --pages 1000 3000 10000
"""

from __future__ import annotations

import argparse
import gzip
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from gitsm.repository import Repository
from gitsm.site import assets, search
from gitsm.site.build import drafts, site_of
from gitsm.site.written import Written
from gitsm.tree import MappingTree

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
TYPED = (
    "Service7Down",
    "service 12 is down",
    "upgrade",
    "team 3",
    "sevrice",
    'ERROR: relation "pay_slips" does not exist at character 42 (pid 4711)',
)
"""Each is typed key by key; the last is pasted as well."""

HARNESS = """<!doctype html><meta charset="utf-8">
<input class="md-toggle" type="checkbox" id="__search">
<div class="g-search" data-g-pages="search/pages.js"><form><input required></form>
<div><div class="md-search-result"><div class="md-search-result__meta"></div>
<ol class="md-search-result__list"></ol></div></div></div>
<script src="gitsm.js"></script>
"""

KEYSTROKE = """value => {
  const input = document.querySelector(".g-search input"), start = performance.now();
  input.value = value;
  input.dispatchEvent(new Event("input"));
  document.querySelector("ol").getBoundingClientRect();
  return performance.now() - start;
}"""


class Words:
    """A language of some thousands of words, the frequent ones as frequent as in real texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        syllables = [
            a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "or")
        ]
        self.words = ["".join(self.chance.choices(syllables, k=1 + n % 4)) for n in range(8000)]
        self.weights = [1 / (n + 8) for n in range(len(self.words))]

    def some(self, count: int) -> str:
        """A text of so many words."""
        return " ".join(self.chance.choices(self.words, self.weights, k=count))


def files(count: int) -> Iterator[tuple[str, str]]:
    """The files of a repository of about so many records, most of them changes that are closed."""
    words, services = Words(1), max(1, count // 24)
    teams = max(2, services // 25)
    for n in range(teams):
        yield f"organization/teams/team-{n}.yaml", f"name: Team {n}\ndescription: {words.some(8)}\n"
    for n in range(services):
        yield (
            f"services/service-{n}/service.yaml",
            f"name: Service {n}\nowner: team-{n % teams}\nlifecycle: live\ndescription: {words.some(30)}\n"
            f"monitoring:\n  - {{alert: Service{n}Down}}\n",
        )
        yield (
            f"runbooks/service-{n}-down.md",
            f"---\nservices: [service-{n}]\nalerts: [Service{n}Down]\n---\n# Service {n} is down\n\n"
            f"## Meaning\n\n{words.some(60)}\n\n## Diagnosis\n\n```sh\nkubectl -n service-{n} get pods\n```\n\n"
            f"{words.some(120)}\n\n## Mitigation\n\n{words.some(120)}\n",
        )
    for n in range(count // 12):
        at = NOW - timedelta(days=1 + n % 700)
        yield (
            f"incidents/{at.year}/{at:%Y-%m-%d}-{words.some(3).replace(' ', '-')}-{n}.md",
            f"---\ntitle: {words.some(7)}\nservices: [service-{n % services}]\n"
            f"started: {at:%Y-%m-%dT%H:%MZ}\nrestored: {at + timedelta(hours=1):%Y-%m-%dT%H:%MZ}\n"
            f"resolved: {at + timedelta(hours=2):%Y-%m-%dT%H:%MZ}\ncause: {words.some(12)}\n---\n\n{words.some(120)}\n",
        )
    for n in range(count - 2 * services - count // 12 - teams):
        at = NOW + timedelta(days=(n % 740) - 700)
        over = f"closure: {{code: successful, on: {at:%Y-%m-%d}}}\n" if at < NOW else ""
        yield (
            f"changes/{at.year}/{at:%Y-%m-%d}-{words.some(3).replace(' ', '-')}-{n}.yaml",
            f"title: Upgrade {words.some(5)} to {n % 97}.{n % 7}\ntype: normal\nservices: [service-{n % services}]\n"
            f"justification: {words.some(15)}\n{over}",
        )


ROUNDS = 3


def quickest(browser: Page, address: str) -> tuple[float, list[float], float]:
    """The least of several rounds of `keystrokes`: what the machine does beside them is not the search's."""
    ready, typed, pasted = zip(*(keystrokes(browser, address) for _ in range(ROUNDS)), strict=True)
    return min(ready), [min(times) for times in zip(*typed, strict=True)], min(pasted)


def keystrokes(browser: Page, address: str) -> tuple[float, list[float], float]:
    """How long it took until the search was ready, for each keystroke, and for one pasted text, in milliseconds."""
    browser.goto(address)
    start = time.perf_counter()
    browser.evaluate("document.querySelector('.g-search input').focus()")
    browser.wait_for_function("document.querySelector('.md-search-result__meta').textContent !== 'Loading…'")
    ready = (time.perf_counter() - start) * 1000
    took = [browser.evaluate(KEYSTROKE, text[:end]) for text in TYPED for end in range(1, len(text) + 1)]
    return ready, took, browser.evaluate(KEYSTROKE, TYPED[-1])


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 3000, 10000])
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    sizes = parser.parse_args().pages
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page()
        print("  pages  made in  kB (gzip -9)  ready ms  keystroke ms: median   95 %  most  pasted")
        for size in sizes:
            repository = Repository(MappingTree(dict(files(size))), now=NOW)
            site = site_of(repository)
            made = drafts(site)
            start = time.perf_counter()
            data = Written(site, made).for_search()
            took = time.perf_counter() - start
            place = Path(folder, str(size))
            (place / "search").mkdir(parents=True)
            (place / search.FILE).write_bytes(data)
            (place / "gitsm.js").write_bytes(dict(assets.shared())[assets.SCRIPT])
            (place / "index.html").write_text(HARNESS)
            ready, typed, pasted = quickest(browser, (place / "index.html").as_uri())
            ranked = statistics.quantiles(typed, n=20)
            weight = len(gzip.compress(data, 9)) / 1000
            print(
                f"{len(made):7,}  {took:5.2f} s  {weight:12,.0f}  {ready:8.0f}  {statistics.median(typed):20.1f}  "
                f"{ranked[18]:5.1f} {max(typed):5.1f}  {pasted:6.1f}"
            )


if __name__ == "__main__":
    main()
