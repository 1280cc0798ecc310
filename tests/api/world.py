"""A bureau as its departments' systems see it: two stations, two rated quarters, a correction, messages."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from deliveries.models import Subscription
from deliveries.operations.publishing import announce
from enterprises.models import Enterprise
from foundation.accounts.models import Department, Station
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.models import Hazard, Inspection
from ratings.models import Evaluation, Rating, Standard
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from tests.factories import (
    AdoptionFactory,
    CheckedItemFactory,
    CheckRecordFactory,
    DepartmentFactory,
    EnterpriseFactory,
    EvaluationFactory,
    HazardFactory,
    InspectionFactory,
    RatingFactory,
    StandardFactory,
    SubscriptionFactory,
    TestEventFactory,
)
from tests.fixtures import City
from tests.rest.keys import ApiClient, api, key_of

MARK = "ZQX外局"
TEXT = shipped_standards()["default"]
BOOK = parse(TEXT)
CODES = BOOK.line_codes
VISIBLE = dt.datetime(2026, 10, 4, tzinfo=dt.UTC)
COLOURS = ("green", "yellow", "red", "grey")


@dataclass
class World:
    """The objects of the bureau, by name."""

    city: City
    fire: Department
    market: Department
    foreign: Department
    standard: Standard
    runs: dict[str, Evaluation]
    first: list[Enterprise]
    second: list[Enterprise]
    elsewhere: list[Enterprise]
    reds: Subscription
    everything: Subscription
    markets: Subscription
    hazards: list[Hazard]  # one in each station of the bureau
    inspections: list[Inspection]  # the same, and one of another bureau
    keys: dict[str, ApiClient] = field(default_factory=dict)

    def client(self, **fields: Any) -> ApiClient:
        return api(self.fire, **fields)

    def clients(self) -> dict[str, ApiClient]:
        """Clients with each kind of key, made once."""
        if not self.keys:
            expired = key_of(self.fire, expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))[1]
            self.keys = {
                "right": self.client(),
                "no scope": self.client(scopes=["tests:none"]),
                "other department": api(self.market),
                "other bureau": api(self.foreign),
                "narrow": self.client(stations=[self.city.second]),
                "expired": ApiClient(expired),
                "none": ApiClient(),
            }
        return self.keys


def rating(enterprise: Enterprise, run: Evaluation, colour: str, **more: Any) -> Rating:
    """Create a rating with a line for each criterion of the default standard."""
    number = len(CODES)
    reasons = ["full", "lost", "lost-", "na"]
    own: list[Decimal | None] = [Decimal("3.5")] * number
    return RatingFactory(
        **{
            "enterprise": enterprise,
            "evaluation": run,
            "revision": run.run,
            "colour": colour,
            "score_colour": colour,
            "previous_colour": "green",
            "score": Decimal("81.5"),
            "shares": [Decimal("0.9"), Decimal("0.75"), Decimal(-1)],
            "own_points": own,
            "own_maxima": own,
            "points": own,
            "maxima": own,
            "reasons": [reasons[index % 4] for index in range(number)],
            "measures": [7_777_777_777],
            "effective_on": run.effective_on,
            "visible_from": VISIBLE,
            **more,
        }
    )


def run_of(standard: Standard, period: str, kind: str, run: int, **more: Any) -> Evaluation:
    return EvaluationFactory(
        **{
            "bureau": standard.bureau,
            "standard": standard,
            "period_code": period,
            "kind": kind,
            "run": run,
            "state": "complete",
            "criteria": CODES,
            "measures": ["hazards_found"],
            "effective_on": dt.date(2026, 10, 4),
            "registered": 9,
            "counts": {"green": 3, "yellow": 3, "red": 2, "grey": 1},
            "digest": "0" * 32,
            "reason": "Li Si was wrong",
            "completed_at": VISIBLE,
            **more,
        }
    )


def inspection(enterprise: Enterprise, **fields: Any) -> Inspection:
    """Create an inspection by a checklist that names persons and numbers in everything that departments do not read."""
    internal = {"inspectors": "Zhao Liu, Li Si", "note": "Call Wang Wu, 13800001111", "conclusion": "rectify"}
    made = InspectionFactory(enterprise=enterprise, inspected_on=dt.date(2026, 9, 2), **internal | fields)
    CheckRecordFactory(
        enterprise=enterprise,
        inspection=made,
        lists=[{"kind": "key", "number": 1}],
        officers=[{"id": 1, "name": "Zhao Liu", "police_number": "041201"}],
        left_reason="Wang Wu, 13800001111",
        passed=["A01"],
        failed=["A02"],
    )
    for place, (code, answer) in enumerate((("A01", "pass"), ("A02", "fail"))):
        CheckedItemFactory(
            enterprise=enterprise,
            inspection=made,
            place=place,
            code=code,
            answer=answer,
            note="Wang Wu, 13800001111",
        )
    return made


def hazard(enterprise: Enterprise, **fields: Any) -> Hazard:
    """Create a hazard that names persons and numbers in everything that departments do not read."""
    internal = {
        "found_by": "Zhao Liu",
        "submitted_by": "Li Si",
        "extension_asked_by": "Wang Wu",
        "enterprise_person": "Wang Wu",
        "territory_person": "Zhao Liu",
        "department_person": "Li Si",
        "description": "Wang Wu, 13800001111",
        "due_reason": "Li Si asked for it",
        "note": "Call Wang Wu, 13800001111",
        "source_values": {"telephone": "13800001111"},
    }
    return HazardFactory(**{"enterprise": enterprise, **internal, **fields})


def published(run: Evaluation) -> None:
    """Write the messages of a run, as publishing does."""
    stations = tuple(Station.objects.filter(bureau_id=run.bureau_id).values_list("pk", flat=True))
    with station_scope(Scope(stations, bureau=run.bureau_id, audience=Audience.SYSTEM)):
        announce(Evaluation, run)


def build(city: City) -> World:
    """Create everything; takes about a second."""
    standard = StandardFactory(bureau=city.bureau, code="default", version=3, body=TEXT)
    AdoptionFactory(bureau=city.bureau, standard=standard)
    theirs = StandardFactory(bureau=city.other_bureau, body=TEXT, title=MARK)
    runs = {
        "Q2": run_of(standard, "2026Q2", "regular", 1, effective_on=dt.date(2026, 7, 4)),
        "Q3": run_of(standard, "2026Q3", "regular", 1),
        "correction": run_of(standard, "2026Q3", "correction", 2, counts={"yellow": 1}),
        "trial": run_of(standard, "2026Q3", "trial", 1),
        "open": run_of(standard, "2026Q4", "regular", 1, state="rating", completed_at=None),
        "theirs": run_of(theirs, "2026Q3", "regular", 1),
    }
    person = {"security_chief": "Zhao Liu", "phone": "13800001111", "legal_representative": "Wang Wu"}
    industries = ["C34", "C3411", "H61", "F52", "C13", ""]
    first = [
        EnterpriseFactory(
            station=city.first,
            name=f"第一机械{number}厂",
            search_text=f"第一机械{number}厂 dyjx",
            industry_code=industries[number],
            **person,
        )
        for number in range(6)
    ]
    second = [
        EnterpriseFactory(station=city.second, name=f"第二食品{number}厂", industry_code="C13", **person)
        for number in range(3)
    ]
    elsewhere = [
        EnterpriseFactory(station=city.elsewhere, name=f"{MARK}{number}", **person) for number in range(2)
    ]
    for number, enterprise in enumerate([*first, *second]):
        rating(enterprise, runs["Q2"], "green", previous_colour="")
        rating(enterprise, runs["Q3"], COLOURS[number % 4])
        rating(enterprise, runs["trial"], "red", trial=True, score=Decimal("11.1"))
    rating(first[0], runs["correction"], "yellow", score=Decimal("72.5"))
    for enterprise in elsewhere:
        rating(enterprise, runs["theirs"], "red")
    fire, market = DepartmentFactory(bureau=city.bureau), DepartmentFactory(bureau=city.bureau)
    world = World(
        city=city,
        fire=fire,
        market=market,
        foreign=DepartmentFactory(bureau=city.other_bureau, name=MARK),
        standard=standard,
        runs=runs,
        first=first,
        second=second,
        elsewhere=elsewhere,
        reds=SubscriptionFactory(department=fire, title="Reds", colours=["red"], stations=[city.second.pk]),
        everything=SubscriptionFactory(department=fire, title="Everything"),
        markets=SubscriptionFactory(department=market, title="Markets"),
        hazards=[hazard(enterprise) for enterprise in (first[0], second[0])],
        inspections=[inspection(enterprise) for enterprise in (first[0], second[0], elsewhere[0])],
    )
    SubscriptionFactory(department=world.foreign, title=MARK)
    TestEventFactory(bureau=fire.bureau, department=fire, subscription=world.everything)
    hazard(first[0], item="Withdrawn", voided_at=VISIBLE)
    inspection(first[0], voided_at=VISIBLE)
    hazard(elsewhere[0], item=MARK)
    for name in ("Q2", "Q3", "correction", "theirs"):
        published(runs[name])
    return world
