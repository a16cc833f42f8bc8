"""`gitsm impact`: what breaks with a service, what it stands on, and the single points of failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gitsm.cli import main

HOSTILE = "<b>](javascript:x) `a` | ##[group]"


def service(name: str, tier: int | None, lifecycle: str = "live", **more: Any) -> str:
    fields = {"name": name, "owner": "run", "lifecycle": lifecycle, **more}
    return json.dumps({**fields, "tier": tier} if tier else fields)


FILES = {
    "services/database/service.yaml": service("Database", 2),
    "services/ledger/service.yaml": service("Ledger", 2, depends_on=[{"service": "database"}]),
    "services/payroll/service.yaml": service(
        "Payroll",
        1,
        depends_on=[{"service": "ledger"}, {"service": "ghost", "criticality": "soft"}],
        escalation=[{"team": "pay", "after": "0 min"}, {"team": "run", "after": "2 h"}],
    ),
    "services/portal/service.yaml": service(
        "Portal",
        1,
        "retiring",
        depends_on=[{"service": "payroll", "fallback": {"what": HOSTILE, "degraded": True}}],
    ),
    "services/archive/service.yaml": service(
        "Archive",
        None,
        depends_on=[{"service": "ledger", "fallback": {"what": "A queue", "degraded": False}}],
    ),
    "services/payroll/sla.yaml": json.dumps(
        {"type": "SLA", "provider": "run", "customer": "run", "availability": {"target": 99.9}}
    ),
    "organization/teams/run.yaml": json.dumps(
        {
            "name": "Run",
            "contacts": [{"channel": "phone", "value": "100", "when": "P1"}],
            "escalation": [{"team": "run", "after": "5 min"}, {"team": "pay", "after": "30 min"}],
        }
    ),
    "organization/teams/pay.yaml": json.dumps({"name": "Pay"}),
    "gitsm.toml": "as_of = 2026-12-04T16:30:00+01:00\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, width: int = 100) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(
        main, ["impact", *words, "--repo", str(folder)], catch_exceptions=False
    )
    return result.exit_code, result.output


def data(folder: Path, *words: str) -> Mapping[str, Any]:
    code, output = run(folder, *words, "--format", "json")
    assert code == 0
    found: Mapping[str, Any] = json.loads(output)
    return found


def test_what_breaks_is_told_by_tier(folder: Path) -> None:
    assert run(folder, "database") == (
        0,
        """\
when database fails: 2 fail, 1 degrades, 1 is at risk

Tier 1
  payroll: fails
    payroll > ledger > database (hard)
    fails without ledger
    owner run; call pay at once, then run after 2 h
  portal (retiring): degrades
    portal > payroll > ledger > database (hard)
    without payroll: <b>](javascript:x) `a` | ##[group]
    owner run; call run at once, then run after 5 min, then pay after 30 min

Tier 2
  ledger: fails
    ledger > database (hard)
    owner run; call run at once, then run after 5 min, then pay after 30 min

Without a tier
  archive: at risk
    archive > ledger > database (hard)
    without ledger: A queue
    owner run; call run at once, then run after 5 min, then pay after 30 min

Whom to call
  pay: it has no contact
  run: phone 100 (P1)
""".replace("    fails without ledger\n", ""),
    )


def test_what_a_service_stands_on(folder: Path) -> None:
    code, output = run(folder, "payroll", "--up")
    assert code == 0
    assert output.splitlines()[0] == (
        "payroll stands on 3 services; when one of them fails, it fails with 2, degrades with 1"
    )
    assert "  ghost (no file defines it): without it payroll degrades" in output
    assert "  ledger: without it payroll fails" in output


def test_what_is_retired_is_not_told_of(folder: Path) -> None:
    on = [{"service": "database"}]
    (folder / "services/old").mkdir()
    (folder / "services/old/service.yaml").write_text(service("Old", 1, "retired", depends_on=on))
    assert "old" not in [effect["service"] for effect in data(folder, "database")["effects"]]


def test_nothing_breaks(folder: Path) -> None:
    assert run(folder, "portal") == (0, "when portal fails: nothing else is affected\n")
    assert run(folder, "database", "--up") == (0, "database stands on 0 services\n")


def test_what_no_file_defines_can_be_asked_for(folder: Path) -> None:
    assert run(folder, "ghost")[1].startswith("when ghost fails: 2 degrade")


@pytest.mark.parametrize("width", [60, 120])
def test_it_fits_the_terminal(folder: Path, width: int) -> None:
    for words in (("database",), ("payroll", "--up"), ()):
        lines = run(folder, *words, width=width)[1].splitlines()
        assert max(map(len, lines)) <= width


def test_impact_as_data(folder: Path) -> None:
    found = data(folder, "database")
    assert (found["version"], found["service"], found["direction"]) == (1, "database", "down")
    assert {effect["service"]: (effect["state"], effect["criticality"]) for effect in found["effects"]} == {
        "ledger": ("fails", "hard"),
        "payroll": ("fails", "hard"),
        "portal": ("degrades", "hard"),
        "archive": ("at risk", "hard"),
    }
    portal = next(effect for effect in found["effects"] if effect["service"] == "portal")
    assert portal["path"] == ["portal", "payroll", "ledger", "database"]
    assert portal["escalation"] == [
        {"team": "run", "after": "0 min"},
        {"team": "run", "after": "5 min"},
        {"team": "pay", "after": "30 min"},
    ]
    assert (portal["tier"], portal["lifecycle"], portal["owner"]) == (1, "retiring", "run")
    assert found["teams"]["run"]["contacts"] == [{"channel": "phone", "value": "100", "when": "P1"}]
    below = {effect["service"]: effect["state"] for effect in data(folder, "portal", "--up")["effects"]}
    assert below == {"payroll": "degrades", "ledger": "degrades", "database": "degrades", "ghost": "degrades"}


def test_no_markup_comes_from_a_record(folder: Path) -> None:
    code, output = run(folder, "database", "--format", "markdown")
    assert code == 0
    assert output.startswith("**when database fails: 2 fail, 1 degrades, 1 is at risk**\n\n### Tier 1\n")
    assert "`portal > payroll > ledger > database` (hard)" in output
    assert "``<b>](javascript:x) `a` |" in output
    assert "##[group]" not in output
    assert run(folder, "database", "--format", "json")[1].count("##") == 0


def test_the_single_points_of_failure(folder: Path) -> None:
    code, output = run(folder)
    assert code == 0
    assert (
        output
        == """\
2 single points of failure of 5 services and 1 that no file defines, the one on which most promise
hangs first

1. database, of run: 2 services in use fail with it
   ledger, payroll
   1 of tier 1, 1 of tier 2
   promised, 3.0 nines together: payroll 99.9 %

2. ledger, of run: 1 service in use fails with it
   payroll
   1 of tier 1
   promised, 3.0 nines together: payroll 99.9 %
"""
    )
    points = data(folder)["single_points"]
    assert [(point["service"], point["fails"]) for point in points] == [
        ("database", ["ledger", "payroll"]),
        ("ledger", ["payroll"]),
    ]
    assert points[0]["by_tier"] == {"1": 1, "2": 1, "3": 0, "4": 0, "none": 0}
    assert (
        run(folder, "--format", "markdown")[1].splitlines()[2]
        == "1. database, of run: 2 services in use fail with it"
    )


def test_single_points_that_are_no_services_in_use_are_marked(folder: Path) -> None:
    """One that no file defines, one that is being built, and one with which only that one fails."""
    more = {
        "payroll": service("Payroll", 1, depends_on=[{"service": "ledger"}, {"service": "ghost"}]),
        "database": service("Database", 2, "build", depends_on=[{"service": "disk"}]),
        "ledger": service("Ledger", 2, depends_on=[{"service": "database"}]),
        "disk": service("Disk", None),
        "robot": service("Robot", None, "design", depends_on=[{"service": "payroll"}]),
    }
    for id, text in more.items():
        (folder / "services" / id).mkdir(exist_ok=True)
        (folder / "services" / id / "service.yaml").write_text(text, encoding="utf-8")
    code, output = run(folder)
    heads = [line for line in output.splitlines() if line[:1].isdigit()]
    assert (code, heads[1:]) == (
        0,
        [
            "1. disk, of run: 2 services in use fail with it, and 2 that are not in use yet",
            "2. database (build, not in use yet), of run: 2 services in use fail with it, and 1 that is not in",
            "3. ghost (no file defines it): 1 service in use fails with it, and 1 that is not in use yet",
            "4. ledger, of run: 1 service in use fails with it, and 1 that is not in use yet",
            "5. payroll, of run: 1 service that is not in use yet would fail with it",
        ],
    )
    found = {point["service"]: point for point in data(folder)["single_points"]}
    assert (found["ghost"]["lifecycle"], found["database"]["lifecycle"]) == (None, "build")
    assert (found["disk"]["fails"], found["disk"]["planned"]) == (
        ["ledger", "payroll"],
        ["database", "robot"],
    )


@pytest.mark.parametrize(
    ("depends_on", "circle"),
    [
        ("database", "database > database"),
        ("payroll", "database > payroll > ledger > database"),
    ],
)
@pytest.mark.parametrize("words", [("database",), ("database", "--up")])
def test_a_service_that_stands_on_itself_says_so(
    folder: Path, words: tuple[str, ...], depends_on: str, circle: str
) -> None:
    (folder / "services/database/service.yaml").write_text(
        service("Database", 2, depends_on=[{"service": depends_on, "criticality": "soft"}])
    )
    assert run(folder, *words)[1].splitlines()[1] == f"it stands on itself: {circle}"
    assert f"It stands on itself: `{circle}`" in run(folder, *words, "--format", "markdown")[1]
    assert data(folder, *words)["circle"] == circle.split(" > ")
    assert data(folder, *words)["circles"] == [circle.split(" > ")]
    assert data(folder, "archive")["circle"] is None
    assert data(folder, "archive")["circles"] == []


def test_every_way_round_to_a_service_is_told(folder: Path) -> None:
    depends_on = [{"service": id, "criticality": "soft"} for id in ("database", "payroll", "ledger")]
    (folder / "services/database/service.yaml").write_text(service("Database", 2, depends_on=depends_on))
    ways = [
        "database > database",
        "database > ledger > database",
        "database > payroll > ledger > database",
    ]
    assert f"it stands on itself: {'; '.join(ways)} " in " ".join(run(folder, "database")[1].split())
    assert data(folder, "database")["circles"] == [way.split(" > ") for way in ways]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("databse",), "did you mean database?"),
        (("--up",), "--up needs a SERVICE"),
        (("broken",), "service broken has mistakes of its own"),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "services/broken").mkdir()
    (folder / "services/broken/service.yaml").write_text("name: [\n", encoding="utf-8")
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output
