"""Which enterprises are rated for a quarter, at which station, and with which targets when new or suspended."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from enterprises.operations import hand_over, reactivate, set_inactive
from foundation.deadlines.calendar import full_weeks
from foundation.tenancy.scope import station_scope
from ratings.operations.evaluations import bureau_actor
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from tests.factories import (
    CustodyFactory,
    InactivityFactory,
    InspectionFactory,
    SelfCheckFactory,
    StationFactory,
)
from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db

Q3_FIRST, Q3_LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
BOOK = parse(shipped_standards()["default"])


@pytest.mark.parametrize(
    ("registered_on", "days", "year", "full"),
    [
        (None, 92, 365, 1),
        ("2020-01-01", 92, 365, 1),
        ("2026-06-30", 92, 93, 1),
        ("2026-07-01", 92, 92, 1),
        ("2026-07-02", 91, 91, 0),
        ("2026-09-30", 1, 1, 0),
        ("2026-10-01", None, None, None),
    ],
)
def test_registration(case: Case, registered_on: str | None, days: int | None, year: int, full: int) -> None:
    enterprise = case.enterprise(registered_on=registered_on)
    row = case.measured(enterprise, "2026Q3")
    assert (row is None) == (days is None)
    if row:
        found = row["days_on_register"], row["days_on_register_year"], row["full_quarter"]
        assert found == (days, year, full)


@pytest.mark.parametrize(
    ("kind", "from_on", "until_on", "days"),
    [
        ("suspended", "2026-09-30", None, None),
        ("suspended", "2026-09-30", "2026-10-01", None),
        ("suspended", "2026-08-01", "2026-09-30", 32),  # back on the last day
        ("suspended", "2026-08-01", "2026-09-01", 61),
        ("suspended", "2026-05-01", "2026-07-01", 92),
        ("suspended", "2026-05-01", "2026-07-02", 91),
        ("closed", "2026-10-01", None, 92),
        ("closed", "2026-05-01", None, None),
        ("merged", "2026-09-30", None, None),
    ],
)
def test_suspended_resumed_closed_merged(
    case: Case, kind: str, from_on: str, until_on: str | None, days: int | None
) -> None:
    enterprise = case.enterprise()
    InactivityFactory(enterprise=enterprise, kind=kind, from_on=from_on, until_on=until_on)
    row = case.measured(enterprise, "2026Q3")
    assert (row["days_on_register"] if row else None) == days
    assert case.rate("2026Q3", standard()).registered == (days is not None)


def test_the_operations_of_the_register_lead_there(case: Case) -> None:
    enterprise = case.enterprise()
    set_inactive(
        actor=case.actor,
        enterprise_id=enterprise.pk,
        kind="suspended",
        from_on=dt.date(2026, 9, 1),
        reason="Works",
    )
    assert case.measured(enterprise, "2026Q3") is None
    assert case.measured(enterprise, "2026Q2")["days_inactive"] == 0
    reactivate(actor=case.actor, enterprise_id=enterprise.pk, on=dt.date(2026, 9, 11), reason="Done")
    assert case.measured(enterprise, "2026Q3")["days_on_register"] == 82


def exported(case: Case, period: str) -> dict[str, str]:
    """Return the station by the number in the source."""
    said = io.StringIO()
    call_command("export_ratings", bureau=case.bureau.code, period=period, stdout=said)
    return {row["external_id"]: row["station"] for row in csv.DictReader(io.StringIO(said.getvalue()))}


def test_it_is_rated_at_the_station_that_had_custody_on_the_last_day(case: Case) -> None:
    case.adopt(standard())
    days = {"in_time": Q3_LAST, "later": dt.date(2026, 10, 1), "twice": dt.date(2026, 10, 1)}
    firms = {name: case.enterprise(external_id=name) for name in days}
    for name, on in days.items():
        hand_over(
            actor=case.actor,
            enterprise_id=firms[name].pk,
            to_station_id=case.second.pk,
            on=on,
            reason="New limits",
        )
    third = StationFactory(bureau=case.bureau)
    actor = bureau_actor(case.bureau.pk)
    with station_scope(actor.scope()):
        hand_over(
            actor=actor,
            enterprise_id=firms["twice"].pk,
            to_station_id=third.pk,
            on=dt.date(2026, 10, 20),
            reason="So",
        )
        evaluation = case.rate("2026Q3")
        rated_at = dict(evaluation.ratings.values_list("enterprise__external_id", "rated_at_station_id"))
        held_by = dict(evaluation.ratings.values_list("enterprise__external_id", "station_id"))
        assert rated_at == {"in_time": case.second.pk, "later": case.first.pk, "twice": case.first.pk}
        assert held_by == {"in_time": case.second.pk, "later": case.second.pk, "twice": third.pk}
        assert exported(case, "2026Q3") == {
            "in_time": case.second.code,
            "later": case.first.code,
            "twice": case.first.code,
        }
        assert exported(case, "2026Q3")["twice"] != third.code


def test_a_hand_over_after_the_rating_moves_the_row_but_not_where_it_was_rated(case: Case) -> None:
    case.adopt(standard())
    enterprise = case.enterprise(external_id="A")
    case.rate("2026Q3")
    hand_over(
        actor=case.actor,
        enterprise_id=enterprise.pk,
        to_station_id=case.second.pk,
        on=dt.date(2026, 11, 2),
        reason="Closed",
    )
    rating = case.rating(enterprise, "2026Q3")
    assert (rating.station_id, rating.rated_at_station_id) == (case.second.pk, case.first.pk)
    assert exported(case, "2026Q3") == {"A": case.first.code}


def test_several_custodies_and_the_one_of_the_day(case: Case) -> None:
    third = StationFactory(bureau=case.bureau)
    enterprise = case.enterprise(station=case.second)
    CustodyFactory(enterprise=enterprise, held_by_station=case.first, until_on="2026-03-31")
    CustodyFactory(enterprise=enterprise, held_by_station=third, until_on="2026-08-01")
    at = {
        code: case.measured(enterprise, code)["rated_at_station"]
        for code in ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
    }
    assert at == {"2025Q4": case.first.pk, "2026Q1": third.pk, "2026Q2": third.pk, "2026Q3": case.second.pk}


def lines_of(case: Case, **fields: Any) -> dict[str, tuple]:
    """Return own points and maximum of the default standard's lines for an enterprise with one inspection only."""
    enterprise = case.enterprise(**fields)
    InspectionFactory(enterprise=enterprise, inspected_on="2026-09-30")
    evaluation = case.rate("2026Q3", shipped_standards()["default"], again=True)
    rating = evaluation.ratings.get(enterprise=enterprise)
    return {
        code: (own, reason)
        for code, own, reason in zip(evaluation.criteria, rating.own_points, rating.reasons, strict=True)
    } | {"coverage": (rating.coverage, rating.colour)}


def test_targets_shrink_with_the_days_on_the_register(case: Case) -> None:
    newcomers = {
        "2026-07-01": {"A4": (0, "lost"), "A5": (0, "lost"), "A8": (0, "lost"), "A9": (0, "lost")},
        # 46 of 92 days: exactly half an activity
        "2026-08-16": {"A4": (0, "lost-"), "A5": (0, "lost-"), "A8": (0, "lost-"), "A9": (0, "lost-")},
        "2026-08-17": {"A4": (0, "lost-"), "A5": (0, "lost-"), "A8": (0, "lost-"), "A9": (None, "na-")},
        # 23 of 92 days: half of two activities a year, of four checks a month
        "2026-09-08": {"A4": (0, "lost-"), "A5": (0, "lost-"), "A8": (0, "lost-"), "A9": (None, "na-")},
        "2026-09-09": {"A4": (0, "lost-"), "A5": (0, "lost-"), "A8": (None, "na-"), "A9": (None, "na-")},
        "2026-09-30": {"A4": (None, "na-"), "A5": (None, "na-"), "A8": (None, "na-"), "A9": (None, "na-")},
    }
    for registered_on, expected in newcomers.items():
        found = lines_of(case, registered_on=registered_on)
        assert {code: found[code] for code in expected} == expected, registered_on


def test_evidence_and_coverage(case: Case) -> None:
    """A has evidence after a full quarter, B after an inspection in two quarters, C always."""
    own = {criterion.code: criterion.worth for criterion in BOOK.criteria}
    duties, police = own["A4"] + own["A5"] + own["A8"] + own["A9"], own["B1"] + own["B2"] + own["B4"]
    found = lines_of(case, registered_on="2026-07-01")
    assert found["coverage"] == (1, "red")
    found = lines_of(case, registered_on="2026-07-02")
    assert found["coverage"] == (((police + 25) / (duties + police + 25)).quantize(Decimal("0.0001")), "red")
    assert found["coverage"][0] > BOOK.coverage
    enterprise = case.enterprise(registered_on="2026-07-02")
    InspectionFactory(enterprise=enterprise, inspected_on="2026-03-31")  # within a year: not N1
    rating = case.rate("2026Q3", shipped_standards()["default"], again=True).ratings.get(
        enterprise=enterprise
    )
    # B1 does not apply without a recent inspection, the rest of B and A without evidence
    assert rating.coverage == (25 / (duties + own["B2"] + own["B4"] + 25)).quantize(Decimal("0.0001"))
    assert (rating.colour, rating.decided_by) == ("grey", "N2")


@pytest.mark.parametrize(("checks", "points"), [(3, 3), (4, 5)])
def test_prorated_targets_are_rounded_up(case: Case, checks: int, points: int) -> None:
    """31 of 92 days require 4.38 of 13 weeks, rounded up to five, one point each.

    31 of 365 days require 3.4 of the forty checks a year, rounded up to four.
    """
    assert full_weeks(Q3_FIRST, Q3_LAST) == 13
    enterprise = case.enterprise(registered_on="2026-08-31")
    for week in range(checks):
        day = dt.date(2026, 9, 2) + dt.timedelta(weeks=week)
        SelfCheckFactory(enterprise=enterprise, checked_on=day)
    evaluation = case.rate("2026Q3", shipped_standards()["default"])
    rating = evaluation.ratings.get(enterprise=enterprise)
    assert rating.own_points[evaluation.criteria.index("A4")] == points
