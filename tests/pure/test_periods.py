"""Quarters: their days, months and neighbours."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.periods import Period

FIRST_MONTHS = {1: 1, 2: 4, 3: 7, 4: 10}
DAY = dt.timedelta(days=1)
periods = st.builds(Period, st.integers(1902, 2198), st.integers(1, 4))
days = st.dates(dt.date(1902, 1, 1), dt.date(2198, 12, 31))


@given(periods)
def test_a_code_is_read_back(period: Period) -> None:
    assert Period.parse(period.code) == period
    assert period.code == f"{period.year}Q{period.quarter}"


@pytest.mark.parametrize("code", ["2026q1", " 2026Q1", "２０２６Q1"])
def test_width_case_and_blanks_do_not_matter(code: str) -> None:
    assert Period.parse(code) == Period(2026, 1)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026Q0", "2026Q5", "1826Q1", "2226Q1", "2026Q11", "二〇二六Q1"]
)
def test_what_is_no_code(code: str) -> None:
    with pytest.raises(ValueError, match=r"not a quarter: .* \(write 2026Q3\)"):
        Period.parse(code)


@given(periods)
def test_first_and_last_day(period: Period) -> None:
    first = FIRST_MONTHS[period.quarter]
    assert period.start == dt.date(period.year, first, 1)
    last_of_month = calendar.monthrange(period.year, first + 2)[1]
    assert period.end == dt.date(period.year, first + 2, last_of_month)
    assert period.days == len({period.start + number * DAY for number in range(period.days)})
    assert period.start + period.days * DAY == period.end + DAY
    assert 90 <= period.days <= 92


@given(days)
def test_a_day_lies_in_its_quarter_and_in_no_other(day: dt.date) -> None:
    period = Period.of(day)
    assert period.start <= day <= period.end
    assert period.shift(1).start > day
    assert period.shift(-1).end < day


@given(periods)
def test_the_months_cover_the_quarter(period: Period) -> None:
    first = FIRST_MONTHS[period.quarter]
    assert period.months == [
        (
            dt.date(period.year, month, 1),
            dt.date(period.year, month, calendar.monthrange(period.year, month)[1]),
        )
        for month in range(first, first + 3)
    ]


@given(periods)
def test_the_rolling_year_begins_twelve_months_before_the_end(period: Period) -> None:
    after = period.end + DAY
    assert period.year_start == dt.date(after.year - 1, after.month, 1)


@given(periods, st.integers(-200, 200), st.integers(-200, 200))
def test_shifts_add_up(period: Period, first: int, second: int) -> None:
    assert period.shift(first).shift(second) == period.shift(first + second)
    assert period.shift(0) == period
    assert (period.shift(first) < period) == (first < 0)
    assert (period.shift(first) >= period) == (first >= 0)


def test_the_turn_of_the_year() -> None:
    assert Period(2026, 4).shift(1) == Period(2027, 1)
    assert Period(2026, 1).shift(-1) == Period(2025, 4)


@given(periods, st.integers(-3, 12))
def test_until_counts_both_ends(period: Period, more: int) -> None:
    found = list(period.until(period.shift(more)))
    assert found == [period.shift(number) for number in range(more + 1)]


def test_a_quarter_in_words() -> None:
    assert str(Period(2026, 3)) == "Q3 2026"
