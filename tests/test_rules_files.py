"""The rules about the repository's files: for each, trees that break it and innocent ones nearly like them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.commands.schema import files as generated
from gitsm.diagnostic import Diagnostic
from gitsm.lint import run
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.rules.deceptive_text import look_alike_id
from gitsm.rules.review_blinds import _regex
from gitsm.schema.written_schemas import FINGERPRINTS, fingerprints_text
from gitsm.source.characters import as_it_looks, is_twin, strange_letter

Files = Mapping[str, str | bytes]
SHOP = {
    "organization/teams/ops.yaml": "name: Ops\ncontacts: [{channel: phone, value: '1'}]\n",
    "services/shop/service.yaml": "name: Shop\nowner: ops\nlifecycle: live\n",
    "runbooks/shop-down.md": "---\nservices: [shop]\n---\n## Mitigation\n",
}
SERVICE_SCHEMA = generated()["schemas/service.schema.json"]


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[[str, Files], list[Diagnostic]]:
    """What one rule finds in a repository of texts."""

    def find(rule: str, files: Files) -> list[Diagnostic]:
        return list(run(repository_of({**SHOP, **files}), [RULES[rule]]).findings)

    return find


def cases() -> Iterator[tuple[str, str, Files, int]]:
    """A rule, what is tried, the files, and how many findings it gives."""
    rule = "hidden-text"
    page = "docs/page.md"
    yield rule, "override", {page: "Pay \u202eonly\u202c here"}, 2
    yield rule, "isolate", {page: "\u2067a\u2069"}, 2
    yield rule, "escape", {"README.md": "a \x1b[2J b"}, 1
    yield rule, "hidden data in tags", {page: "a" + "".join(chr(0xE0000 + ord(c)) for c in "send money")}, 1
    yield rule, "hidden data in joiners", {page: "a" + "\u200b\u200c" * 8}, 1
    yield rule, "a folder's README", {"services/README.md": "\u202e"}, 1
    yield rule, "code owners", {".github/CODEOWNERS": "* @a\u202e"}, 1
    yield rule, "a pipeline", {".github/workflows/a.yml": "run: a\u202e"}, 1
    yield (
        rule,
        "the flag of England",
        {page: "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
        0,
    )
    yield rule, "soft hyphens and umlauts", {page: "Donau\u00addampf\u00adschiff für\u00a0alle \ufeff"}, 0
    yield rule, "a family", {page: "\U0001f468\u200d\U0001f469\u200d\U0001f467"}, 0
    yield rule, "hebrew with a mark", {page: "שלום\u200f ok"}, 0
    yield rule, "CRLF and a form feed", {page: "a\r\nb\x0cc"}, 0
    yield rule, "source code", {"src/a.py": "\u202e", "data/b.csv": "\x1b"}, 0
    yield rule, "a record, which is refused", {"runbooks/b.md": "---\nservices: []\n---\n\u202e"}, 0
    yield rule, "a picture", {"docs/a.png": b"\x89PNG\x1b"}, 0

    rule = "look-alike-id"
    team = "name: A\n"
    yield rule, "one for l", {"services/sh0p/service.yaml": SHOP["services/shop/service.yaml"]}, 1
    yield rule, "with its folder", {
        "services/sh0p/service.yaml": SHOP["services/shop/service.yaml"],
        "services/sh0p/raci.yaml": "activities: [{name: a, stage: plan, accountable: ops}]\n",
        "services/shop/raci.yaml": "activities: [{name: a, stage: plan, accountable: ops}]\n",
    }, 1  # fmt: skip
    yield rule, "a team", {"organization/teams/0ps.yaml": team}, 1
    yield rule, "both digits", {"organization/teams/pool.yaml": team, "organization/teams/p001.yaml": team}, 1
    yield rule, "below a service", {
        "services/shop/sla-gold.yaml": "type: SLA\nprovider: ops\ncustomer: ops\n",
        "services/shop/sla-g0ld.yaml": "type: SLA\nprovider: ops\ncustomer: ops\n",
    }, 1  # fmt: skip
    yield rule, "another kind", {"services/0ps/service.yaml": SHOP["services/shop/service.yaml"]}, 0
    yield rule, "numbers", {f"organization/teams/node-{n}.yaml": team for n in ("1", "10", "11", "01")}, 0
    yield rule, "rn and m", {"organization/teams/modern.yaml": team, "organization/teams/modem.yaml": team}, 0
    yield rule, "of two services", {
        "services/shop/sla.yaml": "type: SLA\nprovider: ops\ncustomer: ops\n",
        "services/desk/service.yaml": SHOP["services/shop/service.yaml"],
        "services/desk/sla.yaml": "type: SLA\nprovider: ops\ncustomer: ops\n",
    }, 0  # fmt: skip

    rule = "mixed-script-name"
    alert = "---\nservices: [shop]\nalerts: ['{}']\n---\n## Mitigation\n"
    for name, count in {
        "Sh\u043epDown": 1, "\u0421puHigh": 1, "Shop\uff24own": 1, "Con\ufb01gBroken": 1, "Sh\u03bfp down": 1,
        "ShopDown": 0, "Магазин закрыт": 0, "API-сбой": 0, "ΔTemp": 0, "CPU_µs": 0, "Für alle": 0, "m²High": 0,
        "DiskAşıldı": 0, "Nº1": 0, "磁盘Full": 0,
    }.items():  # fmt: skip
        yield rule, name, {"runbooks/a.md": alert.format(name)}, count
    yield rule, "in monitoring", {
        "services/shop/service.yaml": f"{SHOP['services/shop/service.yaml']}monitoring: [{{alert: 'Sh\u043ep'}}]\n"
    }, 1  # fmt: skip
    yield rule, "no list", {"runbooks/a.md": "---\nservices: [shop]\nalerts: 'Sh\u043ep'\n---\n"}, 0

    rule = "case-collision"
    yield rule, "a page", {"docs/A.md": "", "docs/a.md": ""}, 1
    yield rule, "a folder", {"docs/Net/a.md": "", "docs/net/b.md": ""}, 1
    yield (
        rule,
        "a folder once",
        {"docs/Net/a.md": "", "docs/Net/b.md": "", "docs/net/a.md": "", "docs/net/b.md": ""},
        1,
    )
    yield rule, "a record's folder", {"services/Shop/raci.yaml": ""}, 1
    yield rule, "two accents", {"docs/caf\u00e9.md": "", "docs/cafe\u0301.md": ""}, 1
    yield rule, "sharp s", {"docs/STRASSE.md": "", "docs/straße.md": ""}, 1
    yield rule, "three", {"docs/a.md": "", "docs/A.md": "", "docs/a.MD": ""}, 2
    yield rule, "another folder", {"docs/a.md": "", "other/A.md": ""}, 0
    yield rule, "another ending", {"docs/a.md": "", "docs/A.markdown": ""}, 0
    yield rule, "an accent", {"docs/cafe.md": "", "docs/café.md": ""}, 0
    yield rule, "a file and a folder's file", {"docs/a": "", "docs/ab/A": ""}, 0

    yield from misplaced()
    yield from stale()
    yield from blinds()


def misplaced() -> Iterator[tuple[str, str, Files, int]]:
    """Records where nothing reads them."""
    rule, service, runbook = (
        "record-out-of-place",
        SHOP["services/shop/service.yaml"],
        SHOP["runbooks/shop-down.md"],
    )
    yield rule, "a service", {"desk/service.yaml": service}, 1
    yield rule, "a tree", {"itsm/services/desk/service.yaml": service}, 1
    yield rule, "a runbook among pages", {"docs/runbooks/a.md": runbook}, 1
    yield rule, "deep", {"docs/ops/runbooks/db/a.md": runbook}, 1
    sla = "type: SLA\nprovider: ops\ncustomer: ops\n"
    yield rule, "an agreement", {"contracts/services/shop/sla.yaml": sla}, 1
    raci = "activities: [{name: a, stage: plan, accountable: ops}]\n"
    yield rule, "a matrix", {"raci.yaml": raci}, 1
    for folder in ("tests/a", "examples", "docs/archive", "src/templates", "vendor/x", ".hidden"):
        yield rule, folder, {f"{folder}/services/desk/service.yaml": service}, 0
    kubernetes = "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\n"
    yield rule, "another tool's", {"k8s/service.yaml": kubernetes, "k8s/policy.yaml": "{}\n"}, 0
    yield rule, "of an owner elsewhere", {"desk/service.yaml": service.replace("ops", "others")}, 0
    yield rule, "a page", {"docs/runbooks/index.md": "# Our runbooks\n"}, 0
    change = "title: T\ntype: normal\nservices: [shop]\nplan: a\nrollback: b\n"
    incident = "---\ntitle: Shop is down\nservices: [shop]\n---\n"
    yield rule, "a change at the top", {"2026-11-01-x.yaml": change}, 1
    yield rule, "a change among pages", {"docs/2026/2026-11-01-x.yaml": change}, 1
    yield rule, "an incident at the top", {"2026-11-01-x.md": incident}, 1
    yield rule, "a change without its day", {"x.yaml": change}, 0
    yield rule, "a post", {"docs/blog/2026-11-01-x.md": "---\ntitle: News\nauthors: [anna]\n---\n"}, 0
    yield (
        rule,
        "a post on a service",
        {"docs/2026-11-01-x.md": incident.replace("title", "date: a\ntitle")},
        0,
    )
    yield rule, "a change of a service elsewhere", {"2026-11-01-x.yaml": change.replace("shop", "till")}, 0
    yield rule, "an example", {"docs/examples/2026-11-01-x.yaml": change}, 0
    yield rule, "results", {"load/2026-11-01-run.yaml": "requests: 100\n"}, 0
    yield rule, "only a calendar is known", {"x/organization/teams/a.yaml": "name: A\nhours: always\n"}, 0
    yield rule, "where it belongs", {"services/desk/service.yaml": service}, 0
    yield rule, "in a folder of records", {"services/service.yaml": service}, 0
    yield rule, "in a misnamed folder", {"service/desk/service.yaml": service}, 0


def stale() -> Iterator[tuple[str, str, Files, int]]:
    """Schemas that `gitsm schema` wrote some time."""
    rule, path = "stale-generated-file", "schemas/service.schema.json"
    schema = json.loads(SERVICE_SCHEMA)
    del schema["properties"]["tier"]
    yield rule, "a field is lacking", {path: json.dumps(schema, indent=2) + "\n"}, 1
    yield rule, "a word is another", {path: SERVICE_SCHEMA.replace("Service", "service", 1)}, 1
    yield rule, "cut off", {path: SERVICE_SCHEMA[:2_000]}, 1
    yield rule, "in conflict", {path: f"<<<<<<< ours\n{SERVICE_SCHEMA}=======\n>>>>>>> theirs\n"}, 1
    yield rule, "as it is written", {name: text for name, text in generated().items() if "schemas" in name}, 0
    yield rule, "with Windows' line ends", {path: SERVICE_SCHEMA.replace("\n", "\r\n")}, 0
    yield rule, "none", {}, 0
    own = '{"x-gitsm": {"kind": "service", "folder": "things"}, "type": "object"}\n'
    yield (
        rule,
        "a kind of one's own",
        {path: own, "schemas/risk.schema.json": own.replace("service", "risk")},
        0,
    )
    yield rule, "without our mark", {path: '{"type": "object"}\n'}, 1
    yield rule, "no JSON", {path: "type: object\n"}, 1
    yield rule, "empty", {path: ""}, 1
    yield rule, "of a kind of nobody", {"schemas/table.schema.yaml": "type: object\n"}, 0
    yield rule, "elsewhere", {"docs/schemas/service.schema.json": '{"x-gitsm": {}}'}, 0


def blinds() -> Iterator[tuple[str, str, Files, int]]:
    """Lines of attributes, in the top folder unless it is said."""
    rule = "records-hidden-from-review"
    guilty = {
        "no differences": "services/** -diff", "binary": "*.yaml binary", "everything": "* -diff",
        "folded away": "runbooks/*.md linguist-generated=true", "gitlab": "*.md gitlab-generated",
        "a filter": "/organization/** filter=crypt", "an encoding": "*.yaml working-tree-encoding=UTF-16",
        "a name": "service.yaml -diff", "anywhere": "**/shop/* -diff", "a class": "runbooks/[a-z]*.md -diff",
        "quoted": '"runbooks/shop-down.md" -diff', "a macro": "[attr]quiet -diff\n*.md quiet",
        "the last one holds": "*.md diff\n*.md -diff", "question marks": "organization/teams/???.yaml binary",
    }  # fmt: skip
    innocent = {
        "line ends": "* text=auto eol=lf\n*.yaml text", "pictures": "*.png binary\ndocs/*.svg -diff",
        "schemas": "schemas/*.json linguist-generated -diff", "a lock file": "package-lock.json linguist-generated",
        "taken back": "*.md -diff\n*.md diff", "unspecified": "* linguist-generated\n* !linguist-generated",
        "a comment": "# services/** -diff", "a driver": "*.yaml diff=yaml", "prose": "*.md linguist-documentation",
        "not generated": "* -linguist-generated linguist-detectable", "UTF-8": "* working-tree-encoding=UTF-8",
        "a folder has no attributes": "services/ -diff", "not deeper": "services/* -diff", "empty": "\n\n",
        "no class": "runbooks/[!s]*.md -diff", "a macro of nothing": "[attr]quiet -diff",
    }  # fmt: skip
    for what, text in guilty.items():
        yield rule, what, {".gitattributes": text + "\n"}, 1
    for what, text in innocent.items():
        yield rule, what, {".gitattributes": text + "\n"}, 0
    yield rule, "in a folder", {"services/.gitattributes": "* -diff\n"}, 1
    yield rule, "in another folder", {"docs/.gitattributes": "* -diff\n"}, 0
    yield (
        rule,
        "taken back below",
        {".gitattributes": "*.md -diff\n", "runbooks/.gitattributes": "* diff\n"},
        0,
    )
    yield rule, "no macros below", {"services/.gitattributes": "[attr]quiet -diff\n* quiet\n"}, 0
    yield rule, "two ways", {".gitattributes": "*.md -diff linguist-generated\n"}, 2


@pytest.mark.parametrize(
    ("rule", "files", "count"),
    [pytest.param(rule, files, count, id=f"{rule}-{what!a}") for rule, what, files, count in cases()],
)
def test_a_rule_finds_what_is_wrong_and_nothing_else(
    rule: str, files: Files, count: int, found: Callable[[str, Files], list[Diagnostic]]
) -> None:
    findings = found(rule, files)
    assert len(findings) == count, [finding.message for finding in findings]
    assert all(finding.place.file in {**SHOP, **files} for finding in findings)


def test_each_rule_has_good_and_bad_cases() -> None:
    tried: dict[str, list[int]] = {}
    for rule, _, _, count in cases():
        tried.setdefault(rule, []).append(count)
    assert all(min(counts) == 0 < max(counts) for counts in tried.values())


def test_hidden_text_is_shown_where_it_stands(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    [finding] = found("hidden-text", {"docs/a.md": "one\ntwo \u202e"})
    assert finding.message == "U+202E (right-to-left override) stands in the text"
    assert finding.place.span
    assert (finding.place.span.line, finding.place.span.column) == (2, 5)


def test_a_page_of_nothing_else_gives_a_few_findings_and_their_number(
    found: Callable[[str, Files], list[Diagnostic]],
) -> None:
    findings = found("hidden-text", {"docs/a.md": "\u202e" * 50_000})
    assert len(findings) == 20
    assert "49,980 more" in findings[-1].hint


def test_a_line_that_hides_records_says_how_many(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    [finding] = found("records-hidden-from-review", {".gitattributes": "# ours\n* -diff\n"})
    assert finding.message == "this line shows no differences of organization/teams/ops.yaml and 2 more"
    assert finding.place.span
    assert finding.place.span.line == 2


def test_thousands_of_attributes_are_not_followed(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    lines = "".join(f"**/a{n}*?[a-z]** -diff\n" for n in range(5_000))
    findings = found("records-hidden-from-review", {".gitattributes": lines})
    assert [finding.message for finding in findings if "more than 100 lines" in finding.message]


@given(st.text("ab*?[]!\\/.^-{}()|+$", max_size=12))
def test_any_pattern_of_attributes_is_an_expression_or_none(pattern: str) -> None:
    import re2

    try:
        re2.compile(_regex(pattern))
    except re2.error:
        assert "[" in pattern or "\\" in pattern


def test_an_id_with_a_foreign_letter_is_told_apart(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    files = {"organization/teams/\u043eps.yaml": "name: Ops\n"}
    [finding] = found("invalid-id", files)
    assert "letter 1 is U+043E (cyrillic small letter o), which only looks like o" in finding.message
    service = SHOP["services/shop/service.yaml"].replace("ops", "\u043eps")
    findings = found("unknown-reference", {"services/shop/service.yaml": service})
    assert [finding.hint for finding in findings] == [
        "letter 1 is U+043E (cyrillic small letter o), which only looks like o; did you mean ops?"
    ]


def test_a_folder_with_foreign_letters_is_told_apart(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    [finding] = found("folder-of-no-kind", {"runb\u043e\u043eks/a.md": SHOP["runbooks/shop-down.md"]})
    assert finding.hint == "did you mean runbooks/?"


@given(st.characters(max_codepoint=0x1FFFF, exclude_categories=("Cs",)))
def test_a_twin_looks_like_a_letter_of_ours(letter: str) -> None:
    if is_twin(letter):
        assert not letter.isascii()
        assert as_it_looks(letter).isascii()
        assert strange_letter(letter)


def test_the_fingerprints_are_those_of_the_schemas() -> None:
    """Or the rule makes each schema anew: `gitsm schema` writes them."""
    import gitsm.schema

    file = Path(gitsm.schema.__file__).parent / FINGERPRINTS
    assert file.read_text(encoding="utf-8") == fingerprints_text(KINDS.values())


def test_many_records_are_compared_in_one_pass(repository_of: Callable[..., Repository]) -> None:
    teams = {f"organization/teams/t{n}.yaml": "name: T\n" for n in range(3_000)}
    assert list(look_alike_id(repository_of(teams))) == []


KILLED = """
import os, sys
from pathlib import Path
from gitsm.writing import write_new
from gitsm.writing.batch import Batch

def killed(batch, path):
    os._exit(9)

Batch._place = killed
write_new(Path(sys.argv[1]), {"runbooks/shop-down.md": "anew", "services/shop/note.txt": "new"}, replace=True)
"""


def test_what_a_killed_writer_leaves_is_found(
    tmp_path: Path, repository_of: Callable[..., Repository]
) -> None:
    for path, text in SHOP.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == 9
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob(".gitsm-*"))
    repository = repository_of({path: (tmp_path / path).read_text() for path in [*SHOP, *left]})
    report = run(repository, [RULES["leftover-of-a-writer"]])
    assert [finding.place.file for finding in report.findings] == left
    assert [path.rpartition("/")[0] for path in left] == ["runbooks", "services/shop"]


@pytest.mark.parametrize("path", ["runbooks/.gitsm", "runbooks/.gitsm-notes", ".gitsm-0f1e2d3c4b5a6978/a.md"])
def test_other_files_are_no_leftovers(path: str, found: Callable[[str, Files], list[Diagnostic]]) -> None:
    assert not found("leftover-of-a-writer", {path: "text"})
