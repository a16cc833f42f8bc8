"""Who decides about a change: the matrices of every service that it affects, as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.records.change import Change
from gitsm.records.raci import Raci
from gitsm.repository import Repository
from gitsm.responsibilities import PARTS, STAGES, Responsibilities, responsibilities_for, responsibilities_of

TEAMS = {
    "db": "name: Databases\nroles: [service-owner]\ncontacts: [{channel: phone, value: '1', when: P1}]\n",
    "web": "name: Web\nroles: [service-owner]\n",
    "board": "name: Board\nroles: [change-manager]\ncontacts: [{channel: chat, value: '#board'}]\n",
}
CHANGE = "title: Move\ntype: normal\nservices: [db]\nplan: Move it.\nrollback: Move it back.\noutage: {}\n"
ROW = "  - {{name: {}, stage: {}, responsible: {}, accountable: '{}'}}\n"
FILES = {
    "organization/policy.yaml": "roles: [{name: change-manager}, {name: service-owner}, {name: security-officer}]\n",
    **{f"organization/teams/{id}.yaml": text for id, text in TEAMS.items()},
    "services/db/service.yaml": "name: DB\nowner: db\nlifecycle: live\n",
    "services/shop/service.yaml": "name: Shop\nowner: web\nlifecycle: live\ndepends_on: [{service: db}]\n",
    "services/desk/service.yaml": "name: Desk\nowner: web\nlifecycle: live\ndepends_on: [{service: shop}]\n",
    "services/apart/service.yaml": "name: Apart\nowner: web\nlifecycle: live\n",
    "services/db/raci.yaml": "activities:\n"
    + ROW.format("Restore service", "support", "db", "db")
    + ROW.format("Release", "release", "db", "role:change-manager"),
    "services/shop/raci.yaml": "activities:\n"
    + ROW.format("Plan", "plan", "web", "role:service-owner")
    + ROW.format("restore  Service", "support", "[web, db]", "web")
    + ROW.format("Release", "release", "web", "role:change-manager")
    + "  - {name: Look at it, stage: release, responsible: web, accountable: role:security-officer, informed: db}\n",
    "changes/2026/2026-12-02-move.yaml": CHANGE.format("full"),
    "changes/2026/2026-12-03-quiet.yaml": CHANGE.format("none"),
}


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[[str], Responsibilities]:
    def find(change: str) -> Responsibilities:
        repository = repository_of(FILES)
        record = repository.get(Change, change)
        assert record is not None
        return responsibilities_for(repository, record)

    return find


def test_a_matrix_that_cannot_be_read_is_not_called_missing(
    repository_of: Callable[..., Repository], tmp_path: Path
) -> None:
    retired = "name: Old\nowner: web\nlifecycle: retired\ndepends_on: [{service: db}]\n"
    files = FILES | {"services/db/raci.yaml": "activities: 3\n", "services/old/service.yaml": retired}
    repository = repository_of(files)
    change = repository.get(Change, "2026-12-02-move")
    assert change is not None
    found = responsibilities_for(repository, change)
    assert (found.unread, found.without_matrix) == (("db",), ("desk",))
    assert "old" not in found.ways  # what is retired is asked about nothing
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for form in ("text", "markdown"):
        shown = (
            CliRunner()
            .invoke(main, ["raci", "2026-12-02-move", "--repo", str(tmp_path), "--format", form])
            .output
        )
        assert "ith a RACI matrix that can't be read, which `gitsm check` shows: " in " ".join(shown.split())


def test_what_stands_on_a_service_that_no_file_defines_is_affected_and_the_service_is_told(
    repository_of: Callable[..., Repository], tmp_path: Path
) -> None:
    files = {path: text for path, text in FILES.items() if not path.startswith("services/db/")}
    repository = repository_of(files)
    for name, undefined, services in (
        ("2026-12-02-move", ("db",), {"shop", "desk"}),
        ("2026-12-03-quiet", ("db",), set()),
    ):
        change = repository.get(Change, name)
        assert change is not None
        found = responsibilities_for(repository, change)
        assert found.undefined == undefined
        assert set(found.ways) == services
        assert not found.without_matrix or set(found.without_matrix) == {"desk"}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    arguments = ["raci", "2026-12-02-move", "--repo", str(tmp_path)]
    said = "no file that can be read defines these, so nobody decides about them: db"
    assert said in " ".join(CliRunner().invoke(main, arguments).output.split())
    assert (
        "defines these, so nobody decides about them: `db`"
        in CliRunner().invoke(main, [*arguments, "--format", "markdown"]).output
    )
    assert json.loads(CliRunner().invoke(main, [*arguments, "--format", "json"]).output)["undefined"] == [
        "db"
    ]


def told(
    found: Responsibilities, part: str
) -> list[tuple[str, str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]]]:
    return [
        (duty.stage, duty.name, [(party.name, party.services, party.teams) for party in duty.parts[part]])
        for duty in found.duties
    ]


def test_a_change_is_decided_by_all_that_it_affects(found: Callable[[str], Responsibilities]) -> None:
    both = found("2026-12-02-move")
    # The desk stands on the shop, which stands on the database; it has no matrix.
    assert dict(both.ways) == {"db": ("db",), "shop": ("db", "shop"), "desk": ("db", "shop", "desk")}
    assert both.without_matrix == ("desk",)
    assert told(both, "accountable") == [
        # Two teams hold the role, and the shop's owner is one of them.
        ("plan", "Plan", [("role:service-owner", ("shop",), ("web",))]),
        ("release", "Release", [("role:change-manager", ("db", "shop"), ("board",))]),
        ("release", "Look at it", [("role:security-officer", ("shop",), ())]),
        # An activity of the same name is one, however it is spelled.
        ("support", "Restore service", [("db", ("db",), ("db",)), ("web", ("shop",), ("web",))]),
    ]
    assert told(both, "responsible")[3][2] == [("db", ("db", "shop"), ("db",)), ("web", ("shop",), ("web",))]


def test_a_change_without_an_outage_is_decided_by_those_it_names(
    found: Callable[[str], Responsibilities],
) -> None:
    quiet = found("2026-12-03-quiet")
    assert dict(quiet.ways) == {"db": ("db",)}
    assert [duty.name for duty in quiet.duties] == ["Release", "Restore service"]


def test_everybody_is_listed_once_with_who_speaks_for_them(found: Callable[[str], Responsibilities]) -> None:
    assert dict(found("2026-12-02-move").parties()) == {
        "web": ("web",),
        "role:service-owner": ("web",),
        "db": ("db",),
        "role:change-manager": ("board",),
        "role:security-officer": (),
    }


SOFT = {
    **FILES,
    "services/shop/service.yaml": (
        "name: Shop\nowner: web\nlifecycle: live\ndepends_on: [{service: db, criticality: soft}]\n"
    ),
    "services/till/service.yaml": "name: Till\nowner: db\nlifecycle: live\ndepends_on: [{service: db}]\n",
    "services/proxy/service.yaml": (
        "name: Proxy\nowner: db\nlifecycle: live\n"
        "depends_on: [{service: db, fallback: {what: A cache, degraded: false}}]\n"
    ),
}


@pytest.mark.parametrize(
    ("change", "ways", "soft"),
    [
        (
            "2026-12-02-move",
            {"db": "db", "till": "db till", "shop": "db shop", "desk": "db shop desk"},
            {"shop", "desk"},
        ),
        ("2026-12-03-quiet", {"db": "db"}, set()),
    ],
)
def test_what_only_works_worse_is_affected_too_and_marked(
    repository_of: Callable[..., Repository], change: str, ways: dict[str, str], soft: set[str]
) -> None:
    repository = repository_of(SOFT)
    record = repository.get(Change, change)
    assert record is not None
    found = responsibilities_for(repository, record)
    assert {id: " ".join(way) for id, way in found.ways.items()} == ways
    assert list(found.ways) == list(ways)  # what works worse comes last
    assert found.soft == soft


PARTIES = ["db", "web", "board", "role:change-manager", "role:service-owner", "nobody"]
ACTIVITY = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Release", "Restore", "Plan it"]),
        "stage": st.sampled_from(STAGES),
        **{part: st.lists(st.sampled_from(PARTIES), max_size=3) for part in PARTS},
    }
)


@given(
    st.dictionaries(
        st.sampled_from(["db", "shop", "desk", "apart"]), st.lists(ACTIVITY, min_size=1, max_size=4)
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_union_says_what_the_matrices_say_and_nothing_else(
    repository_of: Callable[..., Repository], matrices: dict[str, list[dict[str, object]]]
) -> None:
    plain = {path: text for path, text in FILES.items() if not path.endswith("raci.yaml")}
    written = {f"services/{id}/raci.yaml": json.dumps({"activities": rows}) for id, rows in matrices.items()}
    repository = repository_of({**plain, **written})
    union = responsibilities_of(repository, {id: (id,) for id in ("db", "shop", "desk", "apart")})
    said = {
        (raci.id.split("/")[0], activity.stage, activity.name, part, party)
        for raci in repository.of(Raci)
        for activity in raci.fields.activities
        for part in PARTS
        for party in getattr(activity, part)
    }
    told = {
        (service, duty.stage, duty.name, part, party.name)
        for duty in union.duties
        for part in PARTS
        for party in duty.parts[part]
        for service in party.services
    }
    assert told == said
    assert set(union.without_matrix) == {"db", "shop", "desk", "apart"} - set(matrices)
    keys = [(duty.stage, duty.name) for duty in union.duties]
    assert len(set(keys)) == len(keys)
    assert [STAGES.index(duty.stage) for duty in union.duties] == sorted(
        STAGES.index(duty.stage) for duty in union.duties
    )


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {**FILES, "gitsm.toml": "as_of = 2026-12-02T09:00:00+01:00\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, width: int = 100) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(
        main, ["raci", *words, "--repo", str(folder)], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_it_is_told_in_words(folder: Path) -> None:
    code, output = run(folder, "2026-12-02-move")
    assert code == 0
    assert output.splitlines() == [
        "change 2026-12-02-move: 3 services",
        "  db, of db",
        "  shop, of web, through db",
        "  desk, of web, through db → shop",
        "  without a RACI matrix, so its owner is asked: desk",
        "",
        "plan",
        "  Plan (shop)",
        "    R does it   web",
        "    A answers   role:service-owner (web)",
        "",
        "release",
        "  Release (db, shop)",
        "    R does it   db (for db); web (for shop)",
        "    A answers   role:change-manager (board)",
        "  Look at it (shop)",
        "    R does it   web",
        "    A answers   role:security-officer (nobody)",
        "    I is told   db",
        "",
        "support",
        "  Restore service (db, shop)",
        "    R does it   db; web (for shop)",
        "    A answers   db (for db); web (for shop)",
        "",
        "who speaks for them",
        "  board, as role:change-manager",
        "    chat #board",
        "  db",
        "    phone 1 (P1)",
        "  web, as role:service-owner",
        "    no contact is recorded",
        "  role:security-officer: no team holds it",
    ]


@pytest.mark.parametrize("width", [60, 120])
def test_it_fits_the_terminal(folder: Path, width: int) -> None:
    assert max(map(len, run(folder, "2026-12-02-move", width=width)[1].splitlines())) <= width


def test_what_works_worse_bears_a_mark_in_each_form(folder: Path) -> None:
    (folder / "services/shop/service.yaml").write_text(SOFT["services/shop/service.yaml"])
    lines = run(folder, "2026-12-02-move")[1].splitlines()
    assert lines[1:6] == [
        "  db, of db",
        "  shop*, of web, through db",
        "  desk*, of web, through db → shop",
        "  * works worse and doesn't fail: a soft dependency lies on the way",
        "  without a RACI matrix, so its owner is asked: desk*",
    ]
    assert "  Release (db, shop*)" in lines
    assert "    R does it   db (for db); web (for shop*)" in lines
    assert "`db`, `shop*`" in run(folder, "2026-12-02-move", "--format", "markdown")[1]
    data = json.loads(run(folder, "2026-12-02-move", "--format", "json")[1])
    assert [(entry["service"], entry["criticality"]) for entry in data["services"]] == [
        ("db", "hard"),
        ("shop", "soft"),
        ("desk", "soft"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no file defines this team"),
        ("name: [\n", "its file has mistakes of its own"),
        ("name: Web\n", "no contact is recorded"),
    ],
)
def test_a_team_that_nobody_defines_is_no_team_without_contact(
    folder: Path, text: str | None, said: str
) -> None:
    team = folder / "organization/teams/web.yaml"
    team.unlink() if text is None else team.write_text(text)
    lines = run(folder, "2026-12-02-move")[1].splitlines()
    (at,) = [number for number, line in enumerate(lines) if line in ("  web", "  web, as role:service-owner")]
    assert lines[at + 1] == f"    {said}"


def test_the_owner_of_a_service_without_a_matrix_can_be_reached(folder: Path) -> None:
    output = run(folder, "--service", "apart")[1]
    assert "  web\n    no contact is recorded" in output


def test_of_services_instead(folder: Path) -> None:
    code, output = run(folder, "--service", "db", "--service", "apart")
    assert code == 0
    assert output.splitlines()[:4] == [
        "services db, apart: 2 services",
        "  apart, of web",
        "  db, of db",
        "  without a RACI matrix, so its owner is asked: apart",
    ]


def test_the_same_as_data(folder: Path) -> None:
    data = json.loads(run(folder, "2026-12-02-move", "--format", "json")[1])
    assert [(entry["service"], entry["matrix"]) for entry in data["services"]] == [
        ("db", True),
        ("shop", True),
        ("desk", False),
    ]
    assert data["activities"][1]["accountable"] == [
        {"party": "role:change-manager", "services": ["db", "shop"], "teams": ["board"]}
    ]
    assert {entry["party"]: [team["team"] for team in entry["teams"]] for entry in data["parties"]}[
        "role:change-manager"
    ] == ["board"]


def test_as_markdown_nothing_of_a_record_breaks_out(folder: Path) -> None:
    raci = folder / "services/db/raci.yaml"
    raci.write_text('activities: [{name: "a | b <b>@all #1", stage: plan, accountable: "x|`y`"}]\n')
    code, output = run(folder, "2026-12-03-quiet", "--format", "markdown")
    assert code == 0
    (row,) = [line for line in output.splitlines() if line.startswith("| plan")]
    assert row.count("|") == 8
    assert "`<b>@all #1`" in row


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a CHANGE"),
        (("2026-12-02-move", "--service", "db"), "name a CHANGE"),
        (("2026-12-02-moved",), "did you mean 2026-12-02-move?"),
        (("--service", "shopp"), "did you mean shop?"),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output


def test_a_change_with_mistakes_is_said_to_have_some(folder: Path) -> None:
    (folder / "changes/2026/2026-12-02-move.yaml").write_text("title: [\n")
    code, output = run(folder, "2026-12-02-move")
    assert (code, "has mistakes of its own" in output) == (2, True)
