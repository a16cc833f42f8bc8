"""What a repository's settings make of the rules: levels, options, paths, and the baseline."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.lint import Levels, Rule, run
from gitsm.opening import baseline, open_repository
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.settings import Settings, SettingsError, settings_of


def settings(text: str) -> Settings:
    return settings_of({"gitsm.toml": text.encode()})


def late(
    repository: Repository, *, days: int = 30, words: tuple[str, ...] = ("late",)
) -> Iterator[Diagnostic]:
    for file in ("runbooks/a.md", "runbooks/old/b.md", "services/x/service.yaml"):
        yield Diagnostic(f"{days} {'+'.join(words)}", Place(file))


def strict(repository: Repository) -> Iterator[Diagnostic]:
    yield from late(repository)


LATE = Rule("late", Severity.WARNING, late, "test")
STRICT = Rule("strict", Severity.ERROR, strict, "test", suppressible=False)


def levels_of(text: str) -> list[str]:
    levels = Levels([LATE, STRICT], settings(text))
    files = ("runbooks/a.md", "runbooks/old/b.md", "services/x/service.yaml")
    return [str(levels.of(LATE, file) or "off") for file in files]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["warning"] * 3),
        ("[rules]\nlate = 'error'", ["error"] * 3),
        ("[rules]\nlate = 'off'", ["off"] * 3),
        ("[rules]\nlate = {level = 'note', days = 3}", ["note"] * 3),
        ("[rules]\nlate = {days = 3}", ["warning"] * 3),
        ("[paths.'runbooks/**']\nlate = 'off'", ["off", "off", "warning"]),
        ("[paths.'runbooks/*.md']\nlate = 'off'", ["off", "warning", "warning"]),
        ("[paths.'**/b.md']\nlate = 'off'", ["warning", "off", "warning"]),
        ("[paths.'**']\nlate = 'off'\n[paths.'runbooks/old/**']\nlate = 'error'", ["off", "error", "off"]),
        ("[paths.'runbooks/?.md']\nlate = 'note'", ["note", "warning", "warning"]),
        ("[paths.'runbooks']\nlate = 'off'", ["off", "off", "warning"]),
        ("[paths.'runbooks/old/']\nlate = 'off'", ["warning", "off", "warning"]),
        ("[paths.'./runbooks/**']\nlate = 'off'", ["off", "off", "warning"]),
        ("[paths.'runbook']\nlate = 'off'", ["warning"] * 3),
        ("[paths.'runbooks/(a|b).md']\nlate = 'off'", ["warning"] * 3),
        ("[rules]\nlate = 'off'\n[paths.'services/**']\nlate = 'note'", ["off", "off", "note"]),
    ],
)
def test_a_rule_has_the_level_that_is_set_for_a_file(text: str, expected: list[str]) -> None:
    assert levels_of(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rules]\nlat = 'off'", "did you mean late?"),
        ("[rules]\nlate = 'fatal'", "error, not 'fatal'"),
        ("[rules]\nlate = 3", "not 3"),
        ("[rules]\nlate = {level = 'of'}", "not 'of'"),
        ("[rules]\nlate = {dayz = 3}", "did you mean days?"),
        ("[rules]\nstrict = {days = 3}", "it has none"),
        ("[rules]\nlate = {days = '3'}", "takes a whole number, not '3'"),
        ("[rules]\nlate = {days = true}", "takes a whole number"),
        ("[rules]\nlate = {days = -1}", "from 0 to 100000"),
        ("[rules]\nlate = {words = 'late'}", "takes a list of texts"),
        ("[rules]\nlate = {words = [1]}", "takes a list of texts"),
        ("[rules]\nstrict = 'off'", "can't be ignored, so it can't be set to off"),
        ("[rules]\nstrict = 'warning'", "can't be set to warning"),
        ("[paths.'runbooks/**']\nstrict = 'off'", "can't be set to off"),
        ("[paths.'runbooks/**']\nlat = 'off'", "did you mean late?"),
        ("[paths.'runbooks/**']\nlate = {days = 3}", "not a table"),
        ("[paths]\n'runbooks/**' = 'off'", "must be a table of rules"),
        (f"[paths.'{'a' * 501}']\nlate = 'off'", "from 1 to 500 characters"),
        ("rules = 'off'", "rules must be a table of rules"),
        ("baseline = 'main'", "must be the id of a commit"),
        ("baseline = 1234567", "must be the id of a commit"),
        ("site_url = 'ops.example.com'", "must be the address of the site"),
        ("site_url = 'javascript:alert(1)'", "must be the address of the site"),
        ("ruls = {}", "did you mean rules?"),
        (f"[rules]\nlate = {{days = [0x{'f' * 5000}]}}", "takes a whole number, not a list"),
        (f"[rules]\nlate = 0x{'f' * 5000}", "not so large a number"),
        ("site_url = 'https://a\u202eb/'", "must be the address of the site"),
    ],
)
def test_what_can_not_be_set_is_said(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Levels([LATE, STRICT], settings(text))
    assert words in str(caught.value)
    assert str(caught.value).startswith("gitsm.toml")


def test_settings_in_two_places_are_refused() -> None:
    with pytest.raises(SettingsError, match="keep one of them"):
        settings_of({"gitsm.toml": b"", "pyproject.toml": b"[tool.gitsm]\n"})
    assert settings_of({"gitsm.toml": b"", "pyproject.toml": b"[tool.other]\n"}).file == "gitsm.toml"
    assert settings_of({"pyproject.toml": b"[tool.gitsm]\n"}).file == "pyproject.toml"


def test_options_reach_the_rule(repository_of: Callable[..., Repository]) -> None:
    chosen = settings("[rules]\nlate = {days = 3, words = ['a', 'b']}\n[paths.'runbooks/**']\nlate = 'off'")
    report = run(repository_of({}, settings=chosen), [LATE])
    assert [(f.message, f.place.file) for f in report.findings] == [("3 a+b", "services/x/service.yaml")]


@pytest.mark.parametrize(
    ("graded", "text", "expected"),
    [
        (False, "", ["warning", "warning"]),
        (True, "", ["note", "error"]),
        (True, "[rules]\ngraded = 'error'", ["error", "error"]),
        (True, "[paths.'a.md']\ngraded = 'warning'", ["warning", "error"]),
    ],
)
def test_the_findings_of_a_graded_rule_keep_their_grade(
    repository_of: Callable[..., Repository], graded: bool, text: str, expected: list[str]
) -> None:
    def check(repository: Repository) -> Iterator[Diagnostic]:
        yield Diagnostic("a", Place("a.md"), severity=Severity.NOTE)
        yield Diagnostic("b", Place("b.md"), severity=Severity.ERROR)

    rule = Rule("graded", Severity.WARNING, check, "test", graded=graded)
    report = run(repository_of({}, settings=settings(text)), [rule])
    assert [str(finding.severity) for finding in report.findings] == expected


def test_a_rule_that_is_off_is_not_run(repository_of: Callable[..., Repository]) -> None:
    def broken(repository: Repository) -> Iterator[Diagnostic]:
        raise AssertionError
        yield

    rule = Rule("broken", Severity.ERROR, broken, "test")
    assert not run(repository_of({}, settings=settings("[rules]\nbroken = 'off'")), [rule]).findings


def test_of_a_rule_that_is_off_no_suppression_is_unused(repository_of: Callable[..., Repository]) -> None:
    file = "runbooks/a.md"
    text = (
        "---\nservices: [] # gitsm: ignore[review-overdue] because it is new\n---\n\n## Mitigation\n\nWait.\n"
    )
    unused = RULES["unused-suppression"]
    overdue = RULES["review-overdue"]

    def found(settings_text: str) -> list[str]:
        repository = repository_of({file: text}, settings=settings(settings_text))
        return [finding.rule for finding in run(repository, [unused, overdue]).findings]

    assert found("") == ["unused-suppression"]
    assert found("[rules]\nreview-overdue = 'off'") == []
    assert found("[paths.'runbooks/**']\nreview-overdue = 'off'") == []
    assert found("[rules]\nunused-suppression = 'off'" if unused.suppressible else "") in (
        [],
        ["unused-suppression"],
    )


@given(st.text(alphabet="ab/*?.[](){}+^$|\\", min_size=1, max_size=12), st.text(alphabet="ab/.", max_size=8))
def test_a_pattern_matches_what_its_marks_say(pattern: str, path: str) -> None:
    """Held against matching by hand, mark by mark: of a path, or of a folder that it lies in."""
    assume(pattern.removeprefix("./").rstrip("/"))
    chosen = Settings(file="gitsm.toml", paths={pattern: {"late": "off"}})
    level = Levels([LATE], chosen).of(LATE, path)
    folders = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    meant = pattern.removeprefix("./").rstrip("/")
    assert (level is None) is any(matches(meant, each) for each in (path, *folders))


def matches(pattern: str, path: str) -> bool:
    if not pattern:
        return not path
    if pattern.startswith("**/"):
        rest = pattern[3:]
        return matches(rest, path) or any(
            matches(rest, path[at + 1 :]) for at, letter in enumerate(path) if letter == "/"
        )
    if pattern.startswith("**"):
        return any(matches(pattern[2:], path[at:]) for at in range(len(path) + 1))
    if pattern[0] == "*":
        longest = path.find("/") if "/" in path else len(path)
        return any(matches(pattern[1:], path[at:]) for at in range(longest + 1))
    if not path:
        return False
    same = path[0] != "/" if pattern[0] == "?" else path[0] == pattern[0]
    return same and matches(pattern[1:], path[1:])


# --- the baseline is a commit

OLD = "---\nservices: []\n---\n\n## Mitigation\n\nSee [this](gone.md).\n"


@pytest.fixture
def adopted(tmp_path: Path) -> Path:
    """A repository that adopted the toolkit with a dead link in it."""
    for path, text in {"runbooks/a.md": OLD, "organization/policy.yaml": "timezone: UTC\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "Before")
    commit = git(tmp_path, "rev-parse", "HEAD").strip()
    (tmp_path / "gitsm.toml").write_text(f'as_of = 2026-12-01T09:00:00Z\nbaseline = "{commit}"\n')
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "Adopt")
    return tmp_path


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=payroll-oncall", "-c", "user.email=payroll-oncall@example.com")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    answer = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True, env=environment
    )
    return answer.stdout


def check(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        main, ["check", "--format", "concise", "--repo", str(folder), *words], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_what_stood_at_the_baseline_fails_nothing(adopted: Path) -> None:
    code, output = check(adopted)
    assert (code, "stood there before" in output, "broken-link" in output) == (0, True, False)
    assert check(adopted, "--no-baseline")[0] == 1


def test_what_came_after_the_baseline_fails(adopted: Path) -> None:
    (adopted / "runbooks/b.md").write_text(OLD, encoding="utf-8")
    code, output = check(adopted)
    assert (code, "runbooks/b.md" in output, "runbooks/a.md" in output) == (1, True, False)
    code, output = check(adopted, "--since", "HEAD")
    assert (code, "runbooks/b.md" in output, "runbooks/a.md" in output) == (1, True, False)


def test_the_settings_of_today_hold_for_the_baseline_too(adopted: Path) -> None:
    """Or a rule that is made stricter would turn old findings into new ones."""
    with (adopted / "gitsm.toml").open("a") as file:
        file.write("[rules]\nbroken-link = 'note'\n")
    assert check(adopted, "--fail-on", "note")[0] == 0


@pytest.mark.parametrize("commit", ["0" * 40, "1234567"])
def test_a_baseline_that_is_not_there_is_said(adopted: Path, commit: str) -> None:
    (adopted / "gitsm.toml").write_text(f'baseline = "{commit}"\n')
    code, output = check(adopted)
    assert (code, "the baseline can't be read" in output) == (2, True)


def test_a_baseline_outside_git_is_said(tmp_path: Path, example_files: dict[str, str], now: datetime) -> None:
    for path, text in {**example_files, "gitsm.toml": 'baseline = "1234567"\n'}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    code, output = check(tmp_path, "--as-of", now.isoformat(timespec="minutes"))
    assert (code, "in no Git repository" in output) == (2, True)


def test_the_baseline_is_read_at_its_commit(adopted: Path, now: datetime) -> None:
    repository = open_repository(adopted, clock=lambda: now)
    before = baseline(repository)
    assert before is not None
    assert "gitsm.toml" in repository.files
    assert "gitsm.toml" not in before.files
    assert (before.now, before.settings) == (repository.now, repository.settings)


# --- what is shown

SET = """\
as_of = 2026-12-01T09:00:00+00:00
site_url = "https://ops.example.com"

[rules]
review-overdue = "error"

[paths."runbooks/legacy/**"]
broken-link = "off"
"""


def test_the_settings_are_shown_as_they_could_be_written(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "gitsm.toml").write_text(SET)
    code, output = check(tmp_path, "--show-settings")
    assert code == 0
    shown = tomllib.loads(output)
    assert set(shown["rules"]) == set(RULES)
    assert shown["rules"]["review-overdue"] == "error"
    assert shown["paths"] == {"runbooks/legacy/**": {"broken-link": "off"}}
    assert "preset small-team" in output
    (tmp_path / "gitsm.toml").write_text(output)
    again = check(tmp_path, "--show-settings")[1]
    assert tomllib.loads(again) == shown


def test_settings_that_can_not_hold_end_every_command_that_checks(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "gitsm.toml").write_text("[rules]\nreview-overdoo = 'off'\n")
    for words in ([], ["--show-settings"]):
        code, output = check(tmp_path, *words)
        assert (code, "did you mean review-overdue?" in output) == (2, True)
