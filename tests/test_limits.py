"""What takes too long is stopped, and nothing else is."""

from __future__ import annotations

import signal
import threading

import pytest

from gitsm.site.limits import TooLongError, within


def forever() -> None:
    while True:
        pass


def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TooLongError, match=r"more than 0\.01 s"), within(0.01):
        forever()


def test_what_ends_in_time_is_not_stopped_later() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with within(0.01):
        pass
    sum(range(2_000_000))
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_outside_the_main_thread_nothing_is_stopped() -> None:
    done: list[int] = []

    def work() -> None:
        with within(0.000001):
            done.append(sum(range(200_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [sum(range(200_000))]
