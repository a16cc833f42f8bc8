"""Work shared among processes gives what one process gives."""

from __future__ import annotations

import os

import pytest

from gitsm.site.spread import FEW, spread

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system copies no processes")


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 5, FEW + 1])
def test_results_are_in_the_order_of_the_things(processes: int, count: int) -> None:
    assert spread(range(count), lambda one: one * one, processes=processes) == [
        one * one for one in range(count)
    ]


def test_other_processes_do_part_of_it() -> None:
    assert len(set(spread(range(8), lambda _: os.getpid(), processes=4))) == 4


def test_more_than_a_pipe_holds() -> None:
    made = spread(range(4), lambda one: str(one) * 1_000_000, processes=2)
    assert [len(one) for one in made] == [1_000_000] * 4


@pytest.mark.parametrize("wrong", [0, 1])
def test_what_goes_wrong_in_any_process_is_raised_here(wrong: int) -> None:
    def make(one: int) -> int:
        if one == wrong:
            raise LookupError(f"no {one}")
        return one

    with pytest.raises((LookupError, RuntimeError), match=f"no {wrong}"):
        spread(range(2), make, processes=2)


def test_what_cannot_be_sent_is_said() -> None:
    with pytest.raises(RuntimeError, match="pickle"):
        spread(range(2), lambda one: lambda: one, processes=2)


def test_a_process_that_is_stopped_is_said() -> None:
    parent = os.getpid()

    def make(one: int) -> int:
        if os.getpid() != parent:
            os.kill(os.getpid(), 9)
        return one

    with pytest.raises(RuntimeError, match="was stopped"):
        spread(range(2), make, processes=2)
