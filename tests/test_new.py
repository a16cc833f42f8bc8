"""`gitsm new`: a record of any kind from a few answers, and nothing written where an answer is wrong."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from gitsm import source
from gitsm.cli import main
from gitsm.markdown import read_prose
from gitsm.records import KINDS
from gitsm.records.runbook import SECTIONS
from gitsm.repository import Repository
from gitsm.schema.kind import ID, Kind
from gitsm.schema.validation import validate
from gitsm.source import Format
from gitsm.starter import body_of
from gitsm.starter.fields import SHARED
from gitsm.starter.identity import parts_of, slug
from gitsm.starter.record import record_text
from gitsm.tree import MappingTree
from gitsm.writing import Unwritable, write_new

NOON = "2026-12-01T12:00+01:00"
NOW = datetime.fromisoformat(NOON)
RISK = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "description": "Something that may go wrong.",
    "x-gitsm": {"kind": "risk", "folder": "risks", "title": "Risk"},
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "What may happen."},
        "service": {"type": "string", "x-ref": "service", "description": "What it would hit."},
        "level": {"$ref": "#/$defs/level"},
        "seen": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["title", "service", "level"],
    "additionalProperties": False,
    "$defs": {"level": {"enum": ["low", "high"], "description": "How bad."}},
}


def gitsm(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def check(root: Path) -> str:
    return gitsm("check", "--repo", root, "--as-of", NOON, "--format", "concise").output


def read(root: Path, path: str) -> Mapping[str, Any]:
    format = Format.MARKDOWN if path.endswith(".md") else Format.YAML
    document = source.read(path, (root / path).read_bytes(), format)
    assert document.data is not None, document.problems
    return document.data


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A repository as `gitsm init` makes it, with a zone of its own."""
    root = tmp_path / "acme"
    made = gitsm("init", root, "--timezone", "Europe/Vienna")
    assert made.exit_code == 0, made.output
    return root


@pytest.fixture
def example(tmp_path: Path, example_files: dict[str, str]) -> Path:
    """The kinds' own examples as files."""
    write_new(tmp_path / "example", example_files)
    return tmp_path / "example"


def change(root: Path, *more: str) -> Result:
    """A new change with all that is required; `more` may change that."""
    fields = {
        "title": "Renew the certificate",
        "type": "normal",
        "services": "website",
        "plan": "Ask for a new one.",
        "rollback": "Put the old one back.",
    }
    return gitsm("new", "change", *sets(fields), "--repo", root, "--as-of", NOON, *more)


# --- what comes of it


each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


def required_of(kind: Kind) -> dict[str, Any]:
    """The required fields of a kind's own example, or its first field where none is required."""
    path, text = next(iter(kind.examples.items()))
    data = source.read(path, text.encode(), kind.format).data
    assert data is not None
    required = {name: data[name] for name in kind.schema.get("required", list(data)[:1])}
    # A standard change is one by a model, which no other change needs.
    return {**required, "type": "normal"} if kind.name == "change" else required


def sets(data: Mapping[str, Any]) -> list[str]:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}
    return [part for name, text in texts.items() for part in ("--set", f"{name}={text}")]


def written(made: Result) -> Path:
    assert made.exit_code == 0, made.output
    return Path(made.output.partition(" written\n")[0]).resolve()


@each_kind
def test_a_record_of_each_kind_passes_the_check(example: Path, kind: Kind) -> None:
    service = {"name": "Cloud", "owner": "payroll-team", "lifecycle": "live"}
    assert gitsm("new", "service", "cloud", *sets(service), "--repo", example).exit_code == 0
    # The example organisation has one policy already, and there can be no other.
    (example / "organization/policy.yaml").unlink() if kind.name == "policy" else None
    parts = [
        {"service": "cloud", "agreement": "uc"}.get(part.name, "new-one")
        for part in parts_of(kind, KINDS)
        if part.name != kind.name or kind.name != "service"
    ]
    id = ["/".join(parts) or "data-centre"] if "<" in kind.pattern else []
    path = written(gitsm("new", kind.name, *id, *sets(required_of(kind)), "--repo", example, "--as-of", NOON))
    file = str(path.relative_to(example))
    assert kind.id_of(file) is not None
    assert read(example, file) == required_of(kind)
    found = [line for line in check(example).splitlines() if line.startswith(f"{file}:")]
    # A note may say what is to be joined to it yet: no incident names a problem before there is one.
    # And a freeze of which nobody was asked when it is does not say it.
    asked = [line for line in found if " note [" not in line and "[calendar-that-never-holds]" not in line]
    assert asked == []


@each_kind
def test_what_its_comments_show_fits_the_schema(example_files: dict[str, str], kind: Kind) -> None:
    repository = Repository(MappingTree(example_files), now=NOW)
    text = record_text(kind, required_of(kind), repository, comments=True)
    head = text.split("---\n")[1] if kind.format is Format.MARKDOWN else text
    # A comment in words has one space after its #, a line to be taken over none, or those of a block.
    shown = re.sub(r"^#(?! \S)", "", head, flags=re.MULTILINE)
    document = source.read("record.yaml", shown.encode(), Format.YAML)
    assert document.data is not None, document.problems
    some_optional = set(kind.schema["properties"]) - {*required_of(kind), *SHARED}
    assert set(document.data) - set(required_of(kind)) <= some_optional
    assert bool(some_optional) == (len(document.data) > len(required_of(kind)))
    assert validate(kind, "", document.data)[1] == []


def test_the_file_explains_itself(acme: Path) -> None:
    assert change(acme).exit_code == 0
    text = (acme / "changes/2026/2026-12-01-renew-the-certificate.yaml").read_text()
    assert (
        "# What is changed, in the words of whoever reads a calendar.\ntitle: Renew the certificate\n" in text
    )
    assert "# When it is carried out.\n#window: {start: " in text
    assert max(map(len, text.splitlines())) <= 100


def test_or_is_as_short_as_can_be(acme: Path) -> None:
    assert change(acme, "--bare").exit_code == 0
    assert (acme / "changes/2026/2026-12-01-renew-the-certificate.yaml").read_text() == (
        "title: Renew the certificate\n"
        "type: normal\n"
        "services: [website]\n"
        "plan: Ask for a new one.\n"
        "rollback: Put the old one back.\n"
    )


def test_the_next_step_is_named(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme)
    path = "changes/2026/2026-12-01-renew-the-certificate.yaml"
    assert change(acme).output == f"{path} written\nnext: fill in the rest, then gitsm check\n"


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2026-11-30T22:59Z", "2026-11-30"),
        ("2026-11-30T23:00Z", "2026-12-01"),
        ("2027-01-01T00:30+01:00", "2027-01-01"),
    ],
)
def test_a_change_is_named_after_the_day_in_the_policys_zone(acme: Path, as_of: str, day: str) -> None:
    path = written(change(acme, "--as-of", as_of))
    assert path == acme / f"changes/{day[:4]}/{day}-renew-the-certificate.yaml"


def test_the_fixed_clock_of_a_repository_is_obeyed(acme: Path) -> None:
    (acme / "gitsm.toml").write_text("as_of = 2030-05-06T09:00:00+00:00\n")
    made = gitsm("new", "incident", "--set", "title=Shop down", "--set", "services=website", "--repo", acme)
    assert written(made) == acme / "incidents/2030/2030-05-06-shop-down.md"


def test_a_runbook_has_the_sections_that_a_reader_looks_for(acme: Path) -> None:
    assert gitsm("new", "runbook", "disk-full", "--set", "services=website", "--repo", acme).exit_code == 0
    text = (acme / "runbooks/disk-full.md").read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(SECTIONS)


def test_sections_that_the_policy_asks_for_are_added(acme: Path) -> None:
    policy = acme / "organization/policy.yaml"
    policy.write_text(
        policy.read_text()
        + "requirements:\n  - when: {kind: incident}\n    require: {sections: [Root cause, What we learnt]}\n"
    )
    made = gitsm("new", "incident", "--set", "title=Shop down", "--set", "services=website", "--repo", acme)
    assert made.exit_code == 0, made.output
    text = next((acme / "incidents").rglob("*.md")).read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["What we learnt", "Root cause"]
    # What is still to be written, the check says.
    assert "section Root cause of incident" in (found := check(acme))
    assert "is empty" in found


def test_every_markdown_kind_has_a_body_to_begin_with() -> None:
    for kind in KINDS.values():
        body = body_of(kind.name)
        assert (body is not None) == (kind.format is Format.MARKDOWN), kind.name
    assert [heading.text for heading in read_prose(body_of("runbook") or "", 1).headings] == list(SECTIONS)


def test_what_the_check_will_still_ask_for_is_said_at_once(acme: Path) -> None:
    activities = "[{name: Release, stage: release, responsible: operations}]"
    made = gitsm("new", "raci", "website", "--set", f"activities={activities}", "--repo", acme)
    assert made.exit_code == 0
    assert "nobody accountable" in made.output


# --- a kind of a user's own


def test_a_kind_of_your_own_works_alike(acme: Path) -> None:
    (acme / "schemas/risk.schema.json").write_text(json.dumps(RISK))
    flood = {"title": "A flood", "service": "website", "level": "high", "seen": "1, 2"}
    made = gitsm("new", "risk", *sets(flood), "--repo", acme)
    assert made.exit_code == 0, made.output
    assert read(acme, "risks/a-flood.yaml") == {
        "title": "A flood",
        "service": "website",
        "level": "high",
        "seen": [1, 2],
    }
    assert "# How bad.\nlevel: high\n" in (acme / "risks/a-flood.yaml").read_text()
    assert "no findings" in check(acme)


def test_even_a_field_that_it_does_not_name_is_kept(acme: Path) -> None:
    (acme / "schemas/risk.schema.json").write_text(
        json.dumps({**RISK, "additionalProperties": {"type": "number"}})
    )
    flood = {"title": "A flood", "service": "website", "level": "high", "damage": "1.5"}
    made = gitsm("new", "risk", *sets(flood), "--repo", acme)
    assert made.exit_code == 0, made.output
    assert read(acme, "risks/a-flood.yaml") == {**flood, "damage": 1.5}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--set", "level=lwo"], "level is lwo, and must be low or high"),
        (["--set", "service=websit"], "did you mean website?"),
        (["--set", "levle=low"], "did you mean level?"),
        ([], "title, service, level"),
    ],
)
def test_and_is_judged_alike(acme: Path, wrong: list[str], message: str) -> None:
    (acme / "schemas/risk.schema.json").write_text(json.dumps(RISK))
    made = gitsm("new", "risk", *wrong, "--repo", acme)
    assert made.exit_code == 2
    assert message in made.output
    assert not (acme / "risks").exists()


HOSTILE = {
    **RISK,
    "description": "Risk\nrisk: {}\n--- \n",
    "properties": {
        "title": {"type": "string", "description": "\n---\nname: injected"},
        "a: b #": {"type": "string", "description": "# \ufe0f odd"},
        "loop": {"$ref": "#/$defs/loop", "description": "-" * 5000},
    },
    "required": ["title"],
    "$defs": {"loop": {"anyOf": [{"$ref": "#/$defs/loop"}, {"$ref": "#/$defs/loop"}]}},
    "examples": [{"a: b #": [{}, [], "\n"], "loop": []}],
}


def test_a_hostile_schema_of_your_own_does_no_harm(acme: Path) -> None:
    (acme / "schemas/risk.schema.json").write_text(json.dumps(HOSTILE))
    assert gitsm("new", "--repo", acme).exit_code == 0
    assert "title" in gitsm("new", "risk", "--repo", acme).output
    made = gitsm("new", "risk", "--set", "title=A flood", "--repo", acme)
    assert made.exit_code == 0, made.output
    assert read(acme, "risks/a-flood.yaml") == {"title": "A flood"}


@pytest.mark.parametrize("word", ["\x1b[2J", "\u202e", "\x07", "\u200b"])
def test_nothing_hidden_in_one_reaches_the_terminal(acme: Path, word: str) -> None:
    hostile = {**RISK, "description": word, "properties": {"title": {"type": "string", "description": word}}}
    (acme / "schemas/risk.schema.json").write_text(json.dumps(hostile))
    for args in ([], ["risk"], ["risk", "--set", "title=A flood"], ["risk", "--set", f"title={word}"]):
        assert word[0] not in gitsm("new", *args, "--repo", acme).output


# --- what is refused


def test_what_is_missing_is_named_with_its_flag(acme: Path) -> None:
    made = gitsm("new", "change", "--set", "title=Renew", "--repo", acme)
    assert made.exit_code == 2
    for flag in ("--set type=...", "--set services=...", "--set plan=...", "--set rollback=..."):
        assert flag in made.output
    assert "--set title=..." not in made.output
    assert "standard, normal, emergency" in made.output


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--set", "type=nromal"], "did you mean normal?"),
        (["--set", "services=websit"], "there is no service websit; did you mean website?"),
        (["--set", "services=website,shop"], "there is no service shop"),
        (["--set", "tittle=x"], "did you mean title?"),
        (["--set", "window.strat=2026-11-28T22:00Z"], "did you mean start?"),
        (["--set", "window={start: tomorrow, end: never}"], "is not an instant"),
        (["--set", "window={start: [}"], "can't be read as YAML"),
        (["--set", "impact=1\ntitle: other"], "is not one value"),
        (["--set", "impact=\udcff"], "can't be read"),
        (["--set", "plan=\udcff"], "plan is"),
        (["--set", "impact=high"], "impact is high, where a whole number belongs"),
        (["--set", "requested_by=role:king"], "there is no role king"),
        (["--set", "title.first=x"], "title"),
        (["--set", "title"], "it must be FIELD=VALUE"),
        (["--set", "title=\x1b[2J"], "can't be written"),
        (["--set", "title=two\nlines"], "several lines"),
        (["--set", "title=Обновить"], "needs an id"),
        (["../../outside"], "has more parts"),
        ([".."], "can't be an id"),
        (["Renew It"], "renew-it could be one"),
        (["one/two"], "has more parts"),
        (["x" * 101], "can't be an id"),
    ],
    ids=lambda value: value[-1].encode("unicode_escape").decode() if isinstance(value, list) else "",
)
def test_what_is_wrong_is_said_and_nothing_is_written(acme: Path, more: list[str], message: str) -> None:
    before = sorted(acme.rglob("*"))
    made = change(acme, *more)
    assert made.exit_code == 2, made.output
    assert message in made.output
    assert "\x1b" not in made.output
    assert sorted(acme.rglob("*")) == before
    assert not (acme.parent / "outside").exists()


def test_an_id_that_is_taken_is_refused(acme: Path) -> None:
    assert change(acme).exit_code == 0
    again = change(acme, "--set", "plan=Another one.")
    assert again.exit_code == 2
    assert "changes/2026/2026-12-01-renew-the-certificate.yaml already" in again.output
    assert "Another one" not in next((acme / "changes").rglob("*.yaml")).read_text()


def test_so_is_one_that_stands_in_another_folder(acme: Path) -> None:
    (acme / "runbooks/night").mkdir()
    (acme / "runbooks/website-down.md").rename(acme / "runbooks/night/website-down.md")
    made = gitsm("new", "runbook", "website-down", "--set", "services=website", "--repo", acme)
    assert made.exit_code == 2
    assert "runbooks/night/website-down.md already" in made.output


def test_no_link_is_written_through(acme: Path) -> None:
    outside = acme.parent / "outside"
    outside.mkdir()
    (acme / "changes").symlink_to(outside)
    made = change(acme)
    assert made.exit_code == 2, made.output
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["raci", "websit"], "there is no service websit; did you mean website?"),
        (["agreement", "website/contract"], "contract must be sla or ola or uc"),
    ],
)
def test_records_of_a_service_stand_in_its_folder(acme: Path, args: list[str], message: str) -> None:
    data = {
        "raci": {"activities": [{"name": "Release", "stage": "release", "accountable": "operations"}]},
        "agreement": {"type": "SLA", "provider": "operations", "customer": "operations"},
    }[args[0]]
    made = gitsm("new", *args, *sets(data), "--repo", acme)
    assert made.exit_code == 2
    assert message in made.output


def test_a_kind_that_does_not_exist_is_refused_and_all_are_listed(acme: Path) -> None:
    assert "did you mean change?" in gitsm("new", "chagne", "--repo", acme).output
    listed = gitsm("new", "--repo", acme).output
    assert all(re.search(rf"^{name} ", listed, re.MULTILINE) for name in KINDS)


# --- laws


@given(st.text(max_size=200))
def test_a_slug_is_an_id_or_nothing(text: str) -> None:
    assert not slug(text) or ID.fullmatch(slug(text))
    assert len(slug(text)) <= 60


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Renew the website's certificate", "renew-the-websites-certificate"),
        ("Größe der Straße ändern", "grosse-der-strasse-andern"),
        ("PostgreSQL 18.1 → 18.2", "postgresql-18-1-18-2"),
        ("ページ", ""),
        ("word " * 40, "-".join(["word"] * 12)),
        ("x" * 90, "x" * 60),
    ],
)
def test_slugs_read_well(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(title=st.text(min_size=1, max_size=80))
def test_whatever_a_title_is_it_reads_back_or_is_refused(title: str) -> None:
    kind = KINDS["knowledge"]
    repository = Repository(MappingTree({}), now=NOW)
    try:
        text = record_text(kind, {"title": title}, repository, comments=True)
    except Unwritable:
        return
    assert source.read("", text.encode(), kind.format).data == {"title": title}


# --- on a terminal


def on_terminal(root: Path, answers: list[str], *args: str, no_colour: str = "1") -> tuple[int, str]:
    """Run `gitsm new` on a terminal of its own, with everything typed beforehand."""
    ours, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": no_colour}
    command = [sys.executable, "-m", "gitsm", "new", *args, "--as-of", NOON]
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, cwd=root, env=environment)
    os.close(its)
    # The end of file after the answers ends a conversation that asks for more than was foreseen.
    os.write(ours, ("".join(f"{answer}\n" for answer in answers) + "\x04" * 3).encode())
    output = b""
    while True:
        try:
            output += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    return process.wait(timeout=30), output.decode().replace("\r\n", "\n")


def test_on_a_terminal_it_asks_and_asks_again(acme: Path) -> None:
    answers = [
        "Renew the certificate",
        "nromal",
        "normal",
        "websit",
        "website",
        "Ask for a new one.",
        "Put the old one back.",
        "",
    ]
    code, output = on_terminal(acme, answers, "change")
    assert code == 0, output
    assert "did you mean normal?" in output
    assert "there is no service websit; did you mean website?" in output
    assert "id [2026-12-01-renew-the-certificate]" in output
    assert read(acme, "changes/2026/2026-12-01-renew-the-certificate.yaml")["services"] == ["website"]


def test_on_a_terminal_flags_answer_beforehand(acme: Path) -> None:
    answers = ["website", "Release", "release", "", "operations", "", "", "n"]
    code, output = on_terminal(acme, answers, "raci")
    assert code == 0, output
    assert read(acme, "services/website/raci.yaml") == {
        "activities": [{"name": "Release", "stage": "release", "accountable": "operations"}]
    }
    given_before = sets({"title": "Broken", "services": "website"})
    code, output = on_terminal(acme, ["shop-down"], "incident", *given_before)
    assert code == 0, output
    assert "What users noticed" not in output
    assert (acme / "incidents/2026/2026-12-01-shop-down.md").exists()


def test_on_a_terminal_it_asks_for_what_the_policy_wants(tmp_path: Path) -> None:
    gitsm("init", tmp_path / "acme", "--preset", "regulated")
    answers = ["", "operations", "1 year", "2026-11-30"]
    code, output = on_terminal(
        tmp_path / "acme", answers, "runbook", "disk-full", "--set", "services=website"
    )
    assert code == 0, output
    assert "The policy asks for more." in output


def test_a_conversation_that_is_broken_off_writes_nothing(acme: Path) -> None:
    before = sorted(acme.rglob("*"))
    code, _ = on_terminal(acme, ["Renew the certificate"], "change")
    assert code == 1
    assert sorted(acme.rglob("*")) == before


# --- parts of fields


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--set", "window.start=2026-12-02T10:00Z"], "--set window.end=..."),
        (["--set", "links=[{title: A}]"], "links.0 has no url"),
    ],
)
def test_a_part_that_is_missing_is_refused_like_a_field(acme: Path, more: list[str], message: str) -> None:
    made = change(acme, *more)
    assert made.exit_code == 2
    assert message in made.output
    assert not (acme / "changes").exists()


def test_a_kind_of_your_own_may_ask_for_parts_as_well(acme: Path) -> None:
    window = {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}}}
    window["required"] = ["from", "to"]
    then = {"if": {"required": ["window"]}, "then": {"required": ["seen"]}}
    schema = {**RISK, "properties": {**RISK["properties"], "window": window}, **then}
    (acme / "schemas/risk.schema.json").write_text(json.dumps(schema))
    flood = sets({"title": "A flood", "service": "website", "level": "high", "window.from": "now"})
    made = gitsm("new", "risk", *flood, "--repo", acme)
    assert (made.exit_code, "--set window.to=..." in made.output) == (2, True)
    made = gitsm("new", "risk", *flood, "--set", "window.to=then", "--repo", acme)
    assert (made.exit_code, "has no seen" in made.output) == (2, True)
    made = gitsm("new", "risk", *flood, "--set", "window.to=then", "--set", "seen=1", "--repo", acme)
    assert made.exit_code == 0, made.output


@pytest.mark.parametrize("kind", ["raci", "value-stream"])
def test_the_example_in_a_refusal_can_be_typed_as_it_is(acme: Path, kind: str) -> None:
    refused = gitsm("new", kind, "website", "--repo", acme)
    assert refused.exit_code == 2
    shown = re.search(r"such as (--set .*)", refused.output)
    assert shown is not None, refused.output
    made = gitsm("new", kind, "website", *shlex.split(shown[1]), "--repo", acme)
    assert made.exit_code == 0, made.output
    # A matrix of one row leaves out stages, which is worth a note and no more.
    assert "no findings" in (found := check(acme)) or ("1 note" in found and "stage-without-activity" in found)


def test_what_the_policy_asks_for_is_said_once_for_each_reason(tmp_path: Path) -> None:
    gitsm("init", tmp_path / "acme", "--preset", "regulated")
    said = " ".join(change(tmp_path / "acme").output.split())
    assert said.count("error:") == 1
    assert (
        "error: the policy asks for team, justification, impact, urgency, risk, outage and origin (" in said
    )


def test_there_is_one_policy_only(acme: Path) -> None:
    made = gitsm("new", "policy", "--repo", acme)
    assert (made.exit_code, made.output) == (2, "Error: organization/policy.yaml stands already\n")


def test_the_article_fits_the_noun(acme: Path) -> None:
    assert "an agreement needs type" in gitsm("new", "agreement", "--repo", acme).output


def test_on_a_terminal_it_asks_for_parts(acme: Path) -> None:
    fields = sets({"title": "Renew", "type": "normal", "services": "website", "plan": "a", "rollback": "b"})
    given_before = [*fields, "--set", "window.start=2026-12-02T10:00Z"]
    code, output = on_terminal(acme, ["tomorrow", "2026-12-02T11:00Z", ""], "change", *given_before)
    assert code == 0, output
    window = {"start": "2026-12-02T10:00Z", "end": "2026-12-02T11:00Z"}
    assert read(acme, "changes/2026/2026-12-01-renew.yaml")["window"] == window


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_colours_are_left_out_where_nobody_wants_them(acme: Path, no_colour: str, coloured: bool) -> None:
    _, output = on_terminal(acme, ["Renew the certificate"], "change", no_colour=no_colour)
    assert ("\x1b[36m" in output) == coloured


def test_what_it_asks_for_stands_in_a_sentence(tmp_path: Path) -> None:
    gitsm("init", tmp_path / "acme", "--preset", "regulated")
    fields = sets({"name": "Shop", "tier": "1", "owner": "operations", "lifecycle": "live"})
    said = " ".join(gitsm("new", "service", "shop", *fields, "--repo", tmp_path / "acme").output.split())
    assert "an agreement and a RACI matrix (every live service" in said
