"""The command line: help, exit codes, and what every command that reads has in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from gitsm import __version__, cli
from gitsm.cli import GROUPS, main
from gitsm.rules import RULES

COMMANDS = sorted(main.list_commands(click.Context(main)))


def run(*words: str, folder: Path | None = None) -> Result:
    repo = ["--repo", str(folder)] if folder is not None else []
    return CliRunner().invoke(main, [*words, *repo], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, example_files: dict[str, str]) -> Path:
    for path, text in {**example_files, "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_help_groups_every_command() -> None:
    output = run("--help").output
    for title in GROUPS.values():
        assert title in output or title in ("Decide", "Operate", "Publish")
    for name in COMMANDS:
        assert f"\n  {name} " in output


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_helps(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.name in ("form",), f"{name} --{parameter.name} has no help"


READERS = ["check", "calendar", "map"]


@pytest.mark.parametrize("name", READERS)
def test_whatever_reads_takes_a_moment_and_a_revision(name: str, folder: Path) -> None:
    assert run(name, folder=folder).exit_code == 0
    assert run(name, "--as-of", "2026-12-01T10:00Z", folder=folder).exit_code == 0
    wrong = run(name, "--as-of", "tomorrow", folder=folder)
    assert (wrong.exit_code, "tomorrow is not an instant" in wrong.output) == (2, True)
    nowhere = run(name, "--at", "HEAD", folder=folder)
    assert (nowhere.exit_code, "in no Git repository" in nowhere.output) == (2, True)


def test_what_time_alone_brings_comes_with_the_moment(folder: Path) -> None:
    later = run("check", "--as-of", "2036-01-01T00:00Z", "--format", "concise", folder=folder)
    assert "[review-overdue]" in later.output
    assert later.exit_code == 0
    assert run("check", "--as-of", "2036-01-01T00:00Z", "--fail-on", "warning", folder=folder).exit_code == 1


def test_several_formats_at_once(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("out") / "findings.json"
    result = run("check", "--format", "concise", "--format", f"json={file}", folder=folder)
    records = json.loads(file.read_text())["records"]
    assert result.output == f"{records} records in {records} files checked: no findings\n"
    assert records == len([*folder.rglob("*.yaml"), *folder.rglob("*.md")])


def test_an_unknown_format_command_rule_or_service_is_named(folder: Path) -> None:
    assert "there is no format 'sarf'" in run("check", "--format", "sarf", folder=folder).output
    assert "did you mean check?" in run("chekc").output
    assert "did you mean dependency-cycle?" in run("explain", "dependency-cycel").output
    assert "did you mean payroll?" in run("map", "payrol", folder=folder).output
    for words in (
        ["chekc"],
        ["explain", "x"],
        ["map", "x", "--repo", str(folder)],
        ["check", "--repo", "/nowhere"],
    ):
        assert CliRunner().invoke(main, words).exit_code == 2


@pytest.mark.parametrize("name", sorted(RULES))
def test_each_rule_explains_itself(name: str) -> None:
    output = run("explain", name).output
    assert RULES[name].summary in " ".join(output.split())
    assert " ".join(RULES[name].explanation.split()) in " ".join(output.split())


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_explanations_fit_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    prose = [run("explain", name).output.partition("\nBad\n")[0] for name in RULES]
    longest = max(len(line) for text in prose for line in text.splitlines())
    assert min(columns, 120) - 25 < longest <= min(columns, 120)
    listed = run("explain").output.splitlines()
    assert max(map(len, listed)) <= max(min(columns, 120), 80)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_whole_sentences(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    first = (command.help or "").split("\n\n")[0]
    assert first.endswith(".")
    assert len(first) <= 60
    assert "..." not in run("--help").output.partition("\n\n")[2].partition("Options:")[2]


def test_colours_are_left_out_where_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in (True, False):
        monkeypatch.setattr("gitsm.commands.explain.wants_colour", lambda wanted=wanted: wanted)
        for words in (["explain"], ["explain", "dependency-cycle"]):
            assert ("\x1b" in CliRunner().invoke(main, words, color=True).output) == wanted


def test_the_calendar_of_a_service_leaves_out_what_comes_back_for_others(folder: Path) -> None:
    pay_run, patches, freeze = "Month-end pay run", "Patch nights", "Year-end freeze"
    everything = run("calendar", folder=folder).output
    assert pay_run in everything
    others = run("calendar", "--service", "ledger", folder=folder).output
    assert [title in others for title in (pay_run, patches, freeze)] == [False, False, False]
    own = run("calendar", "--service", "payroll", folder=folder).output
    assert [title in own for title in (pay_run, freeze)] == [True, True]
    wrong = run("calendar", "--service", "payrol", folder=folder)
    assert (wrong.exit_code, "did you mean payroll?" in wrong.output) == (2, True)


def test_a_folder_without_records_is_no_clean_repository(tmp_path: Path) -> None:
    result = run("check", folder=tmp_path)
    assert (result.exit_code, "there are no records here" in result.output) == (2, True)


def test_broken_settings_end_with_2(folder: Path) -> None:
    (folder / "gitsm.toml").write_text("as_off = 1\n", encoding="utf-8")
    result = run("check", folder=folder)
    assert (result.exit_code, "did you mean as_of?" in result.output) == (2, True)


def test_our_own_fault_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        error = RuntimeError("oh")
        error.add_note("in the rule some-rule")
        raise error

    monkeypatch.setattr(cli, "main", broken)
    assert cli.run_command() == 3
    assert "a fault of gitsm itself in the rule some-rule" in capsys.readouterr().err


PRINTING = (
    ["check"],
    ["check", "--help"],
    ["--version"],
    ["explain"],
    ["calendar", "--format", "ics"],
    ["map"],
)


def in_a_shell(line: str, *words: str, folder: Path, unbuffered: str) -> subprocess.CompletedProcess[str]:
    """What a line of a shell does in which `gitsm` stands for the command with these words."""
    command = f"{sys.executable} -m gitsm {' '.join(words)}"
    return subprocess.run(
        ["sh", "-c", line.replace("gitsm", command)],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_what_can_t_be_printed_is_said_in_a_sentence(words: list[str], unbuffered: str, folder: Path) -> None:
    full = in_a_shell("gitsm > /dev/full", *words, folder=folder, unbuffered=unbuffered)
    sentence = "gitsm: what the command prints can't be written: No space left on device\n"
    assert (full.returncode, full.stderr) == (2, sentence)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_a_reader_who_has_seen_enough_is_told_nothing(
    words: list[str], unbuffered: str, folder: Path
) -> None:
    for reader in ("true", "head -1"):
        gone = in_a_shell(f"gitsm | {reader}", *words, folder=folder, unbuffered=unbuffered)
        assert (gone.returncode, gone.stderr) == (0, "")
    closed = in_a_shell("gitsm >&-", *words, folder=folder, unbuffered=unbuffered)
    assert (closed.returncode, closed.stderr) == (0, "")


def test_the_version_is_said_without_looking_at_any_command() -> None:
    script = (
        "import sys; from gitsm.cli import main; main(['--version'], standalone_mode=False);"
        "heavy = ('pydantic', 'gitsm.commands.', 'markdown_it', 'mkdocs');"
        "print(sorted(name for name in sys.modules if name.startswith(heavy)))"
    )
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert output == f"gitsm, version {__version__}\n[]\n"


def test_the_top_of_the_repository_is_found_from_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "services" / "payroll")
    assert run("check").output == run("check", folder=folder).output
    assert "no findings" in run("check").output


def test_the_same_bytes_each_time(folder: Path) -> None:
    (folder / "services/a").mkdir()
    (folder / "services/a/service.yaml").write_text("nmae: A\ntier: 9\n", encoding="utf-8")
    for command in (["check"], ["check", "--format", "json"], ["calendar", "--format", "ics"], ["map"]):
        seeds = [
            subprocess.run(
                [sys.executable, "-m", "gitsm", *command, "--repo", str(folder)],
                env={"PYTHONHASHSEED": seed, "COLUMNS": "80"},
                check=False,
                capture_output=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert seeds[0] == seeds[1]
        assert seeds[0]


def test_a_folder_without_records_is_a_wrong_folder_whatever_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x\n")
    (tmp_path / "linked").symlink_to(tmp_path / "notes.txt")
    (tmp_path / "-odd").write_text("x\n")
    result = CliRunner().invoke(main, ["check", "--repo", str(tmp_path)])
    assert (result.exit_code, "there are no records here" in result.output) == (2, True)
    (tmp_path / "services").symlink_to(tmp_path / "notes.txt")
    result = CliRunner().invoke(main, ["check", "--repo", str(tmp_path)])
    assert (result.exit_code, "unreadable-file" in result.output) == (1, True)


def test_a_report_is_not_written_through_a_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose repository it is might have laid the link to a file of the build machine."""
    monkeypatch.chdir(folder)
    precious = folder.parent / f"{folder.name}-precious"
    precious.write_text("precious")
    (folder / "out.sarif").symlink_to(precious)
    (folder / "out").symlink_to(folder.parent)
    for name in ("out.sarif", "out/x.sarif"):
        result = run("check", "--format", f"sarif={name}", folder=folder)
        assert (result.exit_code, "link" in result.output) == (2, True)
    (folder / "feeds").symlink_to(folder.parent)
    result = run("export", "ics", "feeds", folder=folder)
    assert (result.exit_code, "link" in result.output) == (2, True)
    assert not (folder.parent / "all.ics").exists()
    assert precious.read_text() == "precious"
    assert run("export", "ics", "calendars", folder=folder).exit_code == 0
    assert (folder / "calendars/all.ics").is_file()
    assert run("check", "--format", "sarif=reports/x.sarif", folder=folder).exit_code == 0
    assert (folder / "reports/x.sarif").is_file()


def test_settings_that_are_a_link_end_the_command(folder: Path) -> None:
    (folder / "gitsm.toml").rename(folder / "elsewhere.toml")
    (folder / "gitsm.toml").symlink_to("elsewhere.toml")
    result = run("check", folder=folder)
    assert (result.exit_code, "gitsm.toml can't be read" in result.output) == (2, True)


def test_what_a_terminal_can_not_show_ends_no_report(folder: Path) -> None:
    (folder / "services/ledger/service.yaml").write_text(
        "name: Ledger\nowner: payroll-team\nlifecycle: lïve …\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "gitsm", "check", "--repo", str(folder)],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    assert b"\\u2026" in result.stdout


def test_the_summary_of_a_job_is_appended_to_files_alone(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifo = tmp_path_factory.mktemp("job") / "summary"
    os.mkfifo(fifo)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(fifo))
    result = run("check", "--format", "github", folder=folder)
    assert (result.exit_code, "summary can't be written: it is no file" in result.output) == (0, True)
