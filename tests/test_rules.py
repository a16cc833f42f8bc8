"""Each rule proves itself by its own examples, laid over the examples of the kinds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from gitsm import source
from gitsm.lint import Report
from gitsm.rules import RULES

HEADER = re.compile(r"^# (\S+\.(?:yaml|md|json))( \(whole\))?$", re.MULTILINE)


def fragments(text: str) -> dict[str, tuple[str, bool]]:
    """The fragments under their comments: by path, the text, and whether it is the whole file."""
    parts = HEADER.split(text)
    assert not parts[0].strip(), f"a fragment stands under no path: {parts[0]!r}"
    return {
        path: (body.strip("\n") + "\n", bool(whole))
        for path, whole, body in zip(*[iter(parts[1:])] * 3, strict=True)
    }


def laid_over(files: dict[str, str], text: str) -> dict[str, str]:
    """Files with fragments laid over them, key by key; a key with `null` goes."""
    result = dict(files)
    for path, (fragment, whole) in fragments(text).items():
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


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_bad_example_breaks_the_rule_and_the_good_one_none(
    name: str, example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    rule = RULES[name]
    bad = report_of(laid_over(example_files, rule.bad))
    broken = [finding for finding in bad.findings if finding.rule == name]
    assert broken, f"the bad example of {name} breaks only {[f.rule for f in bad.findings]}"
    assert all(finding.severity is rule.severity for finding in broken)
    good = report_of(laid_over(example_files, rule.good))
    assert [finding.message for finding in good.findings if finding.rule == name] == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_words_of_a_rule_are_whole(name: str) -> None:
    rule = RULES[name]
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 110
    assert len(rule.explanation) > 40
    assert fragments(rule.bad).keys() or rule.bad
    assert rule.good


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
        (7, 1, 32),
        (8, 1, 14),
    ]
