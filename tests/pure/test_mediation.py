"""What mediation allows when, whatever the days and their order of entry."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from disputes.mediation import rules
from disputes.mediation.choices import Running, WayKind
from disputes.mediation.rules import EXCLUSIONS, Gap, Led, No
from foundation.deadlines.counting import Length, Limit, Suspension, Unit

LENGTHS = {
    rules.FIRST: Length(3, Unit.WORKING),
    rules.SECOND: Length(7, Unit.WORKING),
    rules.CASE: Length(30, Unit.CALENDAR),
    rules.RECEIPT: Length(5, Unit.WORKING),
}
START = dt.date(2026, 6, 15)
offsets = st.integers(0, 40)


def last(
    code: str, start: dt.date, extended: int = 0, stood_still: tuple[tuple[dt.date, dt.date], ...] = ()
) -> dt.date:
    limit = Limit(start, LENGTHS[code], tuple(Suspension(*each, "") for each in stood_still))
    found = (limit.extended(30 * extended, "") if extended else limit).count().last_on
    assert found
    return found


def day(offset: int) -> dt.date:
    return START + dt.timedelta(days=offset)


POLICE = Led(WayKind.PUBLIC_SECURITY, START, accepted_on=START)


@given(st.lists(offsets, min_size=1, max_size=4))
def test_two_sessions_of_the_police_in_any_order_of_entry(found: list[int]) -> None:
    outcomes = set()
    for order in set(permutations(found[:3])):
        now = POLICE
        for offset in order:
            if rules.refusal_of_session(now, day(offset), last) in (None, No.LATE_FIRST, No.LATE_SECOND):
                now = replace(now, sessions=tuple(sorted((*now.sessions, day(offset)))))
        assert len(now.sessions) <= rules.MOST_SESSIONS
        outcomes.add(len(now.sessions))
    assert outcomes == {min(len(found[:3]), 2)}


@given(offsets, offsets)
def test_late_sessions_are_known_as_late(first: int, later: int) -> None:
    on = day(first)
    refused = rules.refusal_of_session(POLICE, on, last)
    assert (refused == No.LATE_FIRST) == (on > last(rules.FIRST, START))
    second = on + dt.timedelta(days=later)
    no = rules.refusal_of_session(replace(POLICE, sessions=(on,)), second, last)
    if later:
        assert (no == No.LATE_SECOND) == (second > last(rules.SECOND, on))
        assert no is None or no.is_late


@given(offsets, st.integers(0, 3))
def test_the_clock_of_a_case_runs_from_the_day_of_failing_until_its_decision(on: int, extended: int) -> None:
    failed = replace(POLICE, failed_on=day(on), extended=extended, settled_on=day(on), until_on=day(on))
    running, due_on = rules.runs(failed, last) or (None, START)
    assert running is Running.CASE
    assert due_on >= day(on) + dt.timedelta(days=30 * (1 + extended))
    assert rules.runs(replace(failed, decided_on=day(on)), last) is None
    assert rules.refusal_of_session(failed, day(on + 1), last) is (None if failed.settled_on else No.OVER)
    assert rules.refusal_of_session(replace(failed, settled_on=None), day(on + 1), last) is No.OVER
    may = not rules.refusal_to_extend(failed, due_on, last)
    assert may == (extended < rules.MOST_EXTENSIONS)
    assert rules.refusal_to_extend(failed, due_on + dt.timedelta(days=1), last)


@given(st.sets(st.sampled_from(list(EXCLUSIONS))))
def test_each_exclusion_refuses_at_its_own_box(ticked: set[str]) -> None:
    found = rules.refusals_of_police(
        exclusions=list(ticked), offence="insult", ground="near", minors="none", agent="victim"
    )
    assert found.keys() == {f"exclusion_{code}" for code in ticked}


def test_on_the_spot_there_is_one_session_and_no_clock() -> None:
    spot = replace(POLICE, on_the_spot=True)
    assert rules.runs(spot, last) is None
    assert rules.refusal_of_session(spot, START, last) is None
    assert rules.refusal_of_session(replace(spot, sessions=(START,)), START, last) is No.SPOT
    assert rules.refusal_of_session(spot, day(1), last) is No.SPOT


def test_a_gap_stands_until_a_side_says_another_amount() -> None:
    said = [
        [("applicant", Decimal(890)), ("respondent", Decimal(600))],
        [("respondent", None)],
        [("respondent", Decimal(890))],
    ]
    assert [each.yuan for each in rules.gaps(said)] == [290, 290, 0]
    assert Gap(None, Decimal(1)).yuan is None
