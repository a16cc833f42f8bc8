"""Texts that fill a field and say nothing, beside those that say something and look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.hollow import is_not_known, is_postponed, is_put_off, says_nothing

PUT_OFF = """\
TODO: ask Anna.
TODO ask Anna
**TODO**: write this
TBD by the architects
TBD - wait for the vendor
T.B.D.
To be defined by the architecture board.
_To be written._
To be decided in the CAB on Thursday.
Still to be agreed with finance
Will be defined later.
Will be added later"""
SAID = """\
TODO lists were lost: restore them from the backup.
TBD is the code of the tax bureau
To be done by restoring the snapshot, 20 min.
To be written by restoring the file
To be written by hand from the slips
TODO: rehearse. Restore the snapshot, 20 min.
To be decided at 03:45: fail back or go on, by the table in the runbook.
Set the flag back to off; the rest is to be defined
None is needed: the old release goes on running"""
NOT_KNOWN = """\
Unknown.
Root cause unknown
The cause is not yet known.
Under investigation
Cause still unclear.
not known at this time
To be investigated"""
KNOWN = """\
Unknown command in the job
Unknown; it healed itself after the failover
Not found: the configuration file
The vendor doesn't know it; the switch was replaced.
Under investigation by the vendor, case 1234"""


@pytest.mark.parametrize("text", PUT_OFF.split("\n"))
def test_a_text_that_is_put_off(text: str) -> None:
    assert is_postponed(text)
    assert says_nothing(text)


@pytest.mark.parametrize("text", SAID.split("\n"))
def test_a_text_that_says_something(text: str) -> None:
    assert not is_postponed(text)
    assert not says_nothing(text)


@pytest.mark.parametrize("text", NOT_KNOWN.split("\n"))
def test_a_cause_that_nobody_knows(text: str) -> None:
    assert is_not_known(text)


@pytest.mark.parametrize("text", KNOWN.split("\n"))
def test_a_cause_of_which_something_is_known(text: str) -> None:
    assert not is_not_known(text)


@given(st.text(alphabet="TODOtodbe :.,_ \n", max_size=2_000))
def test_any_text_is_judged_in_no_time(text: str) -> None:
    assert is_put_off(text) in (True, False)
    assert is_not_known(text) in (True, False)
