"""Every state is read as of the quarter's last day: what happens later does not change an earlier quarter."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from facts.operations import correct_step
from facts.steps import acts_among, steps_of
from foundation.contributions.measures import indicators
from foundation.deadlines.calendar import full_weeks
from foundation.periods import Period
from inspections.access import Permission
from inspections.models import Hazard
from inspections.obstructing import (
    ask_to_withdraw_obstruction,
    confirm_obstruction,
    withdraw_obstruction,
)
from inspections.operations import (
    ask_to_withdraw_forgery,
    close_hazard,
    confirm_forgery,
    rectify_hazard,
    reopen_hazard,
    send_back_hazard,
    withdraw_forgery,
)
from ratings.operations.standards import shipped_standards
from tests.factories import (
    ActivityFactory,
    CheckRecordFactory,
    DisputeFactory,
    ForgeryFactory,
    HazardFactory,
    InactivityFactory,
    IncidentFactory,
    InspectionFactory,
    ObstructionFactory,
    PaperFactory,
    SelfCheckFactory,
)
from tests.ratings.conftest import Case

pytestmark = pytest.mark.django_db

Q3 = Period(2026, 3)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


LATER: dict[str, Callable] = {
    "closed": lambda case, hazard: case.change(hazard, rectified_on=day("10-01"), closed_on=day("10-02")),
    "made major": lambda case, hazard: case.change(hazard, major_from_on=day("10-01")),
    "made ordinary": lambda case, hazard: case.change(
        Hazard.objects.get(item="major"), major_until_on=day("10-01")
    ),
    "extended": lambda case, hazard: case.change(
        Hazard.objects.get(item="due later"), extension_granted_on=day("10-01"), extended_due_on=day("12-01")
    ),
    "submitted": lambda case, hazard: case.change(hazard, rectified_on=day("10-01")),
    "refused": lambda case, hazard: case.change(hazard, refused_on=day("10-01")),
    "found again": lambda case, hazard: HazardFactory(enterprise=hazard.enterprise, found_on=day("10-01")),
    "inspected": lambda case, hazard: InspectionFactory(
        enterprise=hazard.enterprise, inspected_on=day("10-01")
    ),
    "checked": lambda case, hazard: SelfCheckFactory(enterprise=hazard.enterprise, checked_on=day("10-05")),
    "taught": lambda case, hazard: ActivityFactory(enterprise=hazard.enterprise, held_on=day("10-01")),
    "verified": lambda case, hazard: case.change(
        hazard.enterprise.incident_records.get(kind="death"), verified_on=day("10-01")
    ),
    "happened": lambda case, hazard: IncidentFactory(enterprise=hazard.enterprise, occurred_on=day("10-01")),
    "settled": lambda case, hazard: case.change(
        hazard.enterprise.dispute_records.get(), settled_on=day("10-01")
    ),
    "suspended": lambda case, hazard: InactivityFactory(enterprise=hazard.enterprise, from_on=day("10-01")),
}


@pytest.mark.parametrize("change", LATER.values(), ids=LATER)
def test_what_happens_after_the_last_day_changes_nothing(case: Case, change: Callable) -> None:
    enterprise = case.enterprise()
    hazard = HazardFactory(enterprise=enterprise, item="plain", found_on=day("08-01"), due_on=day("08-20"))
    HazardFactory(
        enterprise=enterprise,
        item="major",
        found_on=day("08-01"),
        due_on=day("08-20"),
        major_from_on=day("08-01"),
    )
    HazardFactory(enterprise=enterprise, item="due later", found_on=day("08-01"), due_on=day("09-29"))
    IncidentFactory(enterprise=enterprise, kind="death", occurred_on=day("09-20"))
    DisputeFactory(enterprise=enterprise, opened_on=day("09-20"), due_on=day("09-25"))
    before = case.measured(enterprise, "2026Q3")
    digest = case.rate("2026Q3", shipped_standards()["default"]).digest
    assert (before["hazards_overdue"], before["hazards_overdue_major"], before["disputes_overdue"]) == (
        3,
        1,
        1,
    )
    assert before["last_grave_on"] == 0
    change(case, hazard)
    assert case.measured(enterprise, "2026Q3") == before
    assert case.rate("2026Q3", shipped_standards()["default"], again=True).digest == digest
    assert case.measured(enterprise, "2026Q4") != case.measured(enterprise, "2026Q3")


def test_a_voided_record_drops_out(case: Case) -> None:
    enterprise = case.enterprise()
    empty = case.measured(enterprise, "2026Q3")
    rows = [
        HazardFactory(
            enterprise=enterprise, found_on=day("08-01"), due_on=day("08-20"), major_from_on=day("08-01")
        ),
        InspectionFactory(enterprise=enterprise, inspected_on=day("08-01")),
        SelfCheckFactory(enterprise=enterprise, checked_on=day("08-05")),
        ActivityFactory(enterprise=enterprise, held_on=day("08-05")),
        IncidentFactory(
            enterprise=enterprise, kind="death", occurred_on=day("08-05"), verified_on=day("08-06")
        ),
        DisputeFactory(enterprise=enterprise, opened_on=day("08-05")),
        HazardFactory(enterprise=enterprise, found_on=day("09-01")),
    ]
    assert case.measured(enterprise, "2026Q3") != empty
    assert case.measured(enterprise, "2026Q3")["hazards_repeated"] == 1
    case.change(rows[0], voided_at=timezone.now())  # the earlier of the pair
    assert case.measured(enterprise, "2026Q3")["hazards_repeated"] == 0
    for row in rows[1:]:
        case.change(row, voided_at=timezone.now())
    assert case.measured(enterprise, "2026Q3") == empty


HAZARDS = [
    # (fields, measures that are 1; the others in the list below are 0)
    ({"due_on": day("09-29")}, "open overdue"),
    ({"due_on": day("09-30")}, "open"),  # due on the last day
    ({"due_on": None}, "open"),
    ({"due_on": day("08-20"), "rectified_on": day("08-19")}, "open"),  # submitted and waiting
    ({"due_on": day("08-20"), "rectified_on": day("09-10")}, "open"),  # waiting, though late
    ({"due_on": day("08-20"), "rectified_on": day("10-02"), "closed_on": day("10-05")}, "open overdue"),
    ({"due_on": day("08-20"), "extended_due_on": day("10-09"), "extension_granted_on": day("08-19")}, "open"),
    (
        {"due_on": day("08-20"), "extended_due_on": day("09-09"), "extension_granted_on": day("08-19")},
        "open overdue",
    ),
    ({"due_on": day("08-20"), "closed_on": day("08-20")}, "closed on_time"),
    ({"due_on": day("08-20"), "closed_on": day("08-21")}, "closed"),
    ({"due_on": day("08-20"), "rectified_on": day("08-20"), "closed_on": day("09-30")}, "closed on_time"),
    ({"due_on": day("08-20"), "rectified_on": day("08-21"), "closed_on": day("08-22")}, "closed"),
    ({"due_on": None, "closed_on": day("08-20")}, "closed"),
    (
        {
            "due_on": day("08-20"),
            "extended_due_on": day("09-09"),
            "extension_granted_on": day("08-19"),
            "rectified_on": day("09-05"),
            "closed_on": day("09-10"),
        },
        "closed on_time",
    ),
    ({"due_on": day("08-20"), "refused_on": day("08-10")}, "open overdue refused"),
    ({"due_on": day("08-20"), "refused_on": day("08-10"), "closed_on": day("09-10")}, "closed"),
]


@pytest.mark.parametrize(("fields", "expected"), HAZARDS)
def test_states_of_a_hazard(case: Case, fields: dict, expected: str) -> None:
    enterprise = case.enterprise()
    hazard = HazardFactory(enterprise=enterprise, found_on=day("08-05"), **fields)
    row = case.measured(enterprise, "2026Q3")
    codes = {
        "open": "hazards_open",
        "overdue": "hazards_overdue",
        "closed": "hazards_closed",
        "on_time": "hazards_closed_on_time",
        "refused": "hazards_refused",
    }
    assert {name for name, code in codes.items() if row[code]} == set(expected.split())
    assert row["hazards_found"] == 1
    assert row["hazards_found_major"] == row["hazards_overdue_major"] == row["hazards_open_major"] == 0
    case.change(hazard, major_from_on=day("08-05"))
    row = case.measured(enterprise, "2026Q3")
    assert row["hazards_overdue_major"] == ("overdue" in expected)
    assert row["hazards_open_major"] == row["hazards_open_major_owed"] == ("open" in expected)


@pytest.mark.parametrize(("overdue_days", "vetoed"), [(29, 0), (30, 0), (31, 1)])
def test_a_major_hazard_overdue_for_more_than_thirty_days(case: Case, overdue_days: int, vetoed: int) -> None:
    enterprise, due_on = case.enterprise(), Q3.end - dt.timedelta(days=overdue_days)
    hazard = HazardFactory(
        enterprise=enterprise, found_on=day("07-05"), due_on=due_on, major_from_on=day("07-05")
    )
    assert case.measured(enterprise, "2026Q3")["hazards_major_overdue_30"] == vetoed
    case.change(hazard, rectified_on=day("09-30"))
    assert case.measured(enterprise, "2026Q3")["hazards_major_overdue_30"] == 0


@pytest.mark.parametrize(
    ("origin", "fields", "owed"),
    [
        ("police", {"due_on": day("10-09")}, 1),
        ("police", {"due_on": day("09-09"), "rectified_on": day("09-08")}, 1),
        ("self", {"due_on": day("10-09")}, 0),
        ("self", {"due_on": day("09-30")}, 0),
        ("self", {"due_on": day("09-29")}, 1),
        ("self", {"due_on": day("09-09"), "rectified_on": day("09-09")}, 0),
        ("self", {"due_on": day("09-09"), "rectified_on": day("09-10")}, 1),
        ("self", {"due_on": None}, 1),
        ("self", {"due_on": day("09-09"), "closed_on": day("09-10")}, 0),
    ],
)
def test_which_open_major_hazards_keep_from_green(case: Case, origin: str, fields: dict, owed: int) -> None:
    enterprise = case.enterprise()
    HazardFactory(
        enterprise=enterprise, found_on=day("09-01"), major_from_on=day("09-01"), origin=origin, **fields
    )
    assert case.measured(enterprise, "2026Q3")["hazards_open_major_owed"] == owed


@pytest.mark.parametrize(
    ("earlier", "fields", "repeated"),
    [
        ({}, {}, 1),
        ({"found_on": dt.date(2025, 8, 5)}, {}, 1),
        ({"found_on": dt.date(2025, 8, 4)}, {}, 0),  # more than twelve months before
        ({"found_on": day("08-05")}, {}, 0),  # the same day
        ({"item": "Another"}, {}, 0),
        ({"place": "Elsewhere"}, {}, 0),
        ({"voided_at": dt.datetime(2026, 9, 1, tzinfo=dt.UTC)}, {}, 0),
        ({}, {"origin": "self", "due_on": day("08-20"), "closed_on": day("08-20")}, 0),
        ({}, {"origin": "self", "due_on": day("08-20"), "closed_on": day("08-21")}, 1),
        ({}, {"origin": "self", "due_on": day("10-20")}, 0),  # its deadline has not passed
        ({}, {"origin": "self", "due_on": day("08-20")}, 1),
        ({}, {"origin": "self", "due_on": None, "closed_on": day("08-20")}, 1),
        ({}, {"origin": "department", "due_on": day("08-20"), "closed_on": day("08-20")}, 1),
    ],
)
def test_the_same_hazard_again(case: Case, earlier: dict, fields: dict, repeated: int) -> None:
    enterprise = case.enterprise()
    HazardFactory(**{"enterprise": enterprise, "found_on": day("03-01"), "closed_on": day("12-01")} | earlier)
    HazardFactory(enterprise=enterprise, found_on=day("08-05"), **fields)
    assert case.measured(enterprise, "2026Q3")["hazards_repeated"] == repeated


@pytest.mark.parametrize(
    ("verified_on", "now", "before"),
    [
        ("2025-09-30", 0, 0),
        ("2025-10-01", 0, 1),
        ("2026-06-30", 0, 1),
        ("2026-07-01", 1, 0),
        ("2026-09-30", 1, 0),
        ("2026-10-01", 0, 0),
        (None, 0, 0),
    ],
)
@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("criminal_cases", {"kind": "criminal_case", "at_fault": True, "duty_fulfilled": False}),
        (
            "serious_cases",
            {"kind": "criminal_case", "at_fault": True, "duty_fulfilled": False, "serious": True},
        ),
        ("public_security_cases", {"kind": "public_security_case", "at_fault": True}),
        ("staff_offences", {"kind": "staff_offence"}),
    ],
)
def test_a_verified_fact_counts_now_and_in_the_three_quarters_after(
    case: Case, code: str, fields: dict, verified_on: str | None, now: int, before: int
) -> None:
    enterprise = case.enterprise()
    IncidentFactory(enterprise=enterprise, occurred_on="2025-09-01", verified_on=verified_on, **fields)
    row = case.measured(enterprise, "2026Q3")
    assert (row[f"{code}_now"], row[f"{code}_before"]) == (now, before)
    others = {
        each for each in indicators() if each.endswith(("_now", "_before")) and not each.startswith(code)
    }
    assert not any(row[each] for each in others)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "criminal_case", "at_fault": False, "duty_fulfilled": False},
        {"kind": "criminal_case", "at_fault": True, "duty_fulfilled": True},
        {"kind": "criminal_case", "at_fault": None, "duty_fulfilled": None},
        {"kind": "public_security_case", "at_fault": False},
        {"kind": "public_security_case", "at_fault": None},
        {"kind": "complaint", "at_fault": True},
        {"kind": "group_emergency", "at_fault": False},
        {"kind": "death", "at_fault": False},
    ],
)
def test_an_incident_without_fault_costs_nothing(case: Case, fields: dict) -> None:
    enterprise = case.enterprise()
    IncidentFactory(enterprise=enterprise, occurred_on=day("08-01"), verified_on=day("08-02"), **fields)
    row = case.measured(enterprise, "2026Q3")
    assert row["incidents"] == 1
    assert not any(row[each] for each in indicators() if each.endswith(("_now", "_before")))
    assert row["last_grave_on"] == row["last_major_case_on"] == row["last_emergency_on"] == 0


def test_police_calls_count_by_the_quarter_of_their_verification(case: Case) -> None:
    enterprise = case.enterprise()
    for verified_on in [
        "2025-06-30",
        "2025-07-01",
        "2026-06-30",
        "2026-07-01",
        "2026-09-30",
        "2026-10-01",
        None,
    ]:
        IncidentFactory(enterprise=enterprise, occurred_on="2025-06-01", verified_on=verified_on)
    row = case.measured(enterprise, "2026Q3")
    assert (row["police_calls"], row["police_calls_before"]) == (2, 2)


@pytest.mark.parametrize(
    ("event", "released", "held"),
    [
        ("2026-08-01", None, True),
        ("2026-08-01", "2026-09-01", True),  # within the quarter: red, whatever follows
        ("2026-05-01", None, True),
        ("2026-05-01", "2026-04-30", True),
        ("2026-05-01", "2026-05-01", True),
        ("2026-05-01", "2026-05-02", False),
        ("2026-05-01", "2026-10-01", True),  # after the last day
        ("2020-05-01", None, True),
    ],
)
@pytest.mark.parametrize("kind", ["death", "group_emergency"])
def test_an_event_veto_holds_until_a_qualified_inspection(
    case: Case, kind: str, event: str, released: str | None, held: bool
) -> None:
    enterprise = case.enterprise()
    InspectionFactory(enterprise=enterprise, inspected_on=day("09-10"), conclusion="rectify")
    IncidentFactory(enterprise=enterprise, kind=kind, occurred_on=event, verified_on=event, at_fault=True)
    if released:
        InspectionFactory(enterprise=enterprise, inspected_on=released, conclusion="qualified")
    rating = case.rate("2026Q3", shipped_standards()["default"]).ratings.get()
    assert ({"V1", "V3"} & set(rating.flags) != set()) == held
    assert (rating.colour == "red" and rating.decided_by in ("V1", "V3")) == held


def test_weeks_are_iso_weeks_by_their_thursday(case: Case) -> None:
    # 2026Q1 begins on a Thursday, so Monday 29 December belongs to it; it ends on a Tuesday, whose week does not
    enterprise = case.enterprise()
    for checked_on in ["2025-12-29", "2026-01-04", "2026-01-05", "2026-03-29", "2026-03-30"]:
        SelfCheckFactory(enterprise=enterprise, checked_on=checked_on)
    row = case.measured(enterprise, "2026Q1")
    assert (row["self_check_weeks"], row["self_checks"], row["self_checks_year"]) == (3, 4, 5)
    # 2026Q4 ends on a Thursday: the three days after it belong to its last week, and to nothing else of it
    other = case.enterprise()
    for checked_on in ["2027-01-02", "2027-01-03", "2027-01-04"]:
        SelfCheckFactory(enterprise=other, checked_on=checked_on)
    row = case.measured(other, "2026Q4")
    assert (row["self_check_weeks"], row["self_checks"], row["self_checks_year"]) == (1, 0, 0)
    assert case.measured(other, "2027Q1")["self_check_weeks"] == 1


def test_holiday_weeks_are_no_weeks() -> None:
    """2026Q1 has 13 Thursdays; the week of the Spring Festival (16 to 22 February) has no working day."""
    assert full_weeks(dt.date(2026, 1, 1), dt.date(2026, 3, 31)) == 12
    assert full_weeks(dt.date(2026, 2, 16), dt.date(2026, 2, 22)) == 0
    # The National Day week of 2025 has none, New Year's (two working days, and Sunday the 4th made up) has three.
    assert full_weeks(dt.date(2025, 9, 29), dt.date(2025, 10, 5)) == 0
    assert full_weeks(dt.date(2025, 12, 29), dt.date(2026, 1, 4)) == 1
    assert full_weeks(dt.date(2026, 7, 1), dt.date(2026, 9, 30)) == 13


def test_key_checks_by_month_and_activities_by_their_windows(case: Case) -> None:
    enterprise = case.enterprise()
    for month, target in [("07", "vehicle"), ("08", "funds"), ("08", "department"), ("08", "general")]:
        SelfCheckFactory(enterprise=enterprise, checked_on=f"2026-{month}-31", target=target)
    SelfCheckFactory(enterprise=enterprise, checked_on="2026-06-30", target="vehicle")
    for held_on in ["2025-09-30", "2025-10-01", "2026-09-30", "2026-10-01"]:
        ActivityFactory(enterprise=enterprise, kind="education", held_on=held_on)
    for held_on, fields in [
        ("2026-03-31", {"attendance": 5, "photo_on_file": True}),
        ("2026-04-01", {"attendance": 5, "photo_on_file": True}),
        ("2026-09-30", {"attendance": 5, "photo_on_file": False}),
        ("2026-09-30", {"attendance": 0, "photo_on_file": True}),
        ("2026-09-30", {"attendance": None, "photo_on_file": True}),
    ]:
        ActivityFactory(enterprise=enterprise, kind="drill", held_on=held_on, **fields)
    row = case.measured(enterprise, "2026Q3")
    assert [row[f"key_checks_month_{number}"] for number in (1, 2, 3)] == [1, 2, 0]
    assert (row["legal_education_year"], row["drills_half_year"]) == (2, 1)


def test_inspections_by_their_windows(case: Case) -> None:
    enterprise = case.enterprise()
    for inspected_on, conclusion in [
        ("2025-09-30", "qualified"),
        ("2025-10-01", "qualified"),
        ("2026-03-31", ""),
        ("2026-04-01", "rectify"),
        ("2026-07-01", "unqualified"),
        ("2026-10-01", "qualified"),
    ]:
        InspectionFactory(enterprise=enterprise, inspected_on=inspected_on, conclusion=conclusion)
    row = case.measured(enterprise, "2026Q3")
    assert [row[code] for code in ("inspections", "inspections_recent", "inspections_year")] == [1, 2, 4]
    assert row["last_inspection_on"] == day("07-01").toordinal()
    assert row["last_qualified_on"] == dt.date(2025, 10, 1).toordinal()


def test_facts_of_others_stay_with_them(case: Case) -> None:
    enterprise, other = case.enterprise(), case.enterprise(station=case.second)
    empty = case.measured(enterprise, "2026Q3")
    HazardFactory(enterprise=other, found_on=day("08-01"), due_on=day("08-20"))
    HazardFactory(enterprise=other, found_on=day("08-02"))
    IncidentFactory(enterprise=other, occurred_on=day("08-01"), kind="death", verified_on=day("08-01"))
    assert case.measured(enterprise, "2026Q3") == empty
    ratings = {
        each.enterprise_id: each for each in case.rate("2026Q3", shipped_standards()["default"]).ratings.all()
    }
    assert ratings[other.pk].colour == "red"
    assert ratings[enterprise.pk].colour == "grey"
    assert ratings[enterprise.pk].score == Decimal("60.0")  # B2, B4 and C full, no points of A


def test_a_first_re_inspection_counts_in_the_quarter_of_its_end(case: Case) -> None:
    """Sent back in one quarter and accepted in the next: it failed in the first, and the second says nothing of it."""
    enterprise = case.enterprise()
    hazard = HazardFactory(enterprise=enterprise, found_on=day("09-01"), due_on=day("12-20"))
    act = {"actor": case.actor, "id": hazard.pk}

    def counted(quarter: str) -> tuple[int, int, int]:
        row = case.measured(enterprise, quarter)
        codes = ("hazards_accepted_first", "hazards_sent_back", "hazards_reopened")
        return tuple(int(row[code]) for code in codes)

    rectify_hazard(**act, rectified_on=day("09-10"))
    assert counted("2026Q3") == (0, 0, 0)
    send_back_hazard(**act, sent_back_on=day("09-12"), reason="Still dark")
    rectify_hazard(**act, rectified_on=day("10-10"))
    close_hazard(**act, closed_on=day("10-12"))
    assert (counted("2026Q3"), counted("2026Q4")) == ((0, 1, 0), (0, 0, 0))
    sent_back = next(step for step in acts_among(steps_of(hazard)) if step.act == "send_back")
    correction = {
        "actor": case.actor,
        "permission": Permission.CORRECT_HAZARDS,
        "model": Hazard,
        "id": hazard.pk,
        "version": None,
        "step": sent_back.pk,
        "reason": "On another day",
    }
    correct_step(**correction, on=day("10-05"), never=False)
    assert (counted("2026Q3"), counted("2026Q4")) == ((0, 0, 0), (0, 1, 0))


def test_an_expired_order_is_read_as_of_the_last_day(case: Case) -> None:
    """A voided order never counts, one that is served later or not at all not yet, and one replaced later still."""
    enterprise = case.enterprise()
    hazard = HazardFactory(enterprise=enterprise, found_on=day("08-01"), due_on=day("09-15"))

    def expired() -> int:
        return case.measured(enterprise, "2026Q3")["hazards_ordered_overdue"]

    assert expired() == 0
    order = {"enterprise": enterprise, "records": {"hazard": [hazard.pk]}, "issued_on": day("08-01")}
    PaperFactory(**order, served_on=day("10-01"))
    paper = PaperFactory(**order)
    assert expired() == 0
    case.change(paper, served_on=day("09-30"))
    assert expired() == 1
    case.change(paper, corrected_at=timezone.now())
    assert expired() == 1
    case.change(paper, voided_at=timezone.now(), void_reason="Wrong")
    assert expired() == 0


def test_a_hazard_of_its_own_costs_nothing_in_time(case: Case) -> None:
    """Sent back or there again: B3 leaves out what the enterprise reported itself while its deadline is kept."""
    enterprise, police = case.enterprise(), case.enterprise()

    def counted(of: Any) -> list[int]:
        row = case.measured(of, "2026Q3")
        return [int(row[f"hazards_{code}"]) for code in ("accepted_first", "sent_back", "reopened")]

    for of, origin in ((enterprise, "self"), (police, "police")):
        days = {"enterprise": of, "origin": origin, "found_on": day("08-01")}
        again = HazardFactory(**days, due_on=day("08-20"), rectified_on=day("08-03"), closed_on=day("08-04"))
        back = HazardFactory(**days, due_on=day("09-20"), rectified_on=day("08-03"))
        late = HazardFactory(**days, due_on=day("08-20"), rectified_on=day("08-03"))
        reopen_hazard(
            actor=case.actor, id=again.pk, reopened_on=day("09-01"), due_on=day("12-20"), reason="There again"
        )
        for each, done in ((back, "09-10"), (late, "08-25")):
            send_back_hazard(actor=case.actor, id=each.pk, sent_back_on=day("08-05"), reason="Still dark")
            rectify_hazard(actor=case.actor, id=each.pk, rectified_on=day(done))
            close_hazard(actor=case.actor, id=each.pk, closed_on=day("09-12"))
    assert (counted(enterprise), counted(police)) == ([0, 1, 0], [0, 2, 1])


def test_on_the_spot_is_what_two_officers_saw(case: Case) -> None:
    """Submitted and re-inspected on one day is an acceptance; put right on the spot is none, also once it is reopened."""
    enterprise = case.enterprise()
    days = dict.fromkeys(("found_on", "due_on", "rectified_on", "closed_on"), day("08-03"))
    HazardFactory(enterprise=enterprise, **days)
    spot = HazardFactory(enterprise=enterprise, **days, on_the_spot=True)
    assert case.measured(enterprise, "2026Q3")["hazards_accepted_first"] == 1
    reopen_hazard(
        actor=case.actor, id=spot.pk, reopened_on=day("10-03"), due_on=day("12-20"), reason="There again"
    )
    assert case.measured(enterprise, "2026Q3")["hazards_accepted_first"] == 1


def test_an_obstruction_is_a_veto_from_its_confirmation_until_an_inspection_after_it(case: Case) -> None:
    enterprise, text = case.enterprise(), shipped_standards()["default-3"]
    InspectionFactory(enterprise=enterprise, inspected_on=day("08-20"), conclusion="qualified")
    obstruction = ObstructionFactory(enterprise=enterprise, obstructed_on=day("08-25"))

    def judged(quarter: str) -> tuple[int, bool]:
        run = case.rate(quarter, text, again=True)
        last = case.measured(enterprise, quarter)["last_obstructed_on"]
        return int(last), run.ratings.get(enterprise=enterprise).decided_by == "V6"

    assert judged("2026Q3") == (0, False), "nobody has confirmed it"
    confirm_obstruction(actor=case.actor, id=obstruction.pk, confirmed_on=day("09-01"))
    on = day("09-01").toordinal()
    assert judged("2026Q3") == judged("2026Q4") == (on, True)
    InspectionFactory(enterprise=enterprise, inspected_on=day("10-05"), conclusion="qualified")
    assert (judged("2026Q3"), judged("2026Q4")) == ((on, True), (on, False))
    ask_to_withdraw_obstruction(actor=case.actor, id=obstruction.pk, reason="Another enterprise")
    withdraw_obstruction(
        actor=case.actor, id=obstruction.pk, withdrawn_on=day("10-06"), reason="Another enterprise"
    )
    assert (judged("2026Q3"), judged("2026Q4")) == ((on, True), (0, False))


def test_the_last_checklist_of_two_quarters_counts_as_of_the_last_day(case: Case) -> None:
    """Voided visits, those without a checklist, later ones and those of earlier quarters count for nothing."""
    enterprise = case.enterprise()

    def visit(on: str, asked: int, passed: int, critical: int, **fields: Any) -> None:
        inspection = InspectionFactory(enterprise=enterprise, inspected_on=on, **fields)
        weights = {"weight_asked": asked, "weight_passed": passed, "critical_failed": critical}
        CheckRecordFactory(enterprise=enterprise, inspection=inspection, **weights)

    def measured(quarter: str) -> tuple[int, ...]:
        found = case.measured(enterprise, quarter)
        return tuple(int(found[f"checklist_{each}"]) for each in ("asked", "passed", "critical_failed"))

    visit("2026-03-31", 50, 50, 0)
    assert measured("2026Q3") == (0, 0, 0)
    visit("2026-04-01", 40, 30, 2)
    visit("2026-09-01", 30, 27, 1)
    visit("2026-09-01", 30, 21, 3)  # recorded after the other one of the day
    visit("2026-09-02", 30, 30, 0, voided_at=timezone.now())
    visit("2026-09-03", 0, 0, 0)  # all was not applicable
    InspectionFactory(enterprise=enterprise, inspected_on=day("09-20"))
    visit("2026-10-01", 30, 30, 0)
    assert [measured(each) for each in ("2026Q2", "2026Q3", "2026Q4")] == [
        (40, 30, 2),
        (30, 21, 3),
        (30, 30, 0),
    ]


def test_a_forgery_is_a_veto_from_its_confirmation_until_it_is_withdrawn(case: Case) -> None:
    enterprise, text = case.enterprise(), shipped_standards()["default-2"]
    InspectionFactory(enterprise=enterprise, inspected_on=day("08-20"), conclusion="qualified")
    forgery = ForgeryFactory(enterprise=enterprise, found_on=day("08-25"))

    def judged(quarter: str) -> tuple[int, list[str]]:
        run = case.rate(quarter, text, again=True)
        last = case.measured(enterprise, quarter)["last_forged_on"]
        return int(last), [each for each in run.ratings.get(enterprise=enterprise).flags if each == "V5"]

    assert judged("2026Q3") == (0, [])
    confirm_forgery(actor=case.actor, id=forgery.pk, confirmed_on=day("09-01"))
    on = day("09-01").toordinal()
    assert judged("2026Q3") == judged("2026Q4") == (on, ["V5"])
    ask_to_withdraw_forgery(actor=case.actor, id=forgery.pk, reason="The same gate")
    withdraw_forgery(
        actor=case.actor, id=forgery.pk, withdrawn_on=day("10-05"), reason="It was the same gate"
    )
    assert (judged("2026Q3"), judged("2026Q4")) == ((on, ["V5"]), (0, []))
