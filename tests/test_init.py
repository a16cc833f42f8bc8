"""`gitsm init`: what a new user gets is clean, small and stays so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from gitsm.cli import main
from gitsm.schema.json_schema import DIALECT
from gitsm.starter import PRESETS, repository_files

ROOT = Path(__file__).parent.parent
OF_THE_EXAMPLE_ALONE = {
    "site_name",
    "site_url",
    "site_description",
    "repo_url",
    "repo_name",
    "edit_uri",
    "nav",
}
"""Settings in which the example organisation's site may differ from a new one."""


def gitsm(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def texts_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("as_of", ["2026-11-16T09:00+01:00", "2036-01-01T00:00Z"])
def test_a_new_repository_is_clean_and_stays_so(tmp_path: Path, preset: str, as_of: str) -> None:
    made = gitsm("init", tmp_path / "acme", "--preset", preset, "--timezone", "Europe/Vienna")
    assert made.exit_code == 0, made.output
    found = gitsm("check", "--repo", tmp_path / "acme", "--as-of", as_of, "--fail-on", "note")
    assert found.exit_code == 0, found.output
    assert "no findings" in found.output
    assert "0 records" not in found.output


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_in_it_is_dated(preset: str) -> None:
    for path, text in repository_files(name="Acme", preset=preset, timezone="UTC").items():
        assert not re.search(r"\b20\d\d\b", text), path
        assert not re.search(r"@[A-Z_]+@", text), path


@pytest.mark.parametrize("preset", PRESETS)
def test_its_site_builds(tmp_path: Path, preset: str) -> None:
    gitsm("init", tmp_path, "--preset", preset, "--name", 'Acme & Sons: "services"')
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert "Website" in (tmp_path / "site/services/index.html").read_text()


def test_its_schemas_and_editor_settings_are_current(tmp_path: Path) -> None:
    gitsm("init", tmp_path)
    assert gitsm("schema", "--check", "--repo", tmp_path).exit_code == 0
    assert DIALECT in (tmp_path / "schemas/change.schema.json").read_text()


def test_its_site_looks_as_the_example_does() -> None:
    def look(text: str) -> dict[str, object]:
        return {key: value for key, value in yaml.safe_load(text).items() if key not in OF_THE_EXAMPLE_ALONE}

    new = repository_files(name="Acme", preset="small-team", timezone="UTC")["mkdocs.yml"]
    assert look(new) == look((ROOT / "mkdocs.yml").read_text())


@pytest.mark.parametrize(
    "name", ["Acme", "Müller & Söhne", "a: [b", "- 'x' \"y\" #z", "{{ name }}", "@NAME@"]
)
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    made = gitsm("init", tmp_path, "--name", name)
    assert made.exit_code == 0, made.output
    assert yaml.safe_load((tmp_path / "mkdocs.yml").read_text())["site_name"] == name
    assert (tmp_path / "README.md").read_text().startswith(f"# {name}\n")


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "\x1b[2J", "x" * 101])
def test_but_a_name_is_one_line(tmp_path: Path, name: str) -> None:
    made = gitsm("init", tmp_path / "acme", "--name", name)
    assert made.exit_code == 2
    assert "one line" in made.output
    assert not (tmp_path / "acme").exists()


def test_the_folder_names_it_unless_told_otherwise(tmp_path: Path) -> None:
    gitsm("init", tmp_path / "acme-services")
    assert yaml.safe_load((tmp_path / "acme-services/mkdocs.yml").read_text())["site_name"] == "Acme services"


def test_a_time_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    made = gitsm("init", tmp_path / "acme", "--timezone", "Europe/Wien")
    assert made.exit_code == 2
    assert "did you mean Europe/Vienna?" in made.output
    assert not (tmp_path / "acme").exists()


def test_what_stands_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "organization").mkdir()
    (tmp_path / "organization/policy.yaml").write_text("timezone: Asia/Tokyo\n")
    made = gitsm("init", tmp_path)
    assert made.exit_code == 2
    assert "organization/policy.yaml" in made.output
    assert texts_in(tmp_path) == {"organization/policy.yaml": "timezone: Asia/Tokyo\n"}


def test_a_fresh_clone_keeps_what_its_host_put_into_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# mine\n")
    made = gitsm("init", tmp_path)
    assert made.exit_code == 0, made.output
    assert "README.md kept" in made.output
    assert (tmp_path / "README.md").read_text() == "# mine\n"


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    gitsm("init", tmp_path)
    before = texts_in(tmp_path)
    again = gitsm("init", tmp_path)
    assert again.exit_code == 0
    assert "nothing to do" in again.output
    assert texts_in(tmp_path) == before


def test_no_link_is_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/organization").symlink_to(outside)
    made = gitsm("init", tmp_path / "acme")
    assert made.exit_code == 2
    assert list(outside.iterdir()) == []


def test_the_next_steps_are_named(tmp_path: Path) -> None:
    made = gitsm("init", tmp_path / "acme")
    assert made.output.endswith(f"\nnext:\n  cd {tmp_path / 'acme'}\n  gitsm check\n  mkdocs serve\n")
