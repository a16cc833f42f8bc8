"""How long a page may take: one that asks for more becomes a page that says so, and the others are published."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 20.0
"""Of the processor's time, so that a machine that is busy with other things spoils no page."""


class TooLongError(Exception):
    """What was done took longer than it may."""


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """Stop what is done inside with a TooLongError when it has had its seconds of the processor.

    Where the system has no such clock, or outside the main thread, which alone can be woken, nothing is stopped.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"it took more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
