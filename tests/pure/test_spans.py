"""Days in words, at the ends of weeks, months, quarters and years."""

import datetime as dt

import pytest

from foundation.spans import Span


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (
            "2026-09-30",  # a Wednesday
            {
                Span.TODAY: ("2026-09-30", "2026-09-30"),
                Span.THIS_WEEK: ("2026-09-28", "2026-10-04"),
                Span.THIS_MONTH: ("2026-09-01", "2026-09-30"),
                Span.THIS_QUARTER: ("2026-07-01", "2026-09-30"),
                Span.LAST_QUARTER: ("2026-04-01", "2026-06-30"),
                Span.THIS_YEAR: ("2026-01-01", "2026-12-31"),
                Span.LAST_30_DAYS: ("2026-09-01", "2026-09-30"),
            },
        ),
        (
            "2027-01-03",  # a Sunday
            {
                Span.THIS_WEEK: ("2026-12-28", "2027-01-03"),
                Span.THIS_MONTH: ("2027-01-01", "2027-01-31"),
                Span.THIS_QUARTER: ("2027-01-01", "2027-03-31"),
                Span.LAST_QUARTER: ("2026-10-01", "2026-12-31"),
                Span.THIS_YEAR: ("2027-01-01", "2027-12-31"),
                Span.LAST_30_DAYS: ("2026-12-05", "2027-01-03"),
            },
        ),
    ],
)
def test_words_mean_these_days(today: str, expected: dict[Span, tuple[str, str]]) -> None:
    day = dt.date.fromisoformat(today)
    found = {span: tuple(each.isoformat() for each in span.days(day)) for span in expected}
    assert found == expected
