"""Invented facts of an enterprise, by its character, quarter by quarter."""

import datetime as dt
import math
import random
from dataclasses import dataclass, field
from typing import TypeVar

from demo.characters import HABITS, QUARTERS, Habits, behaviour
from demo.register import Plan, person, random_for
from demo.words import (
    CALLS,
    CRIMINAL_CASES,
    DANGEROUS_HAZARDS,
    DISPUTES,
    DRILLS,
    EDUCATION,
    HAZARDS,
    OFFENCES,
    PUBLIC_SECURITY_CASES,
    TRAININGS,
)
from disputes.models import Dispute
from facts.models import Fact
from foundation.periods import Period
from incidents.models import Incident
from inspections.models import Hazard, Inspection, SelfCheck
from service.models import Activity

TARGETS = ("department", "vehicle", "equipment", "funds")


@dataclass
class Facts:
    """Unsaved facts by table, in the order of writing."""

    inspections: list[Inspection] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    self_checks: list[SelfCheck] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def tables(self) -> list[list]:
        return [
            self.inspections,
            self.hazards,
            self.self_checks,
            self.activities,
            self.incidents,
            self.disputes,
        ]


class History:
    """Invents the facts of one enterprise up to today and adds them to ``facts``."""

    picked = False  # by demo.events, which picks an enterprise once only

    def __init__(self, plan: Plan, latest: Period, today: dt.date, facts: Facts) -> None:
        self.plan, self.latest, self.today, self.facts = plan, latest, today, facts
        self.enterprise = plan.enterprise
        deck = [(item, place) for item, places in HAZARDS for place in places]
        if plan.trade.dangerous:
            deck += [(item, place) for item, places in DANGEROUS_HAZARDS for place in places] * 2
        random_for("deck", plan.enterprise.external_id).shuffle(deck)
        self.deck, self.drawn = deck, 0

    def invent(self) -> None:
        for age in range(QUARTERS, -1, -1):
            period = self.latest.shift(1 - age)
            # Seeded by the distance of the quarter, not its date, so that every demo looks alike.
            rng = random_for("facts", self.enterprise.external_id, age)
            habits = HABITS[behaviour(self.plan.character, self.plan.turn, age)]
            self._checks(period, habits, rng)
            self._activities(period, habits, rng, age)
            for _ in range(_count(habits.inspections, rng)):
                self.inspect(_workday(_day(period, rng)), habits, rng)
            for _ in range(_count(habits.found_itself, rng)):
                self._hazard(_day(period, rng), habits, rng, origin="self")
            self._incidents(period, habits, rng)
            self._disputes(period, habits, rng)

    # --- whether the enterprise is on the register ---

    def on_register(self, day: dt.date) -> bool:
        plan, begin = self.plan, self.enterprise.registered_on
        if day > self.today or (begin and day < begin):
            return False
        away = plan.closed_on and plan.closed_on <= day and not (plan.reopened_on and plan.reopened_on <= day)
        return not away

    def common(self, day: dt.date) -> dict[str, object]:
        """Return the values of the fields that every fact has."""
        station_id, officers = self.plan.police_on(day)
        return {
            "enterprise": self.enterprise,
            "station_id": self.enterprise.station_id,
            "issued_by_station_id": station_id,
            "recorded_by_id": officers[0].pk,
        }

    # --- tables ---

    def _checks(self, period: Period, habits: Habits, rng: random.Random) -> None:
        monday = period.start - dt.timedelta(days=period.start.weekday())
        checker, turn = self.enterprise.security_chief or person(rng), rng.randrange(4)
        while monday <= period.end:
            day = monday + dt.timedelta(days=rng.randrange(5))
            in_quarter = Period.of(monday + dt.timedelta(days=3)) == period and Period.of(day) == period
            if rng.random() < habits.weekly and in_quarter and self.on_register(day):
                turn += 1
                target = TARGETS[turn % 4] if rng.random() < habits.targeted else "general"
                self.facts.self_checks.append(
                    SelfCheck(checked_on=day, target=target, checked_by=checker, **self.common(day))
                )
            monday += dt.timedelta(days=7)

    def _activities(self, period: Period, habits: Habits, rng: random.Random, age: int) -> None:
        half = (age + self.plan.turn) % 2  # education in one quarter of a half-year, a drill in the other
        if half and rng.random() < habits.education:
            self._activity(period, "education", EDUCATION, rng, photo=rng.random() < 0.8)
        if not half and rng.random() < habits.drill:
            self._activity(period, "drill", DRILLS, rng, photo=rng.random() < habits.drill + 0.2)
        if rng.random() < 0.25 * habits.weekly:
            self._activity(period, "training", TRAININGS, rng, photo=rng.random() < 0.6)

    def _activity(
        self, period: Period, kind: str, topics: list[str], rng: random.Random, *, photo: bool
    ) -> None:
        day = _workday(_day(period, rng))
        attendance = max(5, int((self.enterprise.headcount or 20) * rng.uniform(0.3, 0.8)))
        if self.on_register(day):
            self.facts.activities.append(
                Activity(
                    kind=kind,
                    held_on=day,
                    topic=rng.choice(topics),
                    attendance=attendance,
                    photo_on_file=photo,
                    **self.common(day),
                )
            )

    def inspect(
        self, day: dt.date, habits: Habits, rng: random.Random, *, conclusion: str = "", kind: str = ""
    ) -> Inspection | None:
        """Add an inspection and its hazards; None if the enterprise is off the register that day."""
        if not self.on_register(day):
            return None
        kind = kind or rng.choices(["routine", "special", "unannounced", "complaint"], [7, 2, 1, 0.4])[0]
        inspection = self.hold(day, kind, "qualified", rng)
        found = [
            self._hazard(day, habits, rng, inspection=inspection) for _ in range(_count(habits.found, rng))
        ]
        if any(hazard and hazard.major_from_on for hazard in found):
            inspection.conclusion = "unqualified"
        elif found:
            inspection.conclusion = "rectify"
        inspection.conclusion = conclusion or inspection.conclusion
        for closed_on in sorted({hazard.closed_on for hazard in found if hazard and hazard.closed_on}):
            self.hold(closed_on, "reinspection", "qualified", rng)
        return inspection

    def hold(self, day: dt.date, kind: str, conclusion: str, rng: random.Random) -> Inspection:
        """Add an inspection on a day on which the enterprise is on the register."""
        _station, officers = self.plan.police_on(day)
        second = rng.choice(officers[1:] or officers)
        inspection = Inspection(
            inspected_on=day,
            kind=kind,
            conclusion=conclusion,
            inspectors=f"{officers[0]}、{second}",
            **self.common(day),
        )
        self.facts.inspections.append(inspection)
        return inspection

    def _hazard(
        self,
        day: dt.date,
        habits: Habits,
        rng: random.Random,
        *,
        origin: str = "police",
        inspection: Inspection | None = None,
    ) -> Hazard | None:
        if not self.on_register(day):
            return None
        if rng.random() < habits.recurs and self.drawn:
            item, place = self.deck[(self.drawn - 1) % len(self.deck)]
        else:
            item, place = self.deck[self.drawn % len(self.deck)]
            self.drawn += 1
        major = rng.random() < habits.major
        due_on = day + dt.timedelta(days=rng.choice((7, 10)) if major else rng.choice((10, 15, 15, 20, 30)))
        hazard = Hazard(
            inspection=inspection,
            item=item,
            place=place,
            origin=origin,
            found_on=day,
            due_on=due_on,
            reported_on=day if origin == "self" else None,
            major_from_on=day if major else None,
            **self.common(day),
        )
        self._rectify(hazard, due_on, habits, rng)
        self.facts.hazards.append(hazard)
        return hazard

    def _rectify(self, hazard: Hazard, due_on: dt.date, habits: Habits, rng: random.Random) -> None:
        if rng.random() < habits.on_time:
            rectified_on = hazard.found_on + dt.timedelta(
                days=rng.randint(3, (due_on - hazard.found_on).days)
            )
            if rng.random() < 0.04:  # got an extension and kept it
                hazard.extension_granted_on = due_on - dt.timedelta(days=2)
                hazard.extended_due_on = due_on + dt.timedelta(days=15)
                rectified_on = due_on + dt.timedelta(days=rng.randint(3, 14))
        elif rng.random() < habits.stuck:
            rectified_on = due_on + dt.timedelta(days=rng.randint(60, 140))
        else:
            rectified_on = due_on + dt.timedelta(days=rng.randint(2, 24))
        closed_on = _workday(rectified_on + dt.timedelta(days=rng.randint(1, 4)))
        hazard.rectified_on = rectified_on if rectified_on <= self.today else None
        hazard.closed_on = closed_on if self.on_register(closed_on) else None
        if hazard.extension_granted_on and hazard.extension_granted_on > self.today:
            hazard.extension_granted_on = hazard.extended_due_on = None

    def _incidents(self, period: Period, habits: Habits, rng: random.Random) -> None:
        for _ in range(_poisson(self.plan.trade.calls, rng)):
            self.incident(_day(period, rng), "police_call", rng.choice(CALLS), rng, wait=0)
        if rng.random() < habits.trouble:
            summary = rng.choice(PUBLIC_SECURITY_CASES)
            self.incident(_day(period, rng), "public_security_case", summary, rng, at_fault=True)
        if rng.random() < 0.04:
            summary = rng.choice(PUBLIC_SECURITY_CASES)
            self.incident(_day(period, rng), "public_security_case", summary, rng, at_fault=False)
        if rng.random() < habits.crime:
            summary = rng.choice(CRIMINAL_CASES)
            self.incident(_day(period, rng), "criminal_case", summary, rng, at_fault=True)
        if rng.random() < habits.offence:
            self.incident(_day(period, rng), "staff_offence", rng.choice(OFFENCES), rng, at_fault=False)

    def incident(
        self,
        day: dt.date,
        kind: str,
        summary: str,
        rng: random.Random,
        *,
        at_fault: bool | None = None,
        serious: bool = False,
        wait: int | None = None,
    ) -> None:
        """Add an incident, verified some days later."""
        if not self.on_register(day):
            return
        verified_on = day + dt.timedelta(days=rng.randint(1, 6) if wait is None else wait)
        self.facts.incidents.append(
            Incident(
                kind=kind,
                occurred_on=day,
                summary=summary,
                serious=serious,
                at_fault=at_fault,
                duty_fulfilled=None if at_fault is None else not at_fault,
                verified_on=verified_on if verified_on <= self.today else None,
                **self.common(day),
            )
        )

    def _disputes(self, period: Period, habits: Habits, rng: random.Random) -> None:
        for _ in range(_poisson(habits.disputes, rng)):
            day = _day(period, rng)
            kind, summary = rng.choice(DISPUTES)
            people = rng.choice((2, 2, 3, 4, 6, 9, 14))
            settled_on = day + dt.timedelta(days=rng.choice((3, 7, 12, 20, 26, 41)))
            if self.on_register(day):
                self.facts.disputes.append(
                    Dispute(
                        kind=kind,
                        summary=summary,
                        opened_on=day,
                        due_on=day + dt.timedelta(days=30),
                        people=people,
                        settled_on=settled_on if settled_on <= self.today else None,
                        amount=rng.randint(8, 900) * 100 if kind in ("wages", "contract", "injury") else None,
                        **self.common(day),
                    )
                )


F = TypeVar("F", bound=Fact)


def record(model: type[F], history: History, day: dt.date, **values: object) -> F:
    """Return an unsaved fact with these values."""
    return model(**values, **history.common(day))


def _day(period: Period, rng: random.Random) -> dt.date:
    return period.start + dt.timedelta(days=rng.randrange(period.days))


def _workday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _count(mean: float, rng: random.Random) -> int:
    """Return one of the two whole numbers around this mean, with this mean."""
    whole = math.floor(mean)
    return whole + (rng.random() < mean - whole)


def _poisson(mean: float, rng: random.Random) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
