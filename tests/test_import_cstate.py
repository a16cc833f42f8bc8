"""A cState status site becomes services, incidents and changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.cli import main
from gitsm.importers import Imported
from gitsm.importers.cstate import convert
from gitsm.lint import Report
from gitsm.source import Format
from gitsm.tree import MappingTree

CONFIG = """\
title: Status of Example
params:
  categories:
    - name: Shops
  systems:
    - name: shop.example.com
      category: Shops
      description: |
        Where customers buy
      link: https://shop.example.com/
    - name: Mail
"""

UPGRADE = """\
---
title: Upgrade of the shop
date: 2026-03-02T20:00:00-00:00
resolved: true
resolvedWhen: 2026-03-02T22:00:00-00:00
# Possible severity levels: down, disrupted, notice
severity: disrupted
affected:
  - shop.example.com
section: issue
---

[Final message]
Done.

[Initial message]
We'll upgrade the shop on Monday.
"""

OUTAGE = """\
---
title: Mail is down
date: 2026-03-05 09:30:00
resolved: true
resolvedWhen: 2026-03-05 11:00:00
severity: down
affected: [Mail]
section: issue
---

It was caused by a *full* disk.
"""


def imported(posts: Mapping[str, str | bytes], config: str | None = CONFIG, **options: str) -> Imported:
    files: dict[str, str | bytes] = {f"content/issues/{name}": text for name, text in posts.items()}
    if config is not None:
        files["config.yml"] = config
    return convert(MappingTree(files), **options)


def record(result: Imported, path: str) -> dict[str, source.Value]:
    content = result.files[path]
    assert isinstance(content, str)
    format = Format.MARKDOWN if path.endswith(".md") else Format.YAML
    data = source.read(path, content.encode(), format).data
    assert data is not None
    return data


def lost(result: Imported) -> list[tuple[str, str]]:
    """What is listed as not carried over, without the line that every site gets."""
    remarks = [(remark.file.removeprefix("content/issues/"), remark.text) for remark in result.not_carried]
    return [(file, text) for file, text in remarks if not text.startswith("how the site looks")]


def test_announced_maintenance_becomes_a_change() -> None:
    result = imported({"2026-03-02-shop-upgrade.md": UPGRADE})
    assert (
        result.files["changes/2026/2026-03-02-shop-upgrade.yaml"]
        == """\
title: Upgrade of the shop
type: normal
services: [shop-example-com]
impact: 2
outage: degraded
window: {start: 2026-03-02T20:00:00-00:00, end: 2026-03-02T22:00:00-00:00}
plan: |
  [Final message]
  Done.

  [Initial message]
  We'll upgrade the shop on Monday.
rollback: Not announced in the status post.
closure: {code: successful, notes: The status post says that it is resolved.}
labels:
  severity: disrupted
  section: issue
  imported-from: content/issues/2026-03-02-shop-upgrade.md
"""
    )


def test_any_other_post_becomes_an_incident_and_keeps_its_text() -> None:
    result = imported({"2026-03-05-mail.md": OUTAGE})
    assert (
        result.files["incidents/2026/2026-03-05-mail.md"]
        == """\
---
title: Mail is down
services: [mail]
impact: 1
started: 2026-03-05T09:30:00Z
resolved: 2026-03-05T11:00:00Z
disposition: resolved
labels: {severity: down, section: issue, imported-from: content/issues/2026-03-05-mail.md}
---

It was caused by a *full* disk.
"""
    )


def test_systems_become_services_of_one_team() -> None:
    result = imported({}, team="web-team")
    assert result.files == {
        "services/shop-example-com/service.yaml": (
            "name: shop.example.com\nowner: web-team\nlifecycle: live\ndescription: Where customers buy\n"
            "links:\n  - {title: Home, url: https://shop.example.com/}\nlabels: {category: Shops}\n"
        ),
        "services/mail/service.yaml": "name: Mail\nowner: web-team\nlifecycle: live\n",
        "organization/teams/web-team.yaml": "name: Web team\n",
    }
    assert result.only_where_missing == {"organization/teams/web-team.yaml"}


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ("params: {systems: [API, Web site]}", ["API", "Web site"]),
        ("Params:\n  Systems:\n    - Name: API\n", ["API"]),
        ("params: {systems: [{name: API}, {name: API}, {description: x}, 7, API]}", ["API"]),
        ("params: {systems: [API, api, a-p-i, index, 給与]}", ["API", "api", "a-p-i", "index", "給与"]),
        ("params: {systems: none}", []),
        ("params: []", []),
    ],
)
def test_systems_are_read_in_every_form(config: str, names: list[str]) -> None:
    result = imported({"a.md": OUTAGE}, config)
    services = [path for path in result.files if path.startswith("services/")]
    assert [record(result, path)["name"] for path in services] == names


def test_a_configuration_may_be_toml() -> None:
    files = {
        "config.toml": 'timeZone = "Europe/Vienna"\n[params]\n[[params.systems]]\nname = "Mail"\n',
        "content/issues/mail.md": OUTAGE,
    }
    result = convert(MappingTree(files))
    assert record(result, "incidents/2026/2026-03-05-mail.md")["started"] == "2026-03-05T09:30:00+01:00"
    assert "services/mail/service.yaml" in result.files


@pytest.mark.parametrize("config", [None, "a: &x 1\nb: *x\n", "a: [", "- a\n"])
def test_without_a_configuration_no_system_is_known_and_that_is_told(config: str | None) -> None:
    result = imported({"mail.md": OUTAGE}, config)
    assert list(result.files) == ["incidents/2026/2026-03-05-mail.md"]
    assert record(result, "incidents/2026/2026-03-05-mail.md")["services"] == ["Mail"]
    assert any("no system is known" in remark.text for remark in result.not_carried)


def test_a_name_that_is_no_system_stays_as_it_is(report_of: Callable[..., Report]) -> None:
    post = OUTAGE.replace("[Mail]", '[mail, "Mail (old)", mail.example.com]')
    result = imported({"2026-03-05-mail.md": post})
    path = "incidents/2026/2026-03-05-mail.md"
    assert record(result, path)["services"] == ["mail", "Mail (old)", "mail.example.com"]
    assert lost(result) == [
        ("config.yml", f"{name} is none of its systems, although 1 post names it; the name stays as it is")
        for name in ("Mail (old)", "mail.example.com")
    ]
    found = [
        (finding.rule, finding.place.file, finding.place.path) for finding in report_of(result.files).findings
    ]
    assert found == [
        ("unknown-reference", path, ("services", 1)),
        ("unknown-reference", path, ("services", 2)),
    ]


def test_an_end_before_its_start_is_carried_for_the_check_to_find(report_of: Callable[..., Report]) -> None:
    posts = {
        "2026-03-02-up.md": UPGRADE.replace("2026-03-02T22:00", "2026-03-01T22:00"),
        "2026-03-05-mail.md": OUTAGE.replace("2026-03-05 11:00", "2026-03-04 11:00"),
    }
    found = report_of(imported(posts).files).findings
    assert [(finding.rule, finding.place.file) for finding in found] == [
        ("end-before-start", "changes/2026/2026-03-02-up.yaml"),
        ("end-before-start", "incidents/2026/2026-03-05-mail.md"),
    ]


def test_a_time_that_can_not_be_carried_is_kept_as_a_label_and_listed() -> None:
    post = OUTAGE.replace("2026-03-05 09:30:00", "2026-03-05T9:30:00")
    result = imported({"2026-03-05-mail.md": post})
    data = record(result, "incidents/2026/2026-03-05-mail.md")
    assert "started" not in data
    assert data["labels"] == {
        "severity": "down",
        "section": "issue",
        "imported-from": "content/issues/2026-03-05-mail.md",
        "date": "2026-03-05T9:30:00",
    }
    reason = "it is no time such as 2026-11-28T22:00:00+01:00"
    assert lost(result) == [
        ("2026-03-05-mail.md", f"date 2026-03-05T9:30:00 is kept as the label date only: {reason}")
    ]


@pytest.mark.parametrize("missing", ["date", "resolvedWhen"])
def test_a_change_with_half_a_window_has_none_and_keeps_the_half(missing: str) -> None:
    lines = [line for line in UPGRADE.split("\n") if not line.startswith(f"{missing}:")]
    data = record(imported({"2026-03-02-up.md": "\n".join(lines)}), "changes/2026/2026-03-02-up.yaml")
    assert "window" not in data
    kept = {"date": "resolved-when", "resolvedWhen": "date"}[missing]
    labels = data["labels"]
    assert isinstance(labels, dict)
    assert str(labels[kept]).startswith("2026-03-02T2")


@pytest.mark.parametrize(
    ("flag", "closed"), [("true", True), ("yes", True), ("false", False), ("no", False), ("", False)]
)
def test_a_change_is_closed_only_where_the_post_says_resolved(flag: str, closed: bool) -> None:
    post = UPGRADE.replace("resolved: true", f"resolved: {flag}")
    data = record(imported({"2026-03-02-up.md": post}), "changes/2026/2026-03-02-up.yaml")
    assert ("closure" in data) == closed
    assert "window" in data


def test_an_incident_that_is_not_resolved_has_no_end() -> None:
    data = record(
        imported({"2026-03-05-mail.md": OUTAGE.replace("resolved: true", "resolved: false")}),
        "incidents/2026/2026-03-05-mail.md",
    )
    assert "resolved" not in data
    assert "disposition" not in data
    assert isinstance(data["labels"], dict)
    assert data["labels"]["resolved-when"] == "2026-03-05 11:00:00"


@pytest.mark.parametrize(("severity", "impact"), [("down", 1), ("disrupted", 2), ("notice", 3), ("ok", None)])
def test_the_severity_becomes_the_impact(severity: str, impact: int | None) -> None:
    post = OUTAGE.replace("severity: down", f"severity: {severity}")
    assert (
        record(imported({"2026-03-05-x.md": post}), "incidents/2026/2026-03-05-x.md").get("impact") == impact
    )


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["2026-03-05-Mail.down.md"], ["2026-03-05-mail-down"]),
        (["mail.md"], ["2026-03-05-mail"]),
        (["2026-03-05-a.b.md", "2026-03-05-a-b.md"], ["2026-03-05-a-b", "2026-03-05-a-b-2"]),
        (["mail.md", "de/mail.md"], ["2026-03-05-mail", "2026-03-05-mail-de"]),
        (["mail/index.md"], ["2026-03-05-mail"]),
        (["Störung.md"], ["2026-03-05-storung"]),
    ],
)
def test_every_post_has_an_id_of_its_own(names: list[str], ids: list[str]) -> None:
    result = imported(dict.fromkeys(names, OUTAGE))
    paths = {path for path in result.files if path.startswith("incidents/")}
    assert paths == {f"incidents/2026/{id}.md" for id in ids}
    remarks = [remark.text for remark in result.remarks if remark.text.startswith("becomes the incident")]
    assert len(remarks) == len(names)


def test_everything_a_post_says_beside_becomes_a_label_or_is_listed() -> None:
    post = OUTAGE.replace("section: issue\n", "section: issue\npin: true\nabstract: |\n  a\n  b\nempty:\n")
    result = imported({"2026-03-05-mail.md": post})
    labels = record(result, "incidents/2026/2026-03-05-mail.md")["labels"]
    assert isinstance(labels, dict)
    assert labels["pin"] == "true"
    assert ("2026-03-05-mail.md", "abstract is no text of one line") in lost(result)


def test_a_title_that_is_too_long_is_cut_and_stands_in_the_text() -> None:
    title = "Mail is down " * 30
    result = imported({"2026-03-05-mail.md": OUTAGE.replace("Mail is down", title.strip())})
    content = result.files["incidents/2026/2026-03-05-mail.md"]
    assert isinstance(content, str)
    assert f"\n{title.strip()}\n\n" in content
    assert len(str(record(result, "incidents/2026/2026-03-05-mail.md")["title"])) == 200


@pytest.mark.parametrize(
    "text",
    [
        "  lead\n\n\n  trail  \n\t\n",
        "# a: b\n- |\n>\n%TAG\n---\n...\n",
        "x" * 5000,
        "\r\nOne\r\nTwo\r\n",
        "'\"\\ {}[]&*!\n",
    ],
)
def test_the_text_of_a_change_is_its_plan_word_for_word(text: str) -> None:
    result = imported({"2026-03-02-up.md": UPGRADE.split("\n\n", maxsplit=1)[0] + "\n" + text})
    data = record(result, "changes/2026/2026-03-02-up.yaml")
    assert str(data["plan"]).strip("\n") == text.replace("\r\n", "\n").strip("\n")


def test_characters_that_no_plan_may_have_are_written_out() -> None:
    result = imported({"2026-03-02-up.md": UPGRADE.replace("Done.", "Done\x1b[0m\u200b.")})
    assert "Done\\x1b[0m\\u200b." in str(record(result, "changes/2026/2026-03-02-up.yaml")["plan"])
    assert any("can't be seen" in text for _, text in lost(result))


def test_a_change_that_names_no_system_is_told_and_found(report_of: Callable[..., Report]) -> None:
    post = UPGRADE.replace("affected:\n  - shop.example.com\n", "")
    result = imported({"2026-03-02-up.md": post})
    assert ("2026-03-02-up.md", "it names no affected system, and a change needs one") in lost(result)
    assert [finding.rule for finding in report_of(result.files).findings] == ["invalid-value"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("# No front matter\n", "no front matter"),
        ("---\ntitle: a\ntitle: b\n---\nText\n", "written twice"),
        ("---\ntitle: [\n---\nText\n", "front matter can't be read"),
        ("---\n- a\n---\nText\n", "no front matter"),
        ("Größe".encode("latin-1"), "Latin-1"),
        (b"\0" * 50, "UTF-16"),
        ("---\ntitle: x\n---\n" + "x" * 300_000, "bytes"),
    ],
)
def test_a_post_that_can_not_be_read_is_listed(content: str | bytes, reason: str) -> None:
    result = imported({"a.md": content})
    assert not [path for path in result.files if path.startswith(("changes/", "incidents/"))]
    assert any(
        remark.file == "content/issues/a.md" and reason in remark.text for remark in result.not_carried
    )


def test_what_is_no_post_is_named_with_its_number() -> None:
    files = {
        "config.yml": CONFIG,
        "content/issues/_index.md": "---\ntitle: All\n---\n",
        "content/about.md": "x",
        "content/en/issues/mail.md": OUTAGE,
        "static/a.png": "x",
        "static/b/c.png": "x",
        "LICENSE": "x",
    }
    result = convert(MappingTree(files))
    assert "incidents/2026/2026-03-05-mail.md" in result.files
    assert {tuple(remark) for remark in result.not_carried} == {
        ("content/issues/_index.md", "it is the page above the posts, and none itself"),
        ("content/about.md", "it belongs to no post"),
        ("static/", "2 files, which belong to no post"),
        ("LICENSE", "it belongs to no post"),
        (
            "config.yml",
            "how the site looks is no part of the records; only its systems and time zone are carried over",
        ),
    }


def test_an_imported_site_passes_the_check(report_of: Callable[..., Report]) -> None:
    result = imported({"2026-03-02-shop-upgrade.md": UPGRADE, "2026-03-05-mail.md": OUTAGE})
    report = report_of(result.files)
    assert not report.findings
    assert report.records == 5


_values = st.one_of(
    st.sampled_from(
        ["true", "", "~", "[a, b]", "{a: b}", "2026-01-02", "2026-01-02T9:00", "Mail", "yes", "-", "[", "'"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=12),
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "date", "resolved", "resolvedWhen", "severity", "affected", "pin", "informational"]
        ),
        _values,
    ),
    st.text(max_size=40),
    st.sampled_from(["a.md", "2026-01-02-b.md", "x/_index.md", "index.md", "2026-13-45-c d.md"]),
)
def test_whatever_a_post_says_it_is_imported_or_listed(data: dict[str, str], text: str, name: str) -> None:
    post = "---\n" + "".join(f"{key}: {value}\n" for key, value in data.items()) + f"---\n{text}"
    result = imported({name: post.encode("utf-8", "surrogatepass")})
    for path, content in result.files.items():
        assert isinstance(content, str)
        format = Format.MARKDOWN if path.endswith(".md") else Format.YAML
        problems = source.read(path, content.encode("utf-8", "surrogatepass"), format).problems
        assert {problem.rule for problem in problems} <= {"forbidden-character"}
    told = {remark.file for remark in (*result.remarks, *result.not_carried)}
    assert f"content/issues/{name}" in told


# The command


def test_the_command_leaves_a_team_alone_that_is_there(tmp_path: Path) -> None:
    site, repo = tmp_path / "site", tmp_path / "repo"
    for path, text in {"config.yml": CONFIG, "content/issues/2026-03-05-mail.md": OUTAGE}.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    team = repo / "organization/teams/web-team.yaml"
    team.parent.mkdir(parents=True)
    team.write_text("name: The web team\n")
    arguments = ["import", "cstate", str(site), "--to", str(repo), "--team", "web-team"]
    for written in (3, 0):
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        assert f"{written} files written" in result.output
    assert team.read_text() == "name: The web team\n"
    assert (repo / "services/mail/service.yaml").read_text().startswith("name: Mail\nowner: web-team\n")
    check = CliRunner().invoke(main, ["check", "--repo", str(repo)], catch_exceptions=False)
    assert check.exit_code == 0
