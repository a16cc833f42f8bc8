"""`gitsm promise`: a line for each agreement, proofs, and the same for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from gitsm.cli import main
from gitsm.promises.data import SCHEMA
from gitsm.terminal import cells

ROOT = Path(__file__).parent.parent
FILES = {
    "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n",
    "organization/teams/ours.yaml": "name: Ours\nhours: always\n",
    "organization/teams/buyers.yaml": "name: Buyers\ntype: customer\n",
    "organization/calendars/always.yaml": (
        "type: service_hours\ntimezone: UTC\n"
        "weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]\n"
    ),
    "services/shop/service.yaml": (
        "name: Shop\nowner: ours\nlifecycle: live\nown_availability: 99.9\ndepends_on: [{service: db}]\n"
    ),
    "services/shop/sla.yaml": (
        "type: SLA\nprovider: ours\ncustomer: buyers\navailability: {target: 99.8}\nresolution: {P1: 4 h}\n"
        "continuity: {rto: 4 h}\n"
    ),
    "services/shop/sla-old.yaml": "type: SLA\nprovider: ours\ncustomer: buyers\nvalid: {to: 2025-12-31}\n",
    "services/db/service.yaml": "name: Databases\nowner: ours\nlifecycle: live\n",
    "services/db/ola.yaml": (
        "type: OLA\nprovider: ours\ncustomer: ours\navailability: {target: 99.5}\nresolution: {P1: 6 h}\n"
        "continuity: {rto: 2 h}\n"
    ),
}


@pytest.fixture
def promise(tmp_path: Path) -> Callable[..., Result]:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    def run(*words: str, columns: int = 80, **options: object) -> Result:
        runner = CliRunner(env={"COLUMNS": str(columns), "NO_COLOR": "1"})
        return runner.invoke(main, ["promise", *words, "--repo", str(tmp_path)], **options)  # type: ignore[arg-type]

    return run


def test_a_line_for_each_agreement(promise: Callable[..., Result]) -> None:
    wide = promise(columns=120)
    assert wide.exit_code == 0
    assert wide.output.splitlines()[:4] == [
        "              availability  restore       hours         validity      continuity",
        "db/ola        undetermined  proved        proved        proved        undetermined",
        "shop/sla      refuted       refuted       proved        proved        undetermined",
        "shop/sla-old  ended on 2025-12-31",
    ]
    narrow = promise(columns=60).output.splitlines()
    assert narrow[2] == "shop/sla      NO      NO       yes    yes    ?"
    assert all(cells(line) <= 60 for line in narrow)


def test_a_proof(promise: Callable[..., Result]) -> None:
    result = promise("shop/sla", columns=120)
    assert result.exit_code == 0
    text = result.output
    # 0.995 alone is less than 99.8 %, so the own part is not needed to refute it.
    assert "  db/ola (99.5 %) gives 99.5 % at most, and all that it stands on 99.4 %\n" in text
    assert "    shop > db: db/ola: 99.5 % a month\n" in text
    assert "  to mend it: raise db/ola to 99.9 %\n  or: declare a fallback for db\n" in text
    assert (
        "the worst moment to begin is Tue 2026-12-01 08:00: db/ola restores it by Tue 2026-12-01 14:00"
        in text
    )
    assert text.count("independently of each other") == 1


def test_of_a_service_all_agreements(promise: Callable[..., Result]) -> None:
    result = promise("shop")
    assert "agreement shop/sla," in result.output
    assert "ended on 2025-12-31: nobody is bound by it any more" in result.output


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(promise: Callable[..., Result], columns: int) -> None:
    for words in ((), ("shop",)):
        assert all(cells(line) <= columns for line in promise(*words, columns=columns).output.splitlines())


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ("shop/slaa", "did you mean shop/sla?"),
        ("shpo", "did you mean shop?"),
        ("other", "there is no service or agreement"),
    ],
)
def test_what_is_not_there(promise: Callable[..., Result], which: str, says: str) -> None:
    result = promise(which)
    assert result.exit_code == 2
    assert says in result.output


def test_json_fits_its_schema(promise: Callable[..., Result]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for words in ((), ("shop/sla",)):
        data = json.loads(promise(*words, "--format", "json").output)
        jsonschema.validate(data, SCHEMA)
    (agreement,) = data["agreements"]
    first = agreement["promises"][0]
    assert (first["verdict"], first["chain"][0]["way"]) == ("refuted", ["shop", "db"])
    assert first["mends"][0] == {
        "words": "raise db/ola to 99.9 %", "kind": "agreement", "id": "db/ola", "file": "services/db/ola.yaml",
        "path": ["availability", "target"], "value": 99.9,
    }  # fmt: skip


def test_the_published_schema_is_the_one_that_holds() -> None:
    published = ROOT / "docs" / "promise.schema.json"
    if os.environ.get("GITSM_REWRITE"):
        published.write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA


def test_markdown(promise: Callable[..., Result]) -> None:
    lines = promise("--format", "markdown").output.splitlines()
    assert "| `shop/sla` | refuted | refuted | proved | proved | undetermined |" in lines
    assert "**refuted** availability" in promise("shop/sla", "--format", "markdown").output


def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, promise: Callable[..., Result]
) -> None:
    plain = promise().output
    assert "\x1b" not in plain
    monkeypatch.setattr("gitsm.commands.promise.wants_colour", lambda: True)
    coloured = promise(color=True).output
    assert "\x1b[31m" in coloured
    assert plain != coloured
