"""The map as a picture, where pygraphviz is installed."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from xml.etree import ElementTree

from gitsm.exporters.graph.dot import dot
from gitsm.exporters.graph.drawing import Drawing

MAX_EDGES = 500
"""Graphviz would take minutes for more."""

MAX_SECONDS = 60
"""After this time no picture is waited for."""

_SHAPES = {"svg", "g", "title", "polygon", "polyline", "path", "ellipse", "text"}
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_HEAD = re.compile(r"\A.*?(?=<svg)|<!--.*?-->\n?", re.DOTALL)


class CannotDraw(Exception):
    """There is no picture: pygraphviz is not installed, or Graphviz did not get through."""


def svg(drawing: Drawing) -> str:
    """An SVG picture without links, scripts or anything else that a page would load or run."""
    if find_spec("pygraphviz") is None:
        raise CannotDraw("pictures need pygraphviz: pip install 'gitsm[pictures]'")
    # The version of Graphviz stands in a comment, and another one names each box.
    picture = _HEAD.sub("", _drawn(dot(drawing)))
    _refuse_all_but_shapes(picture)
    return picture


def _drawn(text: str) -> str:
    # In a process of its own: where Graphviz gives up, it ends the process that it runs in.
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_draw, args=(text, there), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(MAX_SECONDS):
            raise CannotDraw(f"Graphviz found no layout in {MAX_SECONDS} s; draw less, or another format")
        drawn: bytes = here.recv()
    except EOFError as error:
        raise CannotDraw("Graphviz gave up on this graph; draw less, or another format") from error
    finally:
        process.kill()
        process.join()
        here.close()
    return drawn.decode()


def _draw(text: str, to: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what its libraries have to say about fonts
    from pygraphviz import AGraph

    to.send(AGraph(string=text).draw(format="svg", prog="dot"))


def _refuse_all_but_shapes(picture: str) -> None:
    # No text of a record becomes anything else on the way here; this is the second lock on that door.
    for element in ElementTree.fromstring(picture).iter():
        odd = [name for name in element.attrib if name.startswith("on") or name.endswith(("href", "style"))]
        if element.tag.removeprefix(_NAMESPACE) not in _SHAPES or odd:
            raise AssertionError(f"the picture holds {element.tag} {odd}")
