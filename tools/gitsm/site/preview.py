"""A preview makes what a browser asks for when it asks, so that nobody waits for ten thousand pages to see one."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mkdocs.livereload import LiveReloadServer

from gitsm.site import search
from gitsm.site.leaves import Leaves, MadeFile, Unwritten, write
from gitsm.site.written import Written

_MOST_TRIES = 10
"""How often a page is made again that a build took away, where somebody saves all the time."""


@dataclass
class _Said:
    """What a server would say of a file, before it is said."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _: object = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return lambda _: None


@dataclass
class Preview:
    """Stands before MkDocs's own server for files, which then finds what was asked for."""

    _leaves: Leaves | None = None
    _written: Written | None = None
    _waiting: dict[str, Unwritten] = field(default_factory=dict)
    """What nobody has asked for yet, by its place in the folder of the site."""
    _built: Event = field(default_factory=Event)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def begins(self) -> None:
        """A build begins: whoever asks for a page waits until it is over, and nothing older is written any more."""
        with self._one_at_a_time:
            self._built.clear()

    def shows(self, leaves: Leaves, written: Written) -> None:
        """A build is over, but for what it left to be made when somebody asks."""
        with self._one_at_a_time:
            self._leaves, self._written = leaves, written
            search_data = MadeFile(search.FILE, written.for_search, leaves.config)
            found = [file for file in leaves.files if isinstance(file, Unwritten)]
            self._waiting = {file.dest_uri: file for file in [*found, search_data]}
        self._built.set()

    def stands_before(self, server: LiveReloadServer) -> None:
        """Look at what is asked of a server before it does."""
        application: Any = server.get_app()
        server.set_app(self._asked(application, server.mount_path))

    def _asked(self, application: WSGIApplication, mounted: str) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
            if not path.startswith(mounted) or path.startswith("/livereload/"):
                return application(environ, start)
            for _ in range(_MOST_TRIES):
                made = self._make(path.removeprefix(mounted))
                said = _Said()
                found = application(environ, said)
                if not said.status.startswith("404") or not (made or self._waits(path.removeprefix(mounted))):
                    break  # else a build took away what was made before it
            start(said.status, said.headers)
            return found

        return answer

    def _make(self, path: str) -> bool:
        """Make what stands at a path of the site; whether that was not done yet."""
        return any(self._make_file(target) for target in (path, posixpath.join(path, "index.html")))

    def _waits(self, path: str) -> bool:
        """Whether what stands at a path is still to be made, once no build is going on."""
        self._built.wait()
        return any(target in self._waiting for target in (path, posixpath.join(path, "index.html")))

    def _make_file(self, target: str) -> bool:
        self._built.wait()
        with self._one_at_a_time:
            if not self._built.is_set():
                return True  # a build has begun, and whoever asks has to ask again
            thing = self._waiting.get(target)
            if thing is not None and not thing.is_last:  # else it is made anew, as it tells of the others
                del self._waiting[target]
            if thing is None or self._leaves is None or self._written is None:
                return False
            told = self._leaves.make(thing)
            if told is not None:
                self._written.tell(thing.src_uri, told)
                for path, content in told.shown(self._leaves.site):
                    write(os.path.join(self._leaves.config.site_dir, path), content)
            return True
