"""Compose files become services that stand on each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.cli import main
from gitsm.importers import Imported
from gitsm.importers.compose import convert
from gitsm.importers.foreign.anchored import Unreadable, read_anchored
from gitsm.importers.foreign.variables import filled
from gitsm.lint import Report
from gitsm.source import Format
from gitsm.tree import MappingTree

SHOP = """\
name: Web shop
x-defaults: &defaults
  image: registry.example.com/${NAME:-shop}:${VERSION:-1.2}
  restart: always
services:
  web:
    <<: *defaults
    ports: ["8080:80", {published: "9090", target: 90}]
    depends_on: [cart, db]
    environment: {PASSWORD: secret}
  cart:
    <<: [*defaults]
    image: cart:$TAG
    depends_on:
      db: {condition: service_healthy}
      cache: {condition: service_started, required: false}
      migrate: {condition: service_completed_successfully}
    labels: [org.opencontainers.image.title=Shopping cart, "org.opencontainers.image.description=Keeps what is bought"]
  cache: {image: "valkey:8", links: ["db:database"]}
  migrate: {network_mode: "service:web", volumes_from: ["db:ro", "container:x"]}
  db: {image: "postgres:18", healthcheck: {test: [CMD, pg_isready]}, profiles: [all, data]}
"""


def imported(*files: str, **options: str) -> Imported:
    return convert(MappingTree({f"{number}.yaml": text for number, text in enumerate(files)}), **options)


def record(result: Imported, id: str) -> dict[str, Any]:
    content = result.files[f"services/{id}/service.yaml"]
    assert isinstance(content, str)
    data = source.read("x.yaml", content.encode(), Format.YAML).data
    assert data is not None
    return data


def on(result: Imported, id: str) -> dict[str, str]:
    return {entry["service"]: entry["criticality"] for entry in record(result, id).get("depends_on", [])}


def lost(result: Imported) -> list[str]:
    return [remark.text for remark in result.not_carried]


def test_a_service_becomes_a_service() -> None:
    result = imported(SHOP)
    assert result.files["services/cart/service.yaml"] == (
        "name: Shopping cart\n"
        "owner: operations\n"
        "lifecycle: live\n"
        "description: Keeps what is bought\n"
        "system: web-shop\n"
        "depends_on:\n"
        "  - {service: db, criticality: hard}\n"
        "  - {service: cache, criticality: soft}\n"
        "  - {service: migrate, criticality: soft}\n"
        "labels: {image: cart:$TAG, imported-from: 0.yaml}\n"
    )
    assert result.files["organization/teams/operations.yaml"] == "name: Operations\n"
    assert record(result, "web")["labels"] == {
        "image": "registry.example.com/shop:1.2",
        "ports": "8080:80, 9090:90",
        "imported-from": "0.yaml",
    }
    assert record(result, "db")["labels"]["profiles"] == "all, data"


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("web", {"cart": "hard", "db": "hard"}),
        ("cache", {"db": "hard"}),
        ("migrate", {"db": "hard", "web": "hard"}),
        ("db", {}),
    ],
)
def test_what_a_service_stands_on(id: str, expected: dict[str, str]) -> None:
    assert on(imported(SHOP), id) == expected


def test_nothing_is_lost_in_silence() -> None:
    assert lost(imported(SHOP)) == [
        "image of 1 service holds variables without a value there, and stays as it is",
        "environment of 1 service is not carried over: it may hold secrets",
        "restart of 2 services is not carried over: no record has a place for it",
        "condition service_completed_successfully of 1 dependency is not carried over;"
        " they are soft, because what it waits for has ended",
        "condition service_healthy of 1 dependency is not carried over; they are hard",
        "condition service_started of 1 dependency is not carried over; they are hard",
    ]
    assert "secret" not in "".join(map(str, imported(SHOP).files.values()))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # A second file adds dependencies, in either form.
        (
            ("{a: {depends_on: [b]}, b: {}, c: {}}", "{a: {depends_on: {c: {required: false}}}}"),
            {"b": "hard", "c": "soft"},
        ),
        (("{a: {depends_on: [b]}, b: {}}", "{a: {depends_on: !reset null}}"), {}),
        (("{a: {depends_on: [b]}, b: {}, c: {}}", "{a: {depends_on: !override [c]}}"), {"c": "hard"}),
        # extends, of a service that extends another one
        (("{a: {extends: b}, b: {extends: {service: c}}, c: {depends_on: [d]}, d: {}}",), {"d": "hard"}),
        (("{a: {extends: {service: b, file: 1.yaml}}}", "{b: {depends_on: [a]}}"), {"a": "hard"}),
        (("{a: {extends: b, links: [d]}, b: {extends: a}, d: {}}",), {"d": "hard"}),
        # A name that nothing has stays, and a check finds it.
        (("{a: {depends_on: [Ghost]}}",), {"Ghost": "hard"}),
        (("{a: {depends_on: [b, ''], links: [my-db]}, b: {}, my_db: {}}",), {"b": "hard"}),
        (("{a: {depends_on: ['${X:-b}']}, b: {}}",), {"b": "hard"}),
        (("{a: {depends_on: 7}}",), {}),
        (("{a: {depends_on: {b: {required: false}}, links: [b]}, b: {}}",), {"b": "hard"}),
    ],
)  # fmt: skip
def test_overrides_and_odd_files(files: tuple[str, ...], expected: dict[str, str]) -> None:
    assert on(imported(*(f"services: {text}\n" for text in files)), "a") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: {a: {extends: {service: b, file: other.yaml}}}", "a file that was not named"),
        ("services: {a: {extends: b}}", "a extends b, which is not there"),
        ("services: {a: {extends: b}, b: {extends: a}}", "a extends itself"),
        ("services: {a: 7}", "the service a is no mapping"),
        ("services: {}", "it has no services"),
        ("include: [x.yaml]\nservices: {a: {}}", "include names other files, and none is followed"),
        ("volumes: {x: }\nservices: {a: {}}", "volumes at its top is not carried over"),
        ("services: {a: {depends_on: [Ghost]}}", "names Ghost, which is no service there; it stays as it is"),
        ("services: {a: {depends_on: 3}}", "depends_on of a is neither a list nor a mapping"),
        ("services: {a: {depends_on: [null]}}", "depends_on of a names nothing, which is no service there"),
        ("services: {a: {healthcheck: {test: 'a\n\n  b'}}}", "healthcheck of a is no text of one line"),
        ("services: [", "it is no YAML"),
        ("services: {a: {}, a: {}}", "line 1: a key stands there twice"),
        ("services: {a: *nothing}", "an alias stands for nothing"),
        ("services: &s {a: {x: *s}}", "something holds itself"),
        ("services: {[a]: {}}", "stands where a key is due"),
        ("services: {a: {<<: 7}}", "something is merged that is no mapping"),
        ("services: {a: {}}\n---\nservices: {}", "it holds several documents"),
        ("services: {a: \xff}", "it is not UTF-8"),
        ("services: {a: \x1b}", "it is no YAML"),
        ("[" * 60 + "]" * 60, "more than 32 deep"),
    ],
)
def test_what_can_not_be_carried_is_said(text: str, said: str) -> None:
    content = text.encode("latin-1") if "\xff" in text else text.encode()
    result = convert(MappingTree({"compose.yaml": content}))
    assert any(said in line for line in lost(result)), lost(result)


BOMBS = {
    "aliases": "x0: &x0 [a]\n"
    + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 60))
    + "services: {a: {depends_on: *x59}}\n",
    "merges": "x0: &x0 {a: 1}\n"
    + "".join(f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 9)}], k{n}: 1}}\n" for n in range(1, 400))
    + "services: {a: {<<: *x399}}\n",
    "wide merges": "x: &x {" + ", ".join(f"k{n}: 1" for n in range(2_000)) + "}\nservices:\n"
    + "".join(f"  s{n}: {{<<: *x}}\n" for n in range(2_000)),
    "shared": "x: &x [" + ", ".join(f"d{n}" for n in range(1_000)) + "]\nservices:\n"
    + "".join(f"  s{n}: {{depends_on: *x}}\n" for n in range(500)),
    "chain": "services:\n" + "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(4_000)),
    "braces": "services: {a: {image: '" + "${a:-" * 1_900 + "'}}\n",
    "deep": "services: " + "{a: " * 5_000,
    "many": "services:\n" + "".join(f"  s{n}: {{}}\n" for n in range(12_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_harmless(name: str) -> None:
    """What would go wrong takes hours, or the memory of the machine."""
    assert imported(BOMBS[name]).not_carried


@pytest.mark.parametrize(
    ("text", "expected", "missing"),
    [
        ("plain", "plain", set()),
        ("$A-${B}", "$A-${B}", {"A", "B"}),
        ("${A:-x}${B-y}", "xy", set()),
        ("${A:-${B:-z}}", "z", set()),
        ("${A:-${B}}", "${B}", {"B"}),
        ("${A:?needed}", "${A:?needed}", {"A"}),
        ("a${A:+b}c", "ac", set()),
        ("$$HOME $", "$HOME $", set()),
        ("${A:-x", "${A:-x", set()),
        ("${1}", "${1}", set()),
        ("${" * 5 + "}" * 5, "${" * 5 + "}" * 5, set()),
    ],
)
def test_variables(text: str, expected: str, missing: set[str]) -> None:
    assert filled(text) == (expected, missing)


WORDS = st.sampled_from(
    ["services:", "a:", "b:", "depends_on:", "<<:", "*x", "&x", "[", "]", "{", "}", "\n", "\n  ", "\n    ", ", ",
     "extends:", "links:", "!reset", "!override", "- ", "'", "${A:-", "labels:", "ports:", "null", "\0", "'<<':"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=80), st.lists(WORDS, max_size=25).map(" ".join).map(str.encode)))
def test_whatever_is_read_there_is_an_answer(content: bytes) -> None:
    result = convert(MappingTree({"compose.yaml": content}))
    assert result.files or result.not_carried
    for path, text in result.files.items():
        assert isinstance(text, str)
        assert not source.read(path, text.encode(), Format.YAML).problems


TREES = st.recursive(
    st.text(alphabet="ab", min_size=1, max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(alphabet="abc", min_size=1), below, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(alphabet="abc", min_size=1), TREES, min_size=1))
def test_plain_data_is_read_as_records_are(data: dict[str, Any]) -> None:
    assert read_anchored(json.dumps(data).encode()) == data


def test_an_alias_is_shared_and_never_copied() -> None:
    read = read_anchored(b"a: &a [x]\nb: *a\nc: {<<: {d: *a}}\n")
    assert isinstance(read, dict)
    assert read["a"] is read["b"]
    assert isinstance(read["c"], dict)
    assert read["c"]["d"] is read["a"]
    with pytest.raises(Unreadable):
        read_anchored(b"a: &a [*a]")


# --- on the command line


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["import", "compose", *map(str, words)], catch_exceptions=False)
    return result.exit_code, result.output


def test_a_second_import_writes_nothing_and_a_check_is_content(
    tmp_path: Path, report_of: Callable[..., Report]
) -> None:
    (tmp_path / "compose.yaml").write_text(SHOP, encoding="utf-8")
    code, output = run(tmp_path / "compose.yaml", "--to", tmp_path / "to")
    assert (code, output.splitlines()[:2]) == (
        0,
        ["Imported 5 services, 1 team", f"6 files written to {tmp_path / 'to'}"],
    )
    code, output = run(tmp_path, "--to", tmp_path / "to")
    assert (code, "0 files written" in output) == (0, True)
    files = {
        path.relative_to(tmp_path / "to").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((tmp_path / "to").rglob("*.yaml"))
    }
    assert [finding.rule for finding in report_of(files).findings] == ["dependency-cycle"]


def test_files_are_read_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    for name, image in (("b.yaml", "one"), ("a.yaml", "two")):
        (tmp_path / name).write_text(f"services: {{s: {{image: {image}}}}}\n", encoding="utf-8")
    code, _ = run(
        tmp_path / "b.yaml", tmp_path / "a.yaml", "--to", tmp_path / "to", "--team", "web", "--system", "shop"
    )
    written = (tmp_path / "to/services/s/service.yaml").read_text(encoding="utf-8")
    assert (code, "image: two" in written, "owner: web" in written, "system: shop" in written) == (
        0,
        True,
        True,
        True,
    )


def test_what_it_can_not_do_is_said(tmp_path: Path) -> None:
    assert "is a folder without compose.yaml or" in run(tmp_path, "--to", tmp_path / "to")[1]
    (tmp_path / "compose.yaml").write_text("services: [", encoding="utf-8")
    code, output = run(tmp_path / "compose.yaml", "--to", tmp_path / "to")
    assert (code, "there is nothing to import\n  compose.yaml: line " in output) == (2, True)
    (tmp_path / "compose.yaml").write_text("#" * 300_000, encoding="utf-8")
    assert "262,144 bytes" in run(tmp_path / "compose.yaml", "--to", tmp_path / "to")[1]
