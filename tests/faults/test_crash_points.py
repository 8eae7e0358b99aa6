"""Wherever a recorded session breaks, nothing of it is lost, doubled or made up.

The points: before and after each commit of a phone, at each commit of the server, at each
message in both directions, with the phone dying and with the message lost. The phones' files
are those of the moment of the crash. Afterwards every invariant of the sync must hold. Here
every seventh break is tried; `python -m tests.faults`, which CI runs, tries all of them.
"""

from collections import Counter

import pytest

from tests.faults.breaking import breaks, harm_of
from tests.faults.session import What
from tests.simulator.mistakes_of_phones import cursor_kept_before_the_rows
from tests.simulator.settled import settled_town

PARTS = 7


def test_the_session_has_every_kind_of_point() -> None:
    kinds = Counter(each.what for each in breaks())

    assert {what for what in What if kinds[what] >= 5} == set(What)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_wherever_it_breaks(part: int) -> None:
    chosen = breaks()[::PARTS]

    assert [harm for harm in map(harm_of, chosen[part::PARTS]) if harm] == []


def test_a_phone_that_keeps_its_cursor_before_the_rows_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settled_town()
    commits = [each for each in breaks() if each.what is What.PHONE_COMMITS]
    cursor_kept_before_the_rows(monkeypatch)

    assert any(harm_of(each) for each in commits)
