"""The next inspection follows one rule, whatever changes the data it depends on (docs/rating.md, "Cycle")."""

import datetime as dt
import importlib
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import publishing
from enterprises.models import Enterprise
from foundation.accounts.access import WrongState
from foundation.accounts.actors import system_actor
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from imports.operations import run_import
from imports.profile_reading import load
from imports.remarks import Report
from inspections.models import Inspection
from inspections.operations import correct_inspection, create_inspection, void_inspection
from ratings.models import Evaluation, Rating
from ratings.operations import adopt_standard, correct_ratings, issue_interim_vetoes, publish_standard
from ratings.operations.evaluations import bureau_actor, open_evaluation
from ratings.operations.running import run_evaluation
from ratings.selectors import in_force
from tests.factories import (
    ActivityFactory,
    BureauFactory,
    EnterpriseFactory,
    IncidentFactory,
    InspectionFactory,
    StationFactory,
)
from tests.ratings.conftest import Case, standard
from tests.waiting import patience

CYCLES = {"green": 90, "yellow": 30, "red": 7}
PROFILE = """
title = "Inspections"
update = true
[[file]]
path = "inspections.csv"
becomes = "inspection"
key = "id"
enterprise = "no"
[file.fields]
inspected_on = "day"
"""
FIRST_MORNING = dt.datetime(2026, 10, 10, 1, tzinfo=dt.UTC)


def planned(last_on: dt.date | None, rated_on: dt.date | None, cycle_days: int | None) -> dt.date | None:
    """Return the day by the rule, written again in Python."""
    if rated_on is None or cycle_days is None:
        return rated_on
    return max((last_on or rated_on) + dt.timedelta(days=cycle_days), rated_on)


class Life:
    """One enterprise, and everything that can move its next inspection."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case, self.folder = case, folder
        self.firm = case.enterprise(external_id="F-1")
        for day in ("2026-02-15", "2026-05-15", "2026-08-15"):  # otherwise it would be grey and have no cycle
            InspectionFactory(enterprise=self.firm, inspected_on=day)

    @property
    def inspections(self) -> list[Inspection]:
        return list(Inspection.objects.filter(enterprise=self.firm, voided_at=None).order_by("id"))

    def record(self, ago: int) -> None:
        on = timezone.localdate() - dt.timedelta(days=ago)
        create_inspection(actor=self.case.actor, enterprise_id=self.firm.pk, inspected_on=on)

    def correct(self, ago: int) -> None:
        if found := self.inspections:
            on = timezone.localdate() - dt.timedelta(days=ago)
            values: dict[str, Any] = {"id": found[ago % len(found)].pk, "version": None, "reason": "Misread"}
            if found[ago % len(found)].inspected_on != on:
                correct_inspection(actor=self.case.actor, inspected_on=on, **values)

    def void(self, ago: int) -> None:
        if found := self.inspections:
            chosen = found[ago % len(found)]
            void_inspection(actor=self.case.actor, id=chosen.pk, version=None, reason="Another firm")

    def bring_in(self, ago: int) -> None:
        """Import a file with one inspection; an earlier one is updated."""
        on = timezone.localdate() - dt.timedelta(days=ago)
        (self.folder / "own.toml").write_text(PROFILE)
        (self.folder / "inspections.csv").write_text(f"id,no,day\n{ago % 4},F-1,{on}\n")
        report = Report(None)
        run_import(
            actor=system_actor(bureau_id=0),
            profile=load(str(self.folder / "own.toml")),
            folder=self.folder,
            bureau_code=self.case.bureau.code,
            report=report,
        )
        report.close()

    def rate(self, ago: int) -> None:
        """Rate one of the quarters that have ended, not always in order."""
        ended = Period.of(timezone.localdate()).shift(-1 - ago % 3)
        ActivityFactory.create_batch(
            (10, 7, 1)[ago % 3], enterprise=self.firm, kind="training", held_on=ended.start
        )
        self.case.rate(ended.code)

    def revise(self, ago: int) -> None:
        last = Evaluation.objects.filter(kind="regular").order_by("-period_code").first()
        if last:
            ActivityFactory.create_batch(
                1 + ago % 3, enterprise=self.firm, kind="training", held_on=last.period.start
            )
            with suppress(WrongState):
                reason = "Typed in late"
                opened = correct_ratings(actor=self.case.actor, evaluation_id=last.pk, reason=reason)
                self.case.run(opened)

    def strike(self, ago: int) -> None:
        today = timezone.localdate()
        IncidentFactory(enterprise=self.firm, kind="death", occurred_on=today, verified_on=today)
        issue_interim_vetoes(bureau=self.case.bureau)

    def as_ruled(self) -> tuple[dt.date | None, ...]:
        """Return since when it is rated, and its next inspection, from the facts and the rating in force."""
        rating = in_force(self.case.actor).filter(enterprise=self.firm).order_by("-period_code").first()
        last_on = max((each.inspected_on for each in self.inspections), default=None)
        rated_on = rating.effective_on if rating else None
        return rated_on, planned(last_on, rated_on, CYCLES.get(rating.colour) if rating else None)

    def as_kept(self) -> tuple[dt.date | None, ...]:
        self.firm.refresh_from_db()
        return self.firm.rated_on, self.firm.next_inspection_on


PATHS = ("record", "correct", "void", "bring_in", "rate", "revise", "strike")
step = st.tuples(st.sampled_from(PATHS), st.integers(0, 50), st.integers(0, 40))


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(rated=st.booleans(), steps=st.lists(step, min_size=3, max_size=10))
def test_every_path_follows_the_rule(
    case: Case, tmp_path: Path, rated: bool, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        case.adopt(standard())
        life, now = Life(case, tmp_path), FIRST_MORNING
        assert life.as_kept() == (None, None)
        for path, ago, days in [("rate", 0, 0), *steps] if rated else steps:
            now += dt.timedelta(days=days, minutes=1)
            with time_machine.travel(now, tick=True):
                getattr(life, path)(ago)
                assert life.as_kept() == life.as_ruled(), path
        transaction.set_rollback(True)


@pytest.fixture
def rated(case: Case) -> tuple[Case, Enterprise]:
    """A yellow enterprise, last inspected in August, rated on 4 October."""
    case.adopt(standard())
    firm = case.enterprise()
    case.deserve(firm, "2026Q3", "yellow")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        case.rate("2026Q3")
    return case, firm


def next_on(firm: Enterprise) -> dt.date | None:
    firm.refresh_from_db()
    return firm.next_inspection_on


@pytest.mark.django_db
@pytest.mark.parametrize("before", [[], ["2026-10-20"], ["2026-10-20", "2026-11-10"]])
def test_voiding_restores_what_was_planned_before(rated: tuple[Case, Enterprise], before: list[str]) -> None:
    case, firm = rated
    for day in before:
        create_inspection(actor=case.actor, enterprise_id=firm.pk, inspected_on=dt.date.fromisoformat(day))
    planned_before = next_on(firm)
    wrong = create_inspection(actor=case.actor, enterprise_id=firm.pk, inspected_on=dt.date(2026, 11, 20))
    assert next_on(firm) == dt.date(2026, 12, 20)
    void_inspection(actor=case.actor, id=wrong.pk, version=1, reason="Another firm")
    assert next_on(firm) == planned_before


@pytest.mark.django_db
def test_an_enterprise_that_lost_its_only_inspection_counts_from_its_rating(
    rated: tuple[Case, Enterprise],
) -> None:
    case, firm = rated
    void_inspection(
        actor=case.actor, id=Inspection.objects.get(enterprise=firm).pk, version=1, reason="Another firm"
    )
    assert next_on(firm) == dt.date(2026, 11, 3)  # thirty days after the rating took effect


@pytest.mark.django_db
def test_an_older_inspection_never_plans_before_the_rating(rated: tuple[Case, Enterprise]) -> None:
    case, firm = rated
    inspection = Inspection.objects.get(enterprise=firm)
    correct_inspection(
        actor=case.actor, id=inspection.pk, version=1, reason="Misread", inspected_on=dt.date(2026, 7, 2)
    )
    assert next_on(firm) == dt.date(2026, 10, 4)


@pytest.mark.django_db
def test_without_a_cycle_it_stays_the_day_of_the_rating(case: Case) -> None:
    case.adopt(standard())
    firm = case.enterprise()
    case.deserve(firm, "2026Q3", "grey")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        case.rate("2026Q3")
    assert next_on(firm) == dt.date(2026, 10, 4)
    create_inspection(actor=case.actor, enterprise_id=firm.pk, inspected_on=dt.date(2026, 11, 20))
    assert next_on(firm) == dt.date(2026, 10, 4)


@pytest.mark.django_db
def test_before_the_first_rating_nothing_is_planned(case: Case) -> None:
    firm = case.enterprise()
    create_inspection(actor=case.actor, enterprise_id=firm.pk, inspected_on=dt.date(2026, 11, 20))
    assert next_on(firm) is None


@pytest.mark.django_db
def test_an_interim_veto_does_not_count_an_inspection_that_was_voided_since(
    rated: tuple[Case, Enterprise],
) -> None:
    """Its measures are those of the quarter's rating, but the plan uses the inspections as they are now."""
    case, firm = rated
    with time_machine.travel("2026-11-20 09:00+08:00", tick=True):
        void_inspection(
            actor=case.actor, id=Inspection.objects.get(enterprise=firm).pk, version=1, reason="Another firm"
        )
        IncidentFactory(enterprise=firm, kind="death", occurred_on="2026-11-20", verified_on="2026-11-20")
        issue_interim_vetoes(bureau=case.bureau)
    assert next_on(firm) == dt.date(2026, 11, 27)
    assert (firm.colour, firm.rated_on) == ("red", dt.date(2026, 11, 20))


@pytest.mark.django_db(transaction=True)
def test_an_inspection_recorded_while_its_enterprise_is_published_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Publishing waits for the officer's lock and has read the inspections before the officer added one."""
    bureau = BureauFactory()
    station = StationFactory(bureau=bureau)
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        published = publish_standard(actor=actor, text=standard())
        adopt_standard(actor=actor, standard_id=published.pk)
        firm = EnterpriseFactory(station=station, registered_on=None)
        InspectionFactory(enterprise=firm, inspected_on="2026-08-15")
        opened = open_evaluation(actor=actor, period=Period(2026, 3))
    locked, publishing_waits = threading.Event(), threading.Event()

    def record() -> None:
        try:
            with station_scope(actor.scope()):
                create_inspection(actor=actor, enterprise_id=firm.pk, inspected_on=dt.date(2026, 11, 2))
                locked.set()
                publishing_waits.wait(patience(60))
                with connection.cursor() as cursor:  # until the other one waits for this transaction
                    for _attempt in range(200):
                        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                        if cursor.fetchone()[0]:
                            break
                        cursor.execute("SELECT pg_sleep(0.05)")
        finally:
            connection.close()

    publish_standings, thread = publishing.publish_standings, threading.Thread(target=record)

    def meanwhile(**arguments: Any) -> int:
        thread.start()
        locked.wait(patience(60))
        publishing_waits.set()
        return publish_standings(**arguments)

    monkeypatch.setattr("ratings.operations.publishing.publish_standings", meanwhile)
    with time_machine.travel("2026-11-22 10:00+08:00", tick=True):
        assert run_evaluation(bureau_id=bureau.pk, evaluation_id=opened.pk) == "complete"
    thread.join(patience(60))
    with station_scope(actor.scope()):
        firm.refresh_from_db()
        assert firm.next_inspection_on == dt.date(2026, 11, 9)


@pytest.mark.django_db
def test_what_was_rated_before_learns_the_day_of_its_rating(case: Case) -> None:
    """The migration fills in the day and moves no inspection; running it again changes nothing."""
    case.adopt(standard())
    firms = [case.enterprise() for _number in range(3)]
    for firm in firms:
        case.deserve(firm, "2026Q2", "green")
        case.deserve(firm, "2026Q3", "yellow")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        regular = case.rate("2026Q3")
        case.rate("2026Q2")
        case.rate("2026Q3", standard("tried"))
    ActivityFactory(enterprise=firms[0], kind="training", held_on="2026-09-20")
    with time_machine.travel("2026-10-20 09:00+08:00", tick=True):
        case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Typed in late"))
    never = case.enterprise()
    kept = list(Enterprise.objects.order_by("id").values())
    assert [each["rated_on"] for each in kept] == [
        dt.date(2026, 10, 20),
        dt.date(2026, 10, 4),
        dt.date(2026, 10, 4),
        None,
    ]
    assert kept[-1]["id"] == never.pk

    Enterprise.objects.filter(pk__in=[firms[0].pk, firms[2].pk]).update(
        rated_on=None, next_inspection_on=dt.date(2026, 12, 31)
    )
    migration = importlib.import_module("ratings.migrations.0006_rated_on")
    for _time in range(2):
        migration.fill(None, connection.schema_editor())
        days = list(Enterprise.objects.order_by("id").values())
        assert [each["rated_on"] for each in days] == [each["rated_on"] for each in kept]
        assert [each["next_inspection_on"] for each in days] == [
            dt.date(2026, 12, 31),
            kept[1]["next_inspection_on"],
            dt.date(2026, 12, 31),
            None,
        ]
        assert [each["changed_at"] for each in days] == [each["changed_at"] for each in kept]
    assert Rating.objects.filter(trial=True).exists()
