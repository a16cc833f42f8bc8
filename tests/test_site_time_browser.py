"""Times in a page that was made at another moment than the one at which somebody reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gitsm.repository import Repository
from gitsm.settings import Settings
from gitsm.site import assets
from gitsm.site.build import pages, site_of
from gitsm.site.clean import clean
from gitsm.site.html import paragraph
from gitsm.site.when import Clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-time")]

VIENNA = ZoneInfo("Europe/Vienna")
MADE = datetime(2026, 11, 16, 9, tzinfo=VIENNA)
POLICY = {"organization/policy.yaml": "timezone: Europe/Vienna\n"}
FREEZE = """\
name: Freeze
type: freeze
freeze: hard
timezone: Europe/Vienna
dates: [{{from: 2026-11-10, to: 2026-11-{}}}]
"""
Read = Callable[..., Any]


@pytest.fixture
def read(browser: Any, tmp_path: Path) -> Iterator[Read]:
    """Opens HTML with our scripts, far from Vienna, at a moment."""
    context = browser.new_context(timezone_id="Pacific/Auckland", offline=True)
    wrong: list[str] = []

    def open_(html: str, at: datetime) -> Any:
        script = dict(assets.shared())[assets.SCRIPT].decode()
        file = tmp_path / "page.html"
        file.write_text(f"<!doctype html><meta charset=utf-8>{clean(html)}<script>{script}</script>", "utf-8")
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.clock.install(time=at)
        page.goto(file.as_uri())
        return page

    yield open_
    context.close()
    assert wrong == []


MOMENTS: list[tuple[Any, Any]] = [
    (date(2026, 11, 16), None),
    (date(2026, 11, 28), None),
    (date(2026, 7, 1), None),
    (date(2023, 11, 16), None),
    (MADE - timedelta(minutes=60), None),
    (MADE + timedelta(hours=25), None),
    (MADE - timedelta(hours=1), MADE + timedelta(hours=3)),
    (MADE + timedelta(hours=13), MADE + timedelta(hours=16)),
    (MADE - timedelta(days=3), MADE + timedelta(days=11)),
    (date(2026, 11, 1), date(2026, 11, 17)),
    (date(2026, 11, 17), date(2026, 11, 17)),
]


@pytest.mark.parametrize(
    "at",
    [
        MADE,
        MADE + timedelta(hours=1, minutes=40),
        datetime(2026, 11, 16, 23, 59, tzinfo=VIENNA),
        datetime(2026, 11, 17, 0, 1, tzinfo=VIENNA),
        MADE + timedelta(days=40),
    ],
)
def test_every_time_is_told_from_the_reader_s_now_in_the_words_of_the_pages(at: datetime, read: Read) -> None:
    def told(clock: Clock) -> list[Any]:
        return [clock.show(start) if end is None else clock.span(start, end) for start, end in MOMENTS]

    origin = '<p class="g-origin"><span class="g-now" data-g-zone="Europe/Vienna"></span></p>'
    page = read("".join(map(paragraph, told(Clock(MADE, VIENNA)))) + origin, at)
    shown = page.eval_on_selector_all("[data-g-apart]", "all => all.map(one => one.textContent)")
    page.set_content("".join(map(paragraph, told(Clock(at, VIENNA)))))
    wanted = page.eval_on_selector_all("[data-g-apart]", "all => all.map(one => one.textContent)")
    assert len(wanted) == len(MOMENTS)
    assert shown == wanted


@pytest.mark.parametrize(
    ("at", "warns"),
    [
        ("2026-11-16T23:59+01:00", ""),
        (
            "2026-11-17T00:01+01:00",
            "This page speaks of Mon 16 Nov, and it is Tue 17 Nov: it is 15 hours old. "
            "What has happened since is not on it.",
        ),
        (
            "2026-11-20T09:00+01:00",
            "This page speaks of Mon 16 Nov, and it is Fri 20 Nov: it is 4 days old. "
            "What has happened since is not on it.",
        ),
    ],
)
@pytest.mark.parametrize("path", ["index.md", "night.md"])
def test_a_page_of_a_day_warns_on_every_other_day(
    path: str, at: str, warns: str, read: Read, repository_of: Callable[..., Repository]
) -> None:
    html = pages(site_of(repository_of(POLICY, MADE)))[path].html
    page = read(html, datetime.fromisoformat(at))
    assert "".join(page.locator(".g-old").all_inner_texts()) == warns


def test_a_page_that_stays_open_over_midnight_warns(
    read: Read, repository_of: Callable[..., Repository]
) -> None:
    html = pages(site_of(repository_of(POLICY, MADE)))["index.md"].html
    page = read(html, datetime(2026, 11, 16, 23, 58, tzinfo=VIENNA))
    assert page.locator(".g-old").count() == 0
    page.clock.run_for(180_000)
    assert page.locator(".g-old").count() == 1


def test_an_example_stays_at_its_moment(read: Read, repository_of: Callable[..., Repository]) -> None:
    files = {**POLICY, "organization/calendars/freeze.yaml": FREEZE.format(20)}
    repository = repository_of(files, MADE, settings=Settings(as_of=MADE))
    page = read(pages(site_of(repository))["index.md"].html, MADE + timedelta(days=40))
    assert page.locator(".g-old").count() == 0
    assert page.inner_text("[data-g-apart]").strip() == "now, 4 days left"
    assert page.locator("[data-g-while]").is_visible()


def test_a_freeze_that_is_over_is_not_now(read: Read, repository_of: Callable[..., Repository]) -> None:
    files = {**POLICY, "organization/calendars/freeze.yaml": FREEZE.format(16)}
    html = pages(site_of(repository_of(files, MADE)))["index.md"].html
    for at, holds in ((16, True), (17, False)):
        page = read(html, datetime(2026, 11, at, 10, tzinfo=VIENNA))
        assert page.locator("[data-g-while]").is_visible() is holds
