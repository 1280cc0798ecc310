"""How deadlines are counted."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.deadlines.calendar import Festival, Sort, digest_of, festival_of, is_working_day, sort_of
from foundation.deadlines.counting import DAY, LONGEST, Length, Limit, Part, Suspension, Unit, counted_until

WORKING, CALENDAR = Unit
starts = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
lengths = st.builds(Length, st.integers(1, 90), st.sampled_from(Unit))
limits = st.builds(Limit, starts, lengths)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def last_on(start: str, number: int, unit: Unit = WORKING) -> str:
    return str(Limit(day(start), Length(number, unit)).count().last_on)


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        # served on 23 September; the 20th was worked for the National Day, which is off until the 7th of October
        ("2026-09-23", 10, WORKING, "2026-10-14"),
        ("2026-09-23", 3, WORKING, "2026-09-29"),
        ("2026-10-12", 3, WORKING, "2026-10-15"),
        ("2026-09-18", 1, WORKING, "2026-09-20"),  # a Sunday made up
        ("2025-04-25", 1, WORKING, "2025-04-27"),
        ("2025-04-25", 2, CALENDAR, "2025-04-27"),
        ("2026-09-01", 30, CALENDAR, "2026-10-08"),  # the 1st of October rolls over the holidays
        ("2026-11-29", 10, WORKING, "2026-12-11"),  # found on a Sunday
        ("2026-12-25", 5, WORKING, "2027-01-04"),  # across the year, 2027 provisional
    ],
)
def test_known_days(start: str, number: int, unit: Unit, last: str) -> None:
    assert last_on(start, number, unit) == last


def test_each_day_says_what_it_is() -> None:
    count = Limit(day("2026-09-18"), Length(6, WORKING)).suspended(day("2026-09-22"), "appraisal")
    count = count.resumed(day("2026-09-24")).extended(1, "asked in time").count()
    assert [(each.on.day, str(each.part), each.number) for each in count.days] == [
        (18, "start", None),
        (19, "rest", None),
        (20, "counted", 1),
        (21, "counted", 2),
        (22, "suspended", None),
        (23, "suspended", None),
        (24, "counted", 3),
        (25, "rest", None),
        (26, "rest", None),
        (27, "rest", None),
        (28, "counted", 4),
        (29, "counted", 5),
        (30, "counted", 6),
        *((number, "rest", None) for number in range(1, 8)),
        (8, "counted", 7),
    ]
    assert [each.on.day for each in count.days if each.is_last] == [8]
    assert {each.reason for each in count.days if each.part is Part.SUSPENDED} == {"appraisal"}
    assert (count.days[2].sort, count.days[2].festival) == (Sort.MADE_UP, Festival.NATIONAL)
    assert festival_of(day("2026-09-25")) is Festival.MID_AUTUMN
    assert (sort_of(day("2026-09-19")), festival_of(day("2026-09-19"))) == (Sort.WEEKEND, None)
    assert not count.is_provisional
    assert festival_of(day("2027-02-05")) is Festival.SPRING


def test_what_stands_still_has_no_end_and_what_cannot_be_is_refused() -> None:
    limit = Limit(day("2026-09-01"), Length(10, WORKING))
    stopped = limit.suspended(day("2026-09-04"), "appraisal")
    assert (stopped.count().last_on, stopped.count().counted, stopped.count().days[-1].on.day) == (None, 2, 4)
    for wrong in (
        lambda: stopped.suspended(day("2026-09-07"), "again"),
        lambda: stopped.resumed(day("2026-09-04")),
        lambda: limit.suspended(day("2026-09-01"), "before it runs"),
        lambda: limit.resumed(day("2026-09-04")),
        lambda: limit.extended(0, ""),
        lambda: limit.extended(LONGEST, "").count(),
        lambda: Length(0, WORKING),
    ):
        with pytest.raises(ValueError, match=r"."):
            wrong()


def test_a_chosen_day_is_counted_too() -> None:
    count = counted_until(day("2026-09-18"), day("2026-09-27"), WORKING)
    assert (count.counted, count.last_on, count.days[-1].is_last) == (5, day("2026-09-27"), True)


def test_a_digest_changes_with_its_year() -> None:
    assert digest_of(2026) == digest_of(2026) != digest_of(2025)


@settings(deadline=None)
@given(limits)
def test_it_never_ends_on_a_rest_day_and_a_longer_one_never_ends_earlier(limit: Limit) -> None:
    last = limit.count().last_on
    assert last is not None
    assert is_working_day(last)
    longer = limit.extended(1, "").count().last_on
    assert longer is not None
    assert longer >= last
    if limit.length.unit is WORKING:
        assert longer > last
    # what is counted from the start, and from the end back, is the same
    assert counted_until(limit.start_on, last, WORKING).counted == sum(
        is_working_day(limit.start_on + number * DAY) for number in range(1, (last - limit.start_on).days + 1)
    )


@settings(deadline=None)
@given(limits, st.integers(1, 30), st.integers(1, 40))
def test_a_suspension_moves_it_by_the_days_of_its_own_that_it_covers(
    limit: Limit, after: int, days: int
) -> None:
    first = limit.start_on + after * DAY
    last_counted = max(each.on for each in limit.count().days if each.part is Part.COUNTED)
    if first > last_counted:
        return
    suspended = limit.suspended(first, "appraisal").resumed(first + days * DAY)
    own = [
        first + number * DAY
        for number in range(days)
        if limit.length.unit is CALENDAR or is_working_day(first + number * DAY)
    ]
    if own:
        assert suspended.count().last_on == limit.extended(len(own), "").count().last_on
    else:
        assert suspended.count().last_on == limit.count().last_on
    # under another rule: from the original start, with the same suspension
    shorter = suspended.under(replace(limit.length, number=1))
    assert shorter.suspensions == (Suspension(first, first + (days - 1) * DAY, "appraisal"),)
    assert shorter.count().last_on <= suspended.count().last_on
