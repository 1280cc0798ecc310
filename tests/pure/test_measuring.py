"""What a standard may read of a period, the same for every enterprise."""

import datetime as dt

import pytest

from foundation.contributions.measures import indicators
from foundation.periods import Period
from ratings.engine.measuring import constants, installed_measures, stored_measures


@pytest.mark.parametrize(
    ("period", "start", "days", "year", "weeks"),
    [
        (Period(2026, 3), dt.date(2026, 7, 1), 92, 365, 13),
        (Period(2026, 1), dt.date(2026, 1, 1), 90, 365, 12),  # the Spring Festival has no working day
        (Period(2024, 4), dt.date(2024, 10, 1), 92, 366, 12),
    ],
)
def test_constants(period: Period, start: dt.date, days: int, year: int, weeks: int) -> None:
    assert constants(period) == {
        "period_start": start.toordinal(),
        "period_days": days,
        "year_days": year,
        "period_weeks": weeks,
    }


def test_a_standard_reads_what_is_stored_and_what_is_constant() -> None:
    basis = ["days_on_register", "days_on_register_year", "full_quarter"]
    assert stored_measures() == [*basis, *indicators()]
    assert installed_measures() == {*stored_measures(), *constants(Period(2026, 3))}
