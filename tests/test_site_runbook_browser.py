"""Runbooks in a real browser, as somebody meets them at night: on a phone, from a folder, with no network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from gitsm.records.incident import Incident
from gitsm.repository import Repository
from gitsm.tree import MappingTree

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser-runbook"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: runbooks were not tried in a browser"
    ),
]

OURS = Path(__file__).parent.parent
AS_OF = "2027-02-01T09:00:00+01:00"
PHONE = {"width": 390, "height": 844}
ALERT = "alerts/NightAlert/index.html"
RUNBOOK = "runbooks/night.html"
COMMAND = "nightctl status --open"
WEEK = "[mon, tue, wed, thu, fri, sat, sun]"
FILES = {
    "gitsm.toml": f"as_of = {AS_OF}\n",
    "mkdocs.yml": (
        "site_name: X\nuse_directory_urls: false\nplugins: [gitsm]\n"
        "theme: {name: material, font: false, features: [navigation.tabs]}\n"
    ),
    "docs/hand.md": "# By hand\n",
    "organization/calendars/night.yaml": (
        "name: Night\ntype: service_hours\ntimezone: Europe/Vienna\n"
        f"weekly:\n  - {{days: {WEEK}, hours: 22:00-06:00}}\n"
    ),
    "organization/calendars/island.yaml": (
        "name: Island\ntype: service_hours\ntimezone: Australia/Lord_Howe\n"
        f"weekly:\n  - {{days: {WEEK}, hours: 09:00-17:00}}\n"
    ),
    "organization/teams/crew.yaml": (
        "name: Night crew\nhours: night\ncontacts:\n"
        "  - {channel: phone, value: +43 1 555 0100, when: on duty}\n"
        "  - {channel: pager, value: crew-oncall, when: off duty}\n"
        "  - {channel: chat, value: '#owls', when: at night}\n"
    ),
    "organization/teams/desk.yaml": (
        "name: Island desk\nhours: island\ncontacts:\n  - {channel: email, value: desk@example.com}\n"
    ),
    "organization/teams/club.yaml": "name: Club\n",
    "services/night/service.yaml": (
        "name: Night\nowner: crew\nlifecycle: live\nmonitoring:\n  - {alert: NightAlert, event: exception}\n"
        "escalation:\n  - {team: crew, after: 0 min}\n  - {team: desk, after: 15 min}\n  - {team: club, after: 1 h}\n"
    ),
    "services/day/service.yaml": (
        "name: Day\nowner: crew\nlifecycle: live\ndepends_on: [{service: night}]\n"
    ),
    "runbooks/night.md": f"""\
---
title: The night is long
services: [night]
alerts: [NightAlert]
review_every: 1 month
reviewed: 2027-02-01
---

## Meaning

The night batch stands still.

## Impact

No file reaches the bank before 06:00.

## Diagnosis

```sh
# on the bastion
{COMMAND}
```

## Mitigation

1. Tell the channel.
2. Wait "two" minutes: \\\\ {{x}}
   - a bullet is no step

- [ ] Ask the bank

```sh
nightctl resume --open
nightctl watch
```

## Verification

It ends.
""",
}
STEPS = 5


def typical() -> dict[str, str]:
    """A runbook of usual length with the service and the teams that it names, from our own example."""
    wanted = [
        "runbooks/payroll/pay-run-late.md",
        "services/payroll/service.yaml",
        "problems/tax-feed-timeouts.md",
    ]
    wanted += [path.relative_to(OURS).as_posix() for path in (OURS / "organization").glob("[ct]*s/*.yaml")]
    return {path: (OURS / path).read_text(encoding="utf-8") for path in wanted}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site in a folder, as from a USB stick."""
    root = tmp_path_factory.mktemp("night")
    for path, content in {**typical(), **FILES}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    built = root / "out"
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(built), strict=True))
    return built


class Reader:
    """Somebody with a phone, at a moment and a place, with the network cut."""

    def __init__(
        self, browser: Any, site: Path, moment: str, zone: str = "Europe/Vienna", **options: Any
    ) -> None:
        self.site = site
        self.context = browser.new_context(viewport=PHONE, timezone_id=zone, offline=True, **options)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda one: self.wrong.append(one.url) if one.url[:5] != "file:" else None)
        self.page.clock.install(time=datetime.fromisoformat(moment))

    def open(self, path: str) -> Any:
        self.page.goto(f"file://{self.site}/{path}")
        return self.page

    def pasted(self) -> str:
        """What is on the clipboard, as a text field gets it."""
        self.page.evaluate(
            "() => { const f = document.createElement('textarea'); f.id = 'paste';"
            " document.body.prepend(f); f.focus(); }"
        )
        self.page.keyboard.press("Control+V")
        return str(
            self.page.evaluate(
                "() => { const f = document.getElementById('paste'); f.remove(); return f.value }"
            )
        )


@pytest.fixture
def reader(browser: Any, site: Path) -> Iterator[Any]:
    """Makes readers, and sees that none of them met an error or left the folder."""
    made: list[Reader] = []

    def make(moment: str = "2027-02-02T03:12+01:00", zone: str = "Europe/Vienna", **options: Any) -> Reader:
        made.append(Reader(browser, site, moment, zone, **options))
        return made[-1]

    yield make
    for one in made:
        assert one.wrong == []
        one.context.close()


def seen_at_once(page: Any, selector: str) -> bool:
    """Whether something stands on the first screen, whole."""
    box = page.locator(selector).first.bounding_box()
    return bool(box) and box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]


# --- from the alert to the first command


NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined});"


@pytest.mark.parametrize("script", ["", NO_CLIPBOARD], ids=["clipboard", "no clipboard"])
def test_from_the_alert_to_the_first_command_in_two_steps(script: str, reader: Any) -> None:
    someone = reader()
    someone.context.add_init_script(script)
    page = someone.open("alerts/index.html")
    page.get_by_role("link", name="NightAlert").click()
    for selector in (
        "#meaning",
        "#impact",
        ".g-trust",
        ".g-command pre",
        ".g-copy",
        ".g-call--now",
        ".g-call--next",
    ):
        assert seen_at_once(page, selector), selector
    page.locator(".g-copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert someone.pasted() == f"# on the bastion\n{COMMAND}"
    page.clock.fast_forward(3000)
    assert page.locator(".g-copy").first.inner_text() == "Copy"


def test_where_nothing_may_copy_the_command_stands_selected(reader: Any) -> None:
    someone = reader()
    someone.context.add_init_script(NO_CLIPBOARD + "document.execCommand = () => false;")
    page = someone.open(ALERT)
    page.locator(".g-copy").first.click()
    assert page.evaluate("getSelection().toString()").endswith(COMMAND)


def test_the_first_screen_of_a_usual_runbook_holds_whom_to_call(reader: Any) -> None:
    page = reader().open("alerts/PayrollRunLate/index.html")
    for selector in (
        "#meaning",
        "#impact",
        ".g-trust",
        ".g-command pre",
        ".g-call--now",
        ".g-call--next .g-call__who",
    ):
        assert seen_at_once(page, selector), selector
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1000, 800), (1440, 900)])
def test_first_commands_and_addresses_are_read_whole(width: int, height: int, reader: Any) -> None:
    page = reader().open("alerts/PayrollRunLate/index.html")
    page.set_viewport_size({"width": width, "height": height})
    for block in page.locator(".g-command :is(pre, code)").all():
        assert block.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 320:
        for address in page.locator(".g-calls a[href^='mailto:']").all():
            assert address.evaluate("e => e.getClientRects().length === 1 && e.offsetHeight < 40")
    if width == 1440:
        assert all(one.bounding_box()["width"] > 580 for one in page.locator(".g-command pre").all())
        first, call = (page.locator(one).first.bounding_box() for one in (".g-first__what", ".g-call--now"))
        assert call["x"] > first["x"] + first["width"]


def test_three_keys_lead_to_the_first_command(reader: Any) -> None:
    page = reader().open(ALERT)
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.matches('.g-command .g-copy')")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()


# --- who is on duty


DUTY = [
    # Clocks go forward in Vienna in the night to 28 March, and back by half an hour on Lord Howe on 4 April.
    ("2027-03-27T04:59Z", "Europe/Vienna", "crew", "on duty now until 06:00"),
    ("2027-03-27T05:00Z", "Europe/Vienna", "crew", "off duty, back 22:00"),
    ("2027-03-28T00:30Z", "Europe/Vienna", "crew", "on duty now until 06:00"),
    ("2027-03-28T03:59Z", "Europe/Vienna", "crew", "on duty now until 06:00"),
    ("2027-03-28T04:00Z", "Europe/Vienna", "crew", "off duty, back 22:00"),
    (
        "2027-03-28T00:30Z",
        "America/New_York",
        "crew",
        "on duty now until Sun 00:00 your time (06:00 Europe/Vienna)",
    ),
    (
        "2027-04-02T21:59Z",
        "Europe/Vienna",
        "desk",
        "off duty, back Sat 00:00 your time (09:00 Australia/Lord_Howe)",
    ),
    (
        "2027-04-02T22:00Z",
        "Europe/Vienna",
        "desk",
        "on duty now until 08:00 your time (17:00 Australia/Lord_Howe)",
    ),
    (
        "2027-04-03T22:00Z",
        "Europe/Vienna",
        "desk",
        "off duty, back 00:30 your time (09:00 Australia/Lord_Howe)",
    ),
    (
        "2027-04-03T22:30Z",
        "America/New_York",
        "desk",
        "on duty now until Sun 02:30 your time (17:00 Australia/Lord_Howe)",
    ),
    ("2027-04-03T22:30Z", "Australia/Lord_Howe", "desk", "on duty now until 17:00"),
]
ROWS = {"crew": "night", "desk": "island"}


@pytest.mark.parametrize(("moment", "zone", "team", "said"), DUTY)
def test_who_is_on_duty_is_told_in_the_readers_time(
    moment: str, zone: str, team: str, said: str, reader: Any
) -> None:
    page = reader(moment, zone).open(ALERT)
    assert page.locator(f".g-duty:has(+ [data-g-duty={ROWS[team]}])").inner_text() == said


CALLED = [
    ("2027-02-02T03:12+01:00", ["Call now Night crew", "Next Island desk", "Club"]),
    ("2027-02-01T23:30Z", ["Call now Night crew", "Next Island desk", "Club"]),
    ("2027-02-02T05:30Z", ["Call now Island desk", "Next Club", "Night crew"]),
    ("2027-02-02T12:00Z", ["Night crew", "Island desk", "Club"]),
]


@pytest.mark.parametrize(("moment", "order"), CALLED)
def test_whoever_is_called_now_stands_first(moment: str, order: list[str], reader: Any) -> None:
    page = reader(moment).open(ALERT)
    rows = page.locator(".g-call__who").all_inner_texts()
    assert [" ".join(re.sub(r"(at once|after .*)", "", row).split()) for row in rows] == order
    nobody = page.locator(".g-nobody").all_inner_texts()
    unknown = ["Nobody on this path is known to be on duty now."]
    assert nobody == ([] if order[0].startswith("Call now") else unknown)


def test_an_open_page_follows_the_clock(reader: Any) -> None:
    page = reader("2027-02-02T05:59:30+01:00").open(ALERT)
    duty = page.locator(".g-duty:has(+ [data-g-duty=night])")
    assert duty.inner_text() == "on duty now until 06:00"
    assert page.locator(".g-call--now").inner_text().startswith("Call now Night crew")
    assert "+43 1 555 0100" in page.locator("li", has_text="Night crew").inner_text()
    assert "#owls" in page.locator("li", has_text="Night crew").inner_text()
    page.clock.run_for(61_000)
    assert duty.inner_text() == "off duty, back 22:00"
    assert page.locator(".g-call--now").inner_text().startswith("Call now Island desk")
    # The number is for the hours of duty.
    assert "+43 1 555 0100" not in page.locator("li", has_text="Night crew").inner_text()


@pytest.mark.parametrize(
    "moment", ["2027-06-01T03:00+02:00", "2026-11-01T03:00+01:00"], ids=["after", "before"]
)
def test_outside_the_days_that_are_known_the_hours_in_words_stay(moment: str, reader: Any) -> None:
    page = reader(moment).open(ALERT)
    assert page.locator(".g-duty:visible").count() == 0
    assert page.locator(".g-hours").first.inner_text() == "Mon–Sun 22:00–06:00 (Europe/Vienna)"
    assert page.locator(".g-nobody").count() == 0


def test_without_script_the_page_is_whole(reader: Any) -> None:
    page = reader(java_script_enabled=False).open(ALERT)
    assert page.locator(".g-hours").first.is_visible()
    assert page.locator(".g-command pre").first.is_visible()
    assert page.locator(".g-warning:visible").count() == 0


@pytest.mark.parametrize(("moment", "shown"), [("2027-03-01T23:59Z", 0), ("2027-03-02T00:00Z", 1)])
def test_a_page_that_is_older_than_the_review_is_due_says_so(moment: str, shown: int, reader: Any) -> None:
    page = reader(moment).open(RUNBOOK)
    assert page.locator(".g-warning:visible").count() == shown


def test_a_team_page_says_whether_it_is_on_duty(reader: Any) -> None:
    page = reader().open("teams/crew.html")
    assert page.locator(".g-reach .g-duty").inner_text() == "on duty now until 06:00"


# --- steps


def test_ticks_and_their_times_survive_a_reload_and_belong_to_the_runbook(reader: Any) -> None:
    page = reader().open(ALERT)
    ticks = page.locator(".g-tick")
    assert ticks.count() == STEPS
    assert not page.locator(".g-ticked").is_visible()
    ticks.nth(0).focus()
    page.keyboard.press("Space")
    page.clock.fast_forward("03:00")
    ticks.nth(3).click()
    for path in (ALERT, RUNBOOK):
        page.goto(f"{page.url.partition('/out/')[0]}/out/{path}")
        assert [one.get_attribute("aria-pressed") for one in ticks.all()] == [
            "true",
            "false",
            "false",
            "true",
            "false",
        ]
        assert ticks.all_inner_texts() == ["Done 03:12", "Done?", "Done?", "Done 03:15", "Done?"]
    ticks.nth(0).click()
    assert ticks.nth(0).get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Clear").click()
    page.reload()
    assert page.locator("[aria-pressed=true]").count() == 0


def test_ticks_that_were_cleared_can_be_brought_back(reader: Any) -> None:
    page = reader().open(ALERT)
    for number in (0, 2):
        page.locator(".g-tick").nth(number).click()
    clear, copy = (page.locator(f".g-ticked__{name}").bounding_box() for name in ("clear", "copy"))
    # A thumb that wants the one doesn't hit the other.
    assert copy["x"] - (clear["x"] + clear["width"]) > 60 or abs(copy["y"] - clear["y"]) > 40
    page.get_by_role("button", name="Clear").click()
    assert page.locator("[aria-pressed=true]").count() == 0
    assert page.locator(".g-ticked__count").inner_text() == "Cleared: nothing is ticked any more"
    page.get_by_role("button", name="Undo").click()
    page.reload()
    assert page.locator("[aria-pressed=true]").all_inner_texts() == ["Done 03:12", "Done 03:12"]
    page.get_by_role("button", name="Clear").click()
    page.locator(".g-tick").nth(1).click()
    assert page.locator(".g-ticked__count").inner_text() == f"1 of {STEPS} steps done"
    assert page.get_by_role("button", name="Undo").count() == 0


@pytest.mark.parametrize("at", ["1e300", "-1", "0", "null", "1e14", "NaN", '"x"'])
def test_a_tick_of_no_time_is_none(at: str, reader: Any) -> None:
    page = reader().open(ALERT)
    page.locator(".g-tick").nth(0).click()
    page.evaluate(
        "at => { for (const key of Object.keys(localStorage)) if (key.startsWith('gitsm-steps')) "
        "localStorage[key] = localStorage[key].replace(/:\\d+/, ':' + at) }",
        at,
    )
    page.reload()
    assert page.locator(".g-tick").nth(0).inner_text() == "Done?"
    assert not page.locator(".g-ticked").is_visible()


def test_a_tick_never_passes_to_another_text(reader: Any, site: Path) -> None:
    file = site / RUNBOOK
    before = file.read_text(encoding="utf-8")
    page = reader().open(RUNBOOK)
    page.locator(".g-tick").nth(0).click()
    page.locator(".g-tick").nth(1).click()
    try:
        file.write_text(before.replace("Tell the channel.", "Tell nobody."), encoding="utf-8")
        page.reload()
        pressed = [one.get_attribute("aria-pressed") for one in page.locator(".g-tick").all()]
        assert pressed == ["true", "false", "false", "false", "false"]
    finally:
        file.write_text(before, encoding="utf-8")


REFUSED = """
for (const name of ["getItem", "setItem", "removeItem"]) {
  const own = Storage.prototype[name];
  Storage.prototype[name] = function (key, value) {
    if (key.startsWith("gitsm")) throw new DOMException("refused", "SecurityError");
    return own.call(this, key, value);
  };
}
"""
"""What the theme keeps is its own affair."""


def test_where_nothing_may_be_kept_ticks_last_as_long_as_the_page(reader: Any) -> None:
    someone = reader()
    someone.context.add_init_script(REFUSED)
    page = someone.open(ALERT)
    page.locator(".g-tick").nth(0).click()
    assert page.locator(".g-ticked__count").inner_text() == f"1 of {STEPS} steps done"


def test_ticks_of_another_night_say_so(reader: Any) -> None:
    page = reader().open(ALERT)
    page.locator(".g-tick").nth(0).click()
    page.clock.fast_forward("30:00:00")
    page.reload()
    assert "last 2 Feb, 03:12" in page.locator(".g-ticked__count").inner_text()


def test_the_timeline_fits_an_incident(reader: Any) -> None:
    someone = reader(zone="Asia/Kathmandu")
    page = someone.open(ALERT)
    for number in (4, 0, 2, 3):
        page.locator(".g-tick").nth(number).click()
        page.clock.fast_forward("01:00")
    page.get_by_role("button", name="Copy as timeline").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = someone.pasted()
    text = f"---\ntitle: X\nservices: []\ntimeline:\n{copied}---\n\nText.\n"
    made = Repository(MappingTree({"incidents/2027-02-02-x.md": text}), now=datetime.fromisoformat(AS_OF))
    (incident,) = made.of(Incident)
    assert [entry.what for entry in incident.fields.timeline] == [
        "nightctl resume --open (and 1 more)",
        COMMAND,
        'Wait "two" minutes: \\ {x}',
        "Ask the bank",
    ]
    first = incident.fields.timeline[0].at
    assert first == datetime.fromisoformat("2027-02-02T03:12+01:00")
    assert "T07:57+05:45" in copied


# --- on paper


def test_a_runbook_of_usual_length_prints_on_two_pages(reader: Any) -> None:
    page = reader().open("alerts/PayrollRunLate/index.html")
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "12mm"))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 2
    page.emulate_media(media="print")
    for gone in (".md-header", ".md-sidebar", ".md-path", ".g-button", ".g-duty", "[data-g-call]"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator(".g-hours:visible").count() == 3
    for code in page.locator(".g-steps pre > code").all():
        assert code.is_visible()
        assert code.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_folded_parts_of_a_service_stay_folded_on_paper(reader: Any) -> None:
    page = reader().open("services/payroll.html")
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.locator("details.g-fold").count() > 0
    assert page.locator("details.g-fold > :not(summary):visible").count() == 0
    assert page.locator(".g-contents:visible, svg.g-map--narrow:visible").count() == 0


@pytest.mark.parametrize(("width", "narrow"), [(390, True), (1440, False)])
def test_a_phone_has_a_list_of_headings_and_drawings_that_fit(width: int, narrow: bool, reader: Any) -> None:
    page = reader().open("services/night.html")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.locator(".g-contents").is_visible() is narrow
    drawn = page.locator("svg.g-map:visible")
    assert drawn.count() == 1
    box = drawn.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    if narrow:
        page.locator(".g-contents > summary").click()
        page.locator(".g-contents a", has_text="Whom to call").click()
        assert page.evaluate("location.hash") == "#whom-to-call"
