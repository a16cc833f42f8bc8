"""Our own scripts and styles, and the libraries that single pages load, all shipped with the toolkit.

Every page has `gitsm.css` and `gitsm.js`. The script is what stands in `assets/scripts`, one file after the
other: each does one thing to what it finds on a page, and a page without it is whole. A library is loaded by
the pages that name it, and published only where there is such a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "assets"
FOLDER = "assets/gitsm"
"""Where they stand on the site."""
STYLES = f"{FOLDER}/gitsm.css"
SCRIPT = f"{FOLDER}/gitsm.js"


def shared() -> Iterator[tuple[str, bytes]]:
    """What every page loads."""
    yield STYLES, (HERE / "gitsm.css").read_bytes()
    yield SCRIPT, _script()


@cache
def _script() -> bytes:
    # Each file is a function that is called at once, so a missing line end must not join two of them.
    return (
        b"\n;\n".join(path.read_bytes().strip() for path in sorted((HERE / "scripts").glob("*.js"))) + b"\n"
    )


def named(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """What single pages load, with the licences of what others wrote; data made at build time is not here."""
    files = [path for name in names if (path := HERE / name).is_file()]
    licences = [licence for path in files for licence in path.parent.glob("*LICENSE*")]
    for path in sorted({*files, *licences}):
        yield f"{FOLDER}/{path.relative_to(HERE).as_posix()}", path.read_bytes()
