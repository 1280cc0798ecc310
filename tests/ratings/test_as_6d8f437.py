"""The shipped standards of 6d8f437 rate the same facts as that version did: scores, lines, colours, what decided.

``as_6d8f437.json`` was written by that version and is never made anew. To see where it comes from, put this file into its
``tests/ratings`` and run it there with ``WRITE_RATINGS=1``.
"""

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ratings.standards as shipped
from enterprises.models import Enterprise
from tests.factories import (
    ActivityFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    SelfCheckFactory,
)
from tests.ratings.conftest import Case

pytestmark = pytest.mark.django_db
RECORDED = Path(__file__).with_name("as_6d8f437.json")
QUARTERS = ("2026Q1", "2026Q2", "2026Q3")
STARTS = {"2026Q1": dt.date(2026, 1, 1), "2026Q2": dt.date(2026, 4, 1), "2026Q3": dt.date(2026, 7, 1)}
LINES = ("own_points", "own_maxima", "points", "maxima")


def day(quarter: str, number: int) -> dt.date:
    """Return a day of a quarter, from 0."""
    return STARTS[quarter] + dt.timedelta(days=number)


# --- the facts --------------------------------------------------------------------------------------------------------


def inspected(firm: Enterprise, quarter: str, conclusion: str = "qualified", number: int = 40) -> None:
    InspectionFactory(enterprise=firm, inspected_on=day(quarter, number), conclusion=conclusion)


def diligent(firm: Enterprise, quarter: str, conclusion: str = "qualified") -> None:
    """Everything that groups A and B ask for."""
    inspected(firm, quarter, conclusion)
    for week in range(13):
        SelfCheckFactory(enterprise=firm, checked_on=day(quarter, 7 * week + 1), target="general")
        SelfCheckFactory(enterprise=firm, checked_on=day(quarter, 7 * week + 2), target="equipment")
    ActivityFactory(enterprise=firm, kind="drill", held_on=day(quarter, 20), attendance=9, photo_on_file=True)
    ActivityFactory(enterprise=firm, kind="education", held_on=day(quarter, 21))
    hazard(firm, quarter, origin="self", due=20, rectified=15, closed=18)


def hazard(
    firm: Enterprise,
    quarter: str,
    found: int = 10,
    *,
    due: int | None = None,
    rectified: int | None = None,
    closed: int | None = None,
    refused: int | None = None,
    major: bool = False,
    **fields: Any,
) -> None:
    """A hazard with the days of its course, counted from the first day of a quarter."""
    days = {"due_on": due, "rectified_on": rectified, "closed_on": closed, "refused_on": refused}
    found_on = day(quarter, found)
    HazardFactory(
        enterprise=firm,
        found_on=found_on,
        major_from_on=found_on if major else None,
        **{name: None if number is None else day(quarter, number) for name, number in days.items()},
        **fields,
    )


def incident(firm: Enterprise, quarter: str, kind: str, number: int = 30, **fields: Any) -> None:
    on = day(quarter, number)
    IncidentFactory(enterprise=firm, kind=kind, occurred_on=on, verified_on=on, **fields)


def _always_diligent(firm: Enterprise) -> None:
    for quarter in QUARTERS:
        diligent(firm, quarter)


def _hazards(firm: Enterprise) -> None:
    for quarter in QUARTERS:
        inspected(firm, quarter, "rectify")
    hazard(firm, "2026Q1", item="Lock", due=20, rectified=19, closed=30)  # on time, accepted later
    hazard(firm, "2026Q2", item="Lock", due=20, closed=30)  # again, and late
    hazard(firm, "2026Q3", item="Lamp", due=30)  # overdue
    hazard(firm, "2026Q3", found=60, item="Safe", due=80, major=True)  # overdue, major, for less than 30 days
    hazard(firm, "2026Q3", item="Exit", due=20, rectified=40)  # submitted late, not accepted
    hazard(firm, "2026Q3", item="Fence", due=20, extended_due_on=day("2026Q3", 35),
           extension_granted_on=day("2026Q3", 18), closed=33)  # fmt: skip
    hazard(firm, "2026Q3", item="Own", origin="self", found=3, due=20, closed=12)


def _cases(firm: Enterprise) -> None:
    _always_diligent(firm)
    at_fault = {"at_fault": True, "duty_fulfilled": False}
    incident(firm, "2026Q1", "criminal_case", **at_fault)
    incident(firm, "2026Q2", "criminal_case", **at_fault)
    incident(firm, "2026Q2", "criminal_case", at_fault=True, duty_fulfilled=True)
    incident(firm, "2026Q2", "public_security_case", at_fault=True)
    incident(firm, "2026Q3", "public_security_case", at_fault=False)
    for number in range(4):
        incident(firm, "2026Q2", "staff_offence", number)
    for number in range(2):
        incident(firm, "2026Q1", "police_call", number)
    for number in range(5):
        incident(firm, "2026Q3", "police_call", number)


def _with(quarter: str, *more: Callable[[Enterprise], None]) -> Callable[[Enterprise], None]:
    def make(firm: Enterprise) -> None:
        for each in QUARTERS:
            diligent(firm, each, "qualified" if each != quarter else "rectify")
        for one in more:
            one(firm)

    return make


def _fallen(firm: Enterprise) -> None:
    diligent(firm, "2026Q1")
    for quarter in QUARTERS[1:]:
        inspected(firm, quarter, "unqualified")
        for number in range(6):
            hazard(firm, quarter, number, item=f"Broken {number}", due=number + 3)


def _released(firm: Enterprise) -> None:
    """Red by a veto, and out of it by an inspection that found the enterprise qualified."""
    diligent(firm, "2026Q1", "rectify")
    incident(firm, "2026Q1", "death", 60, at_fault=True)
    diligent(firm, "2026Q2", "rectify")
    diligent(firm, "2026Q3")


FIRMS: dict[str, Callable[[Enterprise], None]] = {
    "nothing": lambda firm: None,
    "inspected": lambda firm: inspected(firm, "2026Q1"),
    "diligent": _always_diligent,
    "hazards": _hazards,
    "cases": _cases,
    "fallen": _fallen,
    "released": _released,
    "death": _with("2026Q2", lambda firm: incident(firm, "2026Q2", "death", 60, at_fault=None)),
    "not at fault": _with("2026Q2", lambda firm: incident(firm, "2026Q2", "death", 60, at_fault=False)),
    "serious": _with(
        "2026Q2",
        lambda firm: incident(
            firm, "2026Q2", "criminal_case", 60, at_fault=True, duty_fulfilled=False, serious=True
        ),
    ),
    "emergency": _with("2026Q3", lambda firm: incident(firm, "2026Q3", "group_emergency", 60, at_fault=True)),
    "major overdue": _with("2026Q2", lambda firm: hazard(firm, "2026Q2", 1, due=20, major=True)),
    "refused": _with("2026Q3", lambda firm: hazard(firm, "2026Q3", 1, due=85, refused=40)),
    "major in time": _with("2026Q3", lambda firm: hazard(firm, "2026Q3", 70, due=110, major=True)),
}


# --- what they are rated ----------------------------------------------------------------------------------------------


def _text(code: str) -> str:
    (folder,) = shipped.__path__
    return (Path(folder) / f"{code}.toml").read_text(encoding="utf-8")


def _plain(number: Any) -> str:
    return "-" if number is None else f"{number:.6f}".rstrip("0").rstrip(".")


def _said(evaluation: Any, firms: dict[int, str]) -> Iterator[tuple[str, list[Any]]]:
    """Yield by enterprise what its rating says, as JSON has it; a line is own and scaled points with their maxima, and why."""
    for rating in evaluation.ratings.order_by("enterprise_id"):
        lines = [
            " ".join([code, *map(_plain, numbers), reason])
            for code, numbers, reason in zip(
                evaluation.criteria,
                zip(*(getattr(rating, name) for name in LINES), strict=True),
                rating.reasons,
                strict=True,
            )
        ]
        score = None if rating.score is None else str(rating.score)
        said = [rating.colour, rating.score_colour, score, str(rating.coverage), rating.decided_by]
        yield firms[rating.enterprise_id], [*said, sorted(rating.flags), lines]


def test_the_same_facts_are_rated_as_at_6d8f437(case: Case) -> None:
    firms: dict[int, str] = {}
    for name, make in FIRMS.items():
        firm = case.enterprise(name=name)
        make(firm)
        firms[firm.pk] = name
    case.adopt(_text("default"))
    told = {
        standard: {quarter: dict(_said(case.rate(quarter, text=text), firms)) for quarter in QUARTERS}
        for standard, text in (("default", ""), ("hazards-only", _text("hazards-only")))
    }
    if os.environ.get("WRITE_RATINGS"):
        RECORDED.write_text(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    for standard, quarters in recorded.items():
        for quarter, ratings in quarters.items():
            assert told[standard][quarter] == ratings, f"{standard} {quarter}"


def test_the_recording_has_each_way_to_be_rated() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    every = [
        rating for quarters in recorded.values() for firms in quarters.values() for rating in firms.values()
    ]
    by_default = [rating for firms in recorded["default"].values() for rating in firms.values()]
    assert {rating[0] for rating in by_default} == {"green", "yellow", "red", "grey"}
    assert {rating[4] for rating in by_default} >= {"", "V1", "V2", "V3", "V4", "V4r", "X1", "N1", "M1"}
    lines = [line.split(" ") for rating in every for line in rating[6]]
    criteria = {code for code, *_rest in lines} - {"C"}  # the points from which C1 to C4 deduct
    for reason in ("full", "lost"):
        assert {code for code, *_rest, why in lines if why == reason} >= criteria
