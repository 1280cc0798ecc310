"""The calendar of working days beyond the years that are published."""

import datetime as dt

import pytest

from foundation.deadlines import calendar


def test_provisional_working_days_are_logged_once_a_year(caplog: pytest.LogCaptureFixture) -> None:
    """The operator has to update the package: a make-up working day would be missing from ratings and deadlines."""
    calendar._provisional.cache_clear()
    assert calendar.is_working_day(dt.date(2026, 2, 14))  # a Saturday made up for the Spring Festival
    assert caplog.text == ""
    assert not calendar.is_working_day(dt.date(2099, 10, 1))
    assert not calendar.is_working_day(dt.date(2099, 1, 3))
    assert calendar.is_working_day(dt.date(2099, 1, 5))
    calendar.is_working_day(dt.date(2099, 1, 6))
    assert caplog.text.count("working days are provisional") == 1
