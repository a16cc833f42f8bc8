"""A preview makes what a browser asks for when it asks, so that nobody waits for ten thousand pages to see one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mkdocs.livereload import LiveReloadServer

from gitsm.site import search
from gitsm.site.leaves import LeafFile, Leaves, Unwritten, write
from gitsm.site.written import Written


@dataclass
class Preview:
    """Stands before MkDocs's own server for files, which then finds what was asked for."""

    _leaves: Leaves | None = None
    _written: Written | None = None
    _waiting: dict[str, Unwritten] = field(default_factory=dict)
    """What nobody has asked for yet, by its place in the folder of the site."""
    _is_searched: bool = False
    _built: Event = field(default_factory=Event)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def begins(self) -> None:
        """A build begins: whoever asks for a page waits until it is over."""
        self._built.clear()

    def shows(self, leaves: Leaves, written: Written) -> None:
        """A build is over, but for what it left to be made when somebody asks."""
        with self._one_at_a_time:
            self._leaves, self._written, self._is_searched = leaves, written, False
            self._waiting = {file.dest_uri: file for file in leaves.files if isinstance(file, Unwritten)}
        self._built.set()

    def stands_before(self, server: LiveReloadServer) -> None:
        """Look at what is asked of a server before it does."""
        application: Any = server.get_app()
        server.set_app(self._asked(application, server.mount_path))

    def _asked(self, application: WSGIApplication, mounted: str) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
            if path.startswith(mounted) and not path.startswith("/livereload/"):
                self._built.wait()
                self.make(path.removeprefix(mounted))
            return application(environ, start)

        return answer

    def make(self, path: str) -> None:
        """Make what stands at a path of the site, where that was not done yet."""
        if path == search.FILE:
            self._make_search()
        for target in (path, os.path.join(path, "index.html")):
            self._make(target)

    def _make(self, target: str) -> None:
        with self._one_at_a_time:
            thing = self._waiting.get(target)
            if thing is not None and not thing.is_last:  # else it is made anew, as it tells of the others
                del self._waiting[target]
            if thing is None or self._leaves is None or self._written is None:
                return
            told = self._leaves.make(thing)
            if told is not None:
                self._written.tell(thing.src_uri, told)
                for path, content in told.shown(self._leaves.site):
                    write(os.path.join(self._leaves.config.site_dir, path), content)

    def _make_search(self) -> None:
        """The search knows every page, so that all of them are made for it."""
        if self._is_searched:
            return
        while pages := [path for path, thing in list(self._waiting.items()) if _is_page(thing)]:
            for path in pages:
                self._built.wait()
                self._make(path)
        with self._one_at_a_time:
            if self._leaves is not None and self._written is not None:
                write(os.path.join(self._leaves.config.site_dir, search.FILE), self._written.search())
                self._is_searched = True


def _is_page(thing: Unwritten) -> bool:
    return isinstance(thing, LeafFile) and not thing.is_last
