"""Working days, and weeks that have enough of them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.deadlines.calendar import full_weeks, is_working_day

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-26", True),  # a Sunday made up for the Spring Festival
        ("2025-01-27", True),
        ("2025-01-28", False),
        ("2025-10-01", False),
        ("2025-10-11", True),  # a Saturday made up
        ("2025-11-01", False),
        ("2025-11-03", True),
        # after the last notice: weekends, and holidays that are known without one
        ("2051-01-02", False),  # for New Year's Day, a Sunday
        ("2051-01-03", True),
        ("2051-10-01", False),
        ("2051-10-02", False),
        ("2051-11-03", True),
        ("2051-11-04", False),
        ("2051-11-05", False),
        ("2052-01-01", False),
    ],
)
def test_working_days(day: str, works: bool) -> None:
    assert is_working_day(dt.date.fromisoformat(day)) is works


@settings(deadline=None)
@given(st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)), st.integers(-10, 100))
def test_full_weeks_are_counted_by_their_thursday(first: dt.date, length: int) -> None:
    last = first + length * DAY
    days = [first + number * DAY for number in range(length + 1)]
    expected = 0
    for thursday in (day for day in days if day.isoweekday() == 4):
        year, week, _day = thursday.isocalendar()
        worked = sum(is_working_day(dt.date.fromisocalendar(year, week, number)) for number in range(1, 8))
        expected += worked >= 3
    assert full_weeks(first, last) == expected


def test_a_week_with_two_working_days_is_not_full() -> None:
    assert full_weeks(dt.date(2026, 1, 1), dt.date(2026, 3, 31)) == 12  # the Spring Festival has none
    assert full_weeks(dt.date(2025, 12, 29), dt.date(2026, 1, 4)) == 1  # three, the Sunday made up
    monday = dt.date(2023, 1, 23)
    assert [is_working_day(monday + number * DAY) for number in range(7)] == [False] * 5 + [True, True]
    assert full_weeks(monday, monday + 6 * DAY) == 0
