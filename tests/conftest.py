"""What the tests share: repositories made of texts, the kinds' own examples as one of them, a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread
from typing import Any

import pytest
from hypothesis import settings

from gitsm.lint import Report, run
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

# The same examples on each run, so that nobody's pull request fails by chance; a long fuzz by hand
# (GITSM_FUZZ=long) looks for new ones.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None)
settings.load_profile("long" if os.environ.get("GITSM_FUZZ") == "long" else "suite")

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")


@pytest.fixture
def now() -> datetime:
    """The moment at which the kinds' examples are written."""
    return NOW


@pytest.fixture
def example_files() -> dict[str, str]:
    """The examples of all kinds: one small repository that hangs together."""
    return {path: text for kind in KINDS.values() for path, text in kind.examples.items()}


@pytest.fixture
def repository_of() -> Callable[..., Repository]:
    """Makes a repository of texts."""

    def make(files: Mapping[str, str | bytes], now: datetime = NOW, **options: object) -> Repository:
        return Repository(MappingTree(files), now=now, **options)

    return make


@pytest.fixture
def report_of(repository_of: Callable[..., Repository]) -> Callable[..., Report]:
    """Checks a repository of texts against every rule."""

    def check(files: Mapping[str, str | bytes], now: datetime = NOW) -> Report:
        return run(repository_of(files, now), RULES.values())

    return check


CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a network of its own accord; one for all tests of a process."""
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the site was not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def chromium(browser: Any) -> Any:
    """A context of the browser to open pages in."""
    return browser.new_context()


def wait_until(page: Any, condition: str) -> None:
    """Wait, a frame at a time, until a condition holds in a page whose policy lets no text become a script.

    The browser driver's own wait evaluates its condition anew each time, which that policy refuses from the
    second time on.
    """
    page.evaluate(
        f"""async () => {{
          const given = performance.now() + 30000;
          while (!({condition})) {{
            if (performance.now() > given) throw new Error("waited 30 seconds in vain");
            await new Promise(requestAnimationFrame);
          }}
        }}"""
    )


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serving() -> Iterator[Callable[[Path], str]]:
    """Serves a folder and says at which address."""
    with ExitStack() as stack:

        @cache
        def serve(folder: Path) -> str:
            handler = partial(_Quiet, directory=str(folder))
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            thread = Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/"

        yield serve
