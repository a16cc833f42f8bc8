"""Each rule proves itself by its own examples, laid over the examples of the kinds.

A fragment stands under a comment with its path. `(whole)` after it is the whole file, `(before)` is what an
earlier commit held, and makes a repository with two commits of the example.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from gitsm import source
from gitsm.lint import Report, run
from gitsm.mending import mend
from gitsm.opening import open_repository
from gitsm.repository import Repository
from gitsm.rules import RULES

HEADER = re.compile(
    r"^# (\S+\.(?:yaml|yml|md|json|toml|gitattributes|gitsm-\w+)|CODEOWNERS)(?: \((whole|before|whole, before)\))?$",
    re.MULTILINE,
)


def fragments(text: str, *, before: bool = False) -> dict[str, tuple[str, bool]]:
    """The fragments under their comments: by path, the text, and whether it is the whole file."""
    parts = HEADER.split(text)
    assert not parts[0].strip(), f"a fragment stands under no path: {parts[0]!r}"
    return {
        path: (body.strip("\n") + "\n", "whole" in (how or ""))
        for path, how, body in zip(*[iter(parts[1:])] * 3, strict=True)
        if ("before" in (how or "")) is before
    }


def laid_over(files: dict[str, str], text: str, *, before: bool = False) -> dict[str, str]:
    """Files with fragments laid over them, key by key; a key with `null` goes."""
    result = dict(files)
    for path, (fragment, whole) in fragments(text, before=before).items():
        if whole or path not in files:
            result[path] = fragment
            continue
        form = source.Format.MARKDOWN if path.endswith(".md") else source.Format.YAML
        below = source.read(path, files[path].encode(), form)
        above = source.read(path, fragment.encode(), source.Format.YAML)
        assert below.data is not None
        assert above.data is not None, above.problems
        merged = {key: value for key, value in {**below.data, **above.data}.items() if value is not None}
        # Strings that need quotes are the examples' business, so they must survive as they are written.
        data = json.dumps(merged) if not above.problems else f"{_plain(below.data, above.data)}{fragment}"
        result[path] = f"---\n{data}\n---\n{below.body}" if form is source.Format.MARKDOWN else data + "\n"
    return result


def _plain(below: dict[str, object], above: dict[str, object]) -> str:
    kept = {key: value for key, value in below.items() if key not in above}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in kept.items())


def test_the_examples_of_all_kinds_break_no_rule(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    assert [finding.message for finding in report_of(example_files).findings] == []


def committed(folder: Path, files: dict[str, str], message: str, *, at: str = "2026-11-01T12:00:00Z") -> None:
    """Make a commit that holds these files and no others."""

    def git(*words: str) -> None:
        who = ("-c", "user.name=payroll-oncall", "-c", "user.email=payroll-oncall@example.com")
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_COMMITTER_DATE": at,
            "GIT_AUTHOR_DATE": at,
        }
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env=environment)

    if not (folder / ".git").exists():
        git("init", "--quiet", "-b", "main")
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "-m", message)


@pytest.fixture
def checked(
    example_files: dict[str, str], report_of: Callable[..., Report], now: datetime, tmp_path: Path
) -> Callable[[str], Report]:
    """Checks an example of a rule, with the history that it tells."""

    def check(text: str) -> Report:
        files = laid_over(example_files, text)
        if not fragments(text, before=True):
            return report_of(files)
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        committed(folder, laid_over(example_files, text, before=True), "Before")
        committed(folder, files, "Now")
        return run(open_repository(folder, clock=lambda: now), RULES.values())

    return check


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_bad_example_breaks_the_rule_and_the_good_one_none(
    name: str, checked: Callable[[str], Report]
) -> None:
    rule = RULES[name]
    bad = checked(rule.bad)
    broken = [finding for finding in bad.findings if finding.rule == name]
    assert broken, f"the bad example of {name} breaks only {[f.rule for f in bad.findings]}"
    assert all(rule.graded or finding.severity is rule.severity for finding in broken)
    good = checked(rule.good)
    assert [finding.message for finding in good.findings if finding.rule == name] == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_good_example_breaks_no_other_rule_than_the_bad_one(
    name: str, checked: Callable[[str], Report]
) -> None:
    """Or whoever mends one finding as the page says gets the next."""
    good, bad = checked(RULES[name].good), checked(RULES[name].bad)
    assert {finding.rule for finding in good.findings} <= {finding.rule for finding in bad.findings}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_words_of_a_rule_are_whole(name: str) -> None:
    rule = RULES[name]
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 110
    assert len(rule.explanation) > 40
    assert fragments(rule.bad).keys() or rule.bad
    assert rule.good
    assert all(option.meaning for option in rule.options)
    assert all(isinstance(option.default, int | str | tuple) for option in rule.options)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_finding_has_a_place(
    name: str, example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    files = laid_over(example_files, RULES[name].bad)
    for finding in report_of(files).findings:
        assert finding.place.file in files
        assert finding.message
        assert not finding.message.endswith(".")


def test_a_broken_link_is_shown_where_its_address_stands(report_of: Callable[..., Report]) -> None:
    links = (
        "See [one](no.md), [two](no.md)\nand ![three](no%20image.png) or\n[four][four].\n\n[four]: no.md\n"
    )
    body = f"## Mitigation\n\n{links}"
    report = report_of({"runbooks/a.md": f"---\nservices: []\n---\n{body}"})
    spans = [finding.place.span for finding in report.findings]
    assert [(span.line, span.column, span.end_column) for span in spans if span] == [
        (6, 11, 16),
        (6, 25, 30),
        (7, 14, 28),
        (8, 1, 14),
    ]


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_safe_edits_of_a_bad_example_bring_no_finding(
    name: str, example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    def check(repository: Repository) -> Report:
        return run(repository, RULES.values())

    repository = repository_of(laid_over(example_files, RULES[name].bad))
    mended = mend(repository, check)
    assert not mended.refused
    assert len(mended.report.findings) <= len(check(repository).findings)
    assert not mend(mended.repository, check).changes
