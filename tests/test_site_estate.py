"""The map of the estate: where services stand, what the tables say, and that the picture answers as Python does."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.commands.build import build
from mkdocs.config import load_config
from tests.conftest import wait_until

from gitsm.graph import graph_of, impact
from gitsm.repository import Repository
from gitsm.site.build import drafts, files, pages, site_of
from gitsm.site.estate import ROW, STEP, plan, ranks_of
from gitsm.site.pages.estate import DATA, MAP
from gitsm.tree import MappingTree

Make = Callable[..., Repository]
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
TEAM = {"organization/teams/a.yaml": "name: A\ntype: internal\n"}
EVIL = "</script><img src=x onerror=pwned=1>"


def service(name: str, *on: str, **fields: object) -> str:
    """A record; each dependency is an id, or a mapping as YAML has it in one line."""
    below = "".join(f"  - {{service: {each}}}\n" if each.isidentifier() else f"  - {each}\n" for each in on)
    more = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return (
        f"name: {json.dumps(name)}\nowner: a\nlifecycle: live\n{more}"
        + ("depends_on:\n" if on else "")
        + below
    )


def estate(services: Mapping[str, str]) -> dict[str, str]:
    return {**TEAM, **{f"services/{id}/service.yaml": text for id, text in services.items()}}


def random_estate(size: int, seed: int, systems: int = 4) -> dict[str, str]:
    """Services with hard and soft dependencies, fallbacks, groups, circles, and some that nobody declared."""
    random = Random(seed)
    made: dict[str, str] = {}
    for number in range(size):
        on = {random.randrange(size + 2) for _ in range(random.randrange(4))}
        hard = random.random() < 0.7
        dependencies = []
        for other in sorted(on):
            said = [f"service: s{other}", f"criticality: {'hard' if hard else 'soft'}"]
            if len(on) == 3 and number % 2:
                said.append(f"redundancy_group: {{name: them, needed: {1 + number % 3}}}")
            elif random.random() < 0.3:
                said.append(f"fallback: {{what: Waits, degraded: {random.choice(['true', 'false'])}}}")
            dependencies.append("{" + ", ".join(said) + "}")
        made[f"s{number}"] = service(
            f"Service {number}", *dependencies, tier=1 + number % 4, system=f"system-{number % systems}"
        )
    return estate(made)


def data_of(repository: Repository) -> dict[str, Any]:
    """What the script is given."""
    written = files(site_of(repository))[f"assets/gitsm/{DATA}"].decode("ascii")
    start = "window.gitsmEstate="
    assert written.startswith(start)
    assert written.endswith(";\n")
    found: dict[str, Any] = json.loads(written[len(start) : -2])
    return found


# --- where services stand


def test_who_stands_on_others_is_above_them(repository_of: Make) -> None:
    files = estate({"portal": service("P", "app"), "app": service("A", "db"), "db": service("D")})
    places = plan(graph_of(repository_of(files))).places
    assert places["portal"][1] < places["app"][1] < places["db"][1]


def test_services_in_a_circle_share_a_rank(repository_of: Make) -> None:
    files = estate(
        {"a": service("A", "b"), "b": service("B", "a", "b"), "top": service("T", "a"), "low": service("L")}
    )
    assert ranks_of(graph_of(repository_of(files))) == {"top": 0, "a": 1, "b": 1, "low": 0}


@given(st.integers(0, 90), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_two_services_stand_on_each_other(size: int, seed: int) -> None:
    repository = Repository(MappingTree(random_estate(size, seed)), now=NOW)
    graph = graph_of(repository)
    made = plan(graph)
    assert set(made.places) == graph.ids
    rows: dict[int, list[int]] = {}
    for x, y in made.places.values():
        rows.setdefault(y, []).append(x)
    for xs in rows.values():
        xs.sort()
        assert all(right - left >= STEP for left, right in pairwise(xs))
    for block in made.blocks:
        inside = [
            id
            for id, (x, y) in made.places.items()
            if abs(x - block.x) * 2 < block.width and abs(y - block.y) * 2 < block.height
        ]
        assert {graph.services[id].fields.system for id in inside if id in graph.services} == {block.title}


def test_large_estates_lie_in_blocks_by_system_and_small_ones_in_one(repository_of: Make) -> None:
    large = plan(graph_of(repository_of(random_estate(80, 1))))
    assert {block.title for block in large.blocks} == {f"system-{number}" for number in range(4)}
    assert plan(graph_of(repository_of(random_estate(20, 1)))).blocks == ()
    assert ROW < STEP


# --- what the page says


def test_a_service_whose_file_can_not_be_read_is_not_said_to_have_none(repository_of: Make) -> None:
    files = estate({"portal": service("Portal", "db", "gone", tier=1), "db": service("Database", tier=1)})
    broken = {**files, "services/db/service.yaml": "name: [\n"}
    page = pages(site_of(repository_of(broken)))[MAP]
    unread, _, undefined = str(page.html).partition("Named, but defined by no file")
    assert 'In files that can&#x27;t be read' in unread
    assert 'href="../services/db/"' in unread
    assert "gone" in undefined


def test_the_page_says_in_words_what_stands_on_what(repository_of: Make) -> None:
    files = estate(
        {
            "portal": service("Portal", "db", "gone", tier=1),
            "shop": service("Shop", "db", tier=2),
            "db": service("Database", tier=1),
        }
    )
    site = site_of(repository_of(files))
    page = pages(site)[MAP]
    assert drafts(site)[MAP].navigation == "Services"
    assert [heading.text for heading in page.headings] == [
        "Map",
        "Single points of failure",
        "Tier 1 (2)",
        "Tier 2 (1)",
        "Named, but defined by no file",
    ]
    html = str(page.html)
    points = html[html.index("single-points") : html.index("tier-1-2")]
    assert '<td data-label="Services fail with it">2' in points
    assert "1 of tier 1, 1 of tier 2" in points
    assert 'href="../services/db/">Database</a>' in points
    assert "<code>gone</code>" in html[html.index("named-but") :]


def test_what_fails_with_a_service_is_one_figure_everywhere(repository_of: Make) -> None:
    files = estate(
        {
            "portal": service("Portal", "db", tier=1),
            "shop": service("Shop", "db").replace("lifecycle: live", "lifecycle: build"),
            "db": service("Database", "net", tier=1),
            "net": service("Network", tier=1),
        }
    )
    repository = repository_of(files)
    page = pages(site_of(repository))[MAP]
    for id, count in (("net", 3), ("db", 2)):
        assert sum(effect.state == "fails" for effect in impact(graph_of(repository), [id])) == count
        rows = [
            row for row in page.html.split("<tr>") if f'href="../services/{id}/">' in row.split("</td>")[0]
        ]
        (point,), (tier,) = (
            [row for row in rows if label in row] for label in ("Services fail", '"Fail with')
        )
        assert (
            f'<td data-label="Services fail with it">{count}<span class="g-quiet">, {count - 1} of them in use: '
            in point
        )
        assert f'<td data-label="Fail with it">{count}</td>' in tier


def test_an_estate_without_services_has_no_map(repository_of: Make) -> None:
    site = site_of(repository_of(TEAM))
    assert MAP not in pages(site)
    assert not any("estate" in path for path in files(site))


def test_the_data_holds_what_the_picture_needs(repository_of: Make) -> None:
    group = (
        "{service: db, redundancy_group: {name: them, needed: 1}, fallback: {what: Waits, degraded: true}}"
    )
    found = data_of(repository_of(estate({"app": service(EVIL, group, tier=2), "db": service("D")})))
    app, db = found["services"]
    assert app[:7] == ["app", EVIL, 2, 0, "", "services/app/", "live"]
    assert db[:3] == ["db", "D", 0]
    assert found["edges"] == [[0, 1, 7, 0, "Waits"]]
    assert found["groups"] == [[0, "them", 1, [1], [1]]]
    assert found["teams"] == [["a", "A", "teams/a/"]]


def test_the_data_is_the_same_on_each_run() -> None:
    once, again = (
        files(site_of(Repository(MappingTree(random_estate(70, 3)), now=NOW)))[f"assets/gitsm/{DATA}"]
        for _ in range(2)
    )
    assert once == again


# --- the picture in a browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
in_browser = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser-estate"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the map was not tried in a browser"
    ),
]
MKDOCS = """\
site_name: Estate
theme: {name: material, font: false}
plugins: [search, gitsm]
"""
SERVICES = {
    **random_estate(70, 11),
    "services/s3/service.yaml": service(EVIL, "s5", tier=4, system="system-3"),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Any]:
    """The map of a made estate, with everything that went wrong on it."""
    root = tmp_path_factory.mktemp("estate")
    for path, text in {**SERVICES, "docs/hand.md": "# By hand\n", "mkdocs.yml": MKDOCS}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "gitsm.toml").write_text("as_of = 2026-11-16T09:00:00+01:00\n")
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(root / "out")))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(root / "out"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page: Any = browser.new_page()
        page.wrong = []
        address = f"http://127.0.0.1:{server.server_port}/"
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda line: page.wrong.append(line.text) if line.type == "error" else None)
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:"))
                else page.wrong.append(request.url)
            ),
        )
        page.address = f"{address}map/"
        yield page
        page.close()
        server.shutdown()


class TestPicture:
    """The map, used."""

    pytestmark = in_browser

    def test_it_answers_as_python_does(self, page: Any) -> None:
        graph = graph_of(Repository(MappingTree(SERVICES), now=NOW))
        page.goto("about:blank")
        page.goto(page.address)
        told = page.evaluate(
            "ids => ids.map(id => document.querySelector('.g-estate').gitsmImpact(id))", sorted(graph.ids)
        )
        states: set[str] = set()
        for id, effects in zip(sorted(graph.ids), told, strict=True):
            wanted: list[dict[str, Any]] = [
                {"service": effect.service, "state": effect.state.value, "path": list(effect.path)}
                for effect in impact(graph, [id])
            ]
            assert effects == wanted, id
            states.update(effect["state"] for effect in wanted)
        assert states == {"fails", "degrades", "at risk"}
        assert page.wrong == []

    def test_it_is_searched_clicked_and_filtered(self, page: Any) -> None:
        page.goto("about:blank")
        page.goto(page.address)
        page.fill(".g-estate__search", "service 12")
        page.press(".g-estate__search", "Enter")
        assert page.evaluate("location.hash") == "#service=s12"
        assert page.inner_text(".g-estate__panel h2") == "Service 12"
        assert page.get_attribute(".g-estate__panel h2 a", "href") == "../services/s12/"
        chosen = "document.querySelector('.g-estate').gitsmMap.nodes('.chosen').map(n => n.data('title'))"
        assert page.evaluate(chosen) == ["Service 12"]
        page.select_option(".g-estate__choice select >> nth=0", "1")
        kept = "document.querySelector('.g-estate').gitsmMap.nodes('.service').not('.filtered').length"
        tiers = [1 + number % 4 for number in range(70)]
        assert page.evaluate(kept) == tiers.count(1)
        assert page.evaluate("location.hash") == "#service=s12&tier=1"
        # A click on a service that the filter leaves, wherever it stands on the screen.
        at = page.evaluate(
            """() => {
              const map = document.querySelector('.g-estate').gitsmMap, box = map.container().getBoundingClientRect();
              const node = map.nodes('.service').not('.filtered')[0];
              map.fit(node, 200);
              const where = node.renderedPosition();
              return [where.x + box.x, where.y + box.y, node.data('title')];
            }"""
        )
        page.mouse.click(at[0], at[1])
        wait_until(
            page, f"document.querySelector('.g-estate__panel h2')?.textContent === {json.dumps(at[2])}"
        )
        assert page.wrong == []

    def test_what_strangers_write_is_shown_as_text(self, page: Any) -> None:
        page.goto("about:blank")
        page.goto(page.address + "#service=s3")
        assert page.inner_text(".g-estate__panel h2") == EVIL
        page.fill(".g-estate__search", "onerror")
        assert page.inner_text(".g-estate__found button") == EVIL
        assert page.evaluate("typeof window.pwned") == "undefined"
        assert page.wrong == []

    def test_the_page_of_a_service_leads_to_it_on_the_map(self, page: Any) -> None:
        page.goto(page.address.replace("map/", "services/s12/"))
        page.click("text=What fails with it, on the map")
        page.wait_for_selector(".g-estate__panel h2")
        assert page.inner_text(".g-estate__panel h2") == "Service 12"
        page.wait_for_load_state()
        top = page.evaluate("document.querySelector('.g-estate').getBoundingClientRect().top")
        assert 0 <= top < 700

    def test_a_phone_shows_names_that_can_be_read(self, page: Any) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("about:blank")
        page.goto(page.address)
        # Seventy services are too many for it: the page begins with the search.
        assert not page.locator(".g-estate__canvas").is_visible()
        assert "Find a service above" in page.inner_text(".g-estate__panel")
        letters = """() => {
          const map = document.querySelector('.g-estate').gitsmMap, nodes = map.nodes('.service').not('.away');
          return [nodes.length, nodes[0].numericStyle('font-size') * map.zoom(),
            nodes.every(n => n.renderedBoundingBox().x1 >= 0 && n.renderedBoundingBox().x2 <= map.width())];
        }"""
        page.select_option(".g-estate__choice select >> nth=0", "1")
        count, size, inside = page.evaluate(letters)
        assert page.locator(".g-estate__canvas").is_visible()
        assert (count, inside) == (18, True)
        assert size > 10
        page.select_option(".g-estate__choice select >> nth=0", "")
        page.fill(".g-estate__search", "service 12")
        page.press(".g-estate__search", "Enter")
        count, size, inside = page.evaluate(letters)
        assert 1 < count <= 60
        assert inside
        assert size > 10
        assert page.wrong == []
        page.set_viewport_size({"width": 1280, "height": 800})

    def test_a_phone_needs_no_moving_sideways(self, page: Any) -> None:
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto("about:blank")
        page.goto(page.address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.set_viewport_size({"width": 1280, "height": 800})
