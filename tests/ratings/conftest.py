"""A bureau with two stations and a standard whose scores a test sets by hand."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db.models import Model

from enterprises.models import Enterprise
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.engine.measuring import measured
from ratings.models import Evaluation, Rating, Standard
from ratings.operations import adopt_standard, open_evaluation, publish_standard, run_evaluation, running
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import in_force
from tests.factories import ActivityFactory, EnterpriseFactory, InspectionFactory
from tests.fixtures import City

NOW = "2026-11-22 10:00+08:00"

# Each training of the quarter is worth ten points; an inspection in the quarter keeps it from being grey.
STANDARD = """
code = "{code}"
title = "Trainings"
order = {order}
[colours]
green = 85
yellow = 70
[grey]
no_inspection = "inspections"
[movement]
{movement}
[cycle]
green = 90
yellow = 30
red = 7
[[groups]]
code = "G"
points = 100
label = "Trainings"
[[criteria]]
code = "G1"
group = "G"
points = 100
label = "Trainings"
rule = "target"
measure = "trainings"
target = 10
[[vetoes]]
code = "V1"
last = "last_grave_on"
release = "last_qualified_on"
label = "Death"
[[ceilings]]
code = "X1"
measure = "hazards_open_major_owed"
label = "Open major hazard"
"""
MOVEMENT = 'one_step = true\nrelease = "last_qualified_on"'
TRAININGS = {"green": 10, "yellow": 7, "red": 1, "grey": 10}


def standard(code: str = "trainings", movement: str = MOVEMENT, order: str = '["veto", "grey"]') -> str:
    return STANDARD.format(code=code, movement=movement, order=order)


class Case:
    """Facts in, ratings out. Everything runs in the scope of the whole bureau, as the system."""

    def __init__(self, city: City) -> None:
        self.bureau, self.first, self.second = city.bureau, city.first, city.second
        self.actor = bureau_actor(city.bureau.pk)

    def adopt(self, text: str) -> Standard:
        published = publish_standard(actor=self.actor, text=text)
        adopt_standard(actor=self.actor, standard_id=published.pk)
        return published

    def enterprise(self, **fields: Any) -> Enterprise:
        return EnterpriseFactory(**{"station": self.first, "registered_on": None} | fields)

    def change(self, row: Model, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()

    def deserve(self, enterprise: Enterprise, period: str, colour: str, *, qualified: bool = False) -> None:
        """Create facts that give this colour in a quarter; ``grey`` creates no inspection."""
        middle = Period.parse(period).start + dt.timedelta(days=45)
        ActivityFactory.create_batch(
            TRAININGS[colour], enterprise=enterprise, kind="training", held_on=middle
        )
        if colour != "grey":
            conclusion = "qualified" if qualified else "rectify"
            InspectionFactory(enterprise=enterprise, inspected_on=middle, conclusion=conclusion)

    def measured(self, enterprise: Enterprise, period: str) -> dict[str, Any] | None:
        """Return the enterprise's measures in a quarter as of now; None if it is not on the register of the quarter."""
        statement = measured(bureau_id=self.bureau.pk, period=Period.parse(period), ids=[enterprise.pk])
        rows = statement.rows()
        return rows[0] if rows else None

    def rate(self, period: str, text: str = "", again: bool = False) -> Evaluation:
        """Evaluate a quarter by the adopted standard, or by another one as a trial."""
        tried = publish_standard(actor=self.actor, text=text) if text else None
        opened = open_evaluation(actor=self.actor, period=Period.parse(period), standard=tried, again=again)
        return self.run(opened)

    def run(self, evaluation: Evaluation) -> Evaluation:
        run_evaluation(bureau_id=self.bureau.pk, evaluation_id=evaluation.pk)
        evaluation.refresh_from_db()
        return evaluation

    def rating(self, enterprise: Enterprise, period: str) -> Rating:
        """Return the rating in force."""
        return in_force(self.actor, period_code=period).get(enterprise=enterprise)


@pytest.fixture
def case(city: City) -> Iterator[Case]:
    with time_machine.travel(NOW, tick=True):
        found = Case(city)
        with station_scope(found.actor.scope()):
            yield found


@contextmanager
def failing(error: str = "a fault") -> Iterator[None]:
    """A block in which every run fails when it is about to be published."""

    def fail(*_args: object) -> bool:
        raise ValueError(error)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(running, "_complete", fail)
        yield
