"""Work on many things that don't know of one another, shared among the processors of the machine."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")

FEW = 1000
"""Up to so many things one process does all: to start another takes longer than it saves."""


def spread(
    things: Sequence[Thing],
    make: Callable[[Thing], Result],
    *,
    processes: int = 0,
    progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """What is made of each thing, in their order.

    The results come from other processes as pickles, and what `make` changes there is gone. `processes` is
    how many there are, this one among them; without it as many as there are processors for us. Where a
    process can't be copied, or has threads that a copy would lack, this one does all. An exception in
    another process is raised here. `progress` is told, again and again, of how many more are made; what the
    other processes have done is taken to be as much as this one has.
    """
    done = progress or (lambda _: None)
    count = processes or _processors(len(things))
    if count < 2:
        return [_made(thing, make, done, 1) for thing in things]
    others = [_started(things[number::count], make) for number in range(1, count)]
    found: list[Any] = [None] * len(things)
    try:
        found[0::count] = [_made(thing, make, done, count) for thing in things[0::count]]
    finally:
        # Every process is waited for, also where something went wrong in this one.
        shares = [_ended(*other) for other in others]
    for number, share in enumerate(shares, 1):
        if isinstance(share, BaseException):
            raise share
        found[number::count] = share
    return found


def _made(
    thing: Thing, make: Callable[[Thing], Result], done: Callable[[int], None], count: int
) -> Result:
    result = make(thing)
    done(count)
    return result


def _processors(things: int) -> int:
    if things <= FEW or not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), 8)
    return min(os.cpu_count() or 1, 8)


def _started(things: Iterable[Thing], make: Callable[[Thing], Result]) -> tuple[int, int]:
    """A process that works on some of the things: its number, and the end of the pipe that it writes into."""
    sys.stdout.flush()
    sys.stderr.flush()
    receiving, sending = os.pipe()
    process = os.fork()
    if process:
        os.close(sending)
        return process, receiving
    status = 1
    try:
        os.close(receiving)
        with open(sending, "wb") as pipe:
            try:
                sent = pickle.dumps([make(thing) for thing in things], pickle.HIGHEST_PROTOCOL)
            except BaseException as error:
                notes = "; ".join([str(error), *getattr(error, "__notes__", ())])
                sent = pickle.dumps(RuntimeError(f"{type(error).__name__}: {notes}"))
            pipe.write(sent)
        status = 0
    finally:
        os._exit(status)  # nothing of the process that was copied may run a second time


def _ended(process: int, receiving: int) -> list[Any] | BaseException:
    with open(receiving, "rb") as pipe:
        try:
            found: list[Any] | BaseException = pickle.load(pipe)
        except (EOFError, pickle.UnpicklingError):
            found = RuntimeError("a process that made pages was stopped")
    os.waitpid(process, 0)
    return found
