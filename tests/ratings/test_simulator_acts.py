"""Each act of the simulator, done by the operations on the days it names, and measured again."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from disputes.after.recording import record_follow_up
from disputes.after.screening import screen
from disputes.operations import settle_dispute
from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.contributions import measures
from foundation.contributions.measures import Act, Running, Step, after
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from inspections import acts
from inspections.checklists.answering import CheckSheet, Given
from inspections.checklists.content import ListKind
from inspections.checklists.shipped import shipped
from inspections.indicators.hazards import _hazards, _repeated
from inspections.indicators.rectification import _expired, _reinspected
from inspections.models import Hazard
from inspections.operations import close_hazard, create_inspection, create_self_check, rectify_hazard
from ratings.engine.measuring import constants, installed_measures
from ratings.operations import adopt_default_standard
from ratings.simulate.search import LIMIT
from ratings.simulate.simulation import Simulation, simulate
from service.operations import create_activity
from tests.factories import (
    ActivityFactory,
    CheckRecordFactory,
    DisputeFactory,
    EnterpriseFactory,
    FollowUpFactory,
    HazardFactory,
    InspectionFactory,
    PaperFactory,
    ScreeningFactory,
    SelfCheckFactory,
)
from tests.facts.people import Person, officer
from tests.ratings.conftest import Case

TODAY = dt.date(2026, 11, 18)  # a Wednesday of the quarter with a holiday week before it
QUARTER = Period(2026, 4)
ELSEWHERE = "2027-01-05 09:00+08:00"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def _facts(enterprise: Enterprise) -> None:
    """Create hazards in every state, checks in some weeks, an education, an old drill, disputes."""

    def hazard(found: str, due: str | None, **fields: Any) -> None:
        days = {name: _day(value) if name.endswith("_on") else value for name, value in fields.items()}
        due_on = _day(due) if due else None
        HazardFactory(
            **{"enterprise": enterprise, "found_on": _day(found), "due_on": due_on, "item": found + str(due)}
            | days
        )

    visit = InspectionFactory(enterprise=enterprise, inspected_on=_day("10-16"), conclusion="rectify")
    whole = sum(each.weight for each in shipped(ListKind.ORDINARY).questions)
    CheckRecordFactory(
        enterprise=enterprise,
        inspection=visit,
        weight_asked=whole,
        weight_passed=whole - 4,
        critical_failed=1,
    )
    hazard("10-16", "12-01")  # due in the quarter
    hazard("10-16", "12-10", item="Lock", place="Store")
    hazard("07-16", "08-01", closed_on="08-01", item="Lock", place="Store")  # the same item and place before
    hazard("10-16", "11-01")  # overdue
    hazard("09-01", "09-30", major_from_on="09-01")  # a major one, overdue for more than thirty days
    hazard("11-05", None)  # without a deadline
    hazard("11-05", "11-20", origin="self", reported_on="11-05", major_from_on="11-05")  # own, major
    hazard("08-16", "11-30", item="Gate", place="North", origin="self")
    hazard("10-17", "11-30", item="Gate", place="North", origin="self")  # own, found again
    hazard("10-16", "11-10", rectified_on="11-09")  # submitted in time
    hazard("10-16", "11-10", rectified_on="11-12", major_from_on="10-20")  # submitted late, major
    hazard("10-16", "11-10", extended_due_on="12-20", extension_granted_on="11-08")
    hazard("10-16", "11-10", refused_on="11-12")
    Hazard.objects.filter(due_on=_day("12-01")).update(due_on=dt.date(2027, 1, 20))  # due after the quarter
    hazard("10-16", "12-02")
    for day, target in (
        ("10-06", "vehicle"),
        ("10-14", "general"),
        ("11-04", "funds"),
        ("11-17", "equipment"),
    ):
        SelfCheckFactory(enterprise=enterprise, checked_on=_day(day), target=target)
    for week in range(24):
        SelfCheckFactory(enterprise=enterprise, checked_on=_day("02-03") + dt.timedelta(weeks=week))
    ActivityFactory(enterprise=enterprise, kind="education", held_on=_day("03-18"))
    ActivityFactory(
        enterprise=enterprise, kind="drill", held_on=_day("05-18"), attendance=50, photo_on_file=True
    )
    DisputeFactory(enterprise=enterprise, opened_on=_day("10-01"), due_on=_day("11-30"))
    DisputeFactory(enterprise=enterprise, opened_on=_day("09-01"), due_on=_day("10-01"))
    DisputeFactory(enterprise=enterprise, opened_on=_day("11-01"), due_on=None)
    settled = DisputeFactory(enterprise=enterprise, opened_on=_day("08-01"), settled_on=_day("09-01"))
    for planned, done in (("10-01", "10-02"), ("11-01", None), ("12-05", None), ("09-20", None)):
        FollowUpFactory(
            enterprise=enterprise,
            dispute=settled,
            planned_on=_day(planned),
            done_on=_day(done) if done else None,
        )
    ScreeningFactory(enterprise=enterprise, screened_on=_day("10-20"))


@pytest.fixture
def own(case: Case) -> Iterator[Enterprise]:
    """An enterprise with facts, under the default standard, on the simulated day."""
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=True):
        enterprise = case.enterprise()
        _facts(enterprise)
        adopt_default_standard(actor=case.actor)
        yield enterprise


def values_of(case: Case, enterprise: Enterprise) -> dict[str, int]:
    row = case.measured(enterprise, QUARTER.code)
    assert row
    return {code: row[code] for code in row if code in installed_measures()} | constants(QUARTER)


def _rectify(case: Case, step: Step) -> None:
    rectify_hazard(actor=case.actor, id=int(step.key))
    with time_machine.travel(f"{QUARTER.end} 18:00+08:00"):  # the police come on the last day
        close_hazard(actor=case.actor, id=int(step.key))


def _activity(kind: str) -> Callable[[Case, Enterprise, dt.date], None]:
    def hold(case: Case, enterprise: Enterprise, day: dt.date) -> None:
        create_activity(
            actor=case.actor,
            enterprise_id=enterprise.pk,
            kind=kind,
            held_on=day,
            topic="Held",
            attendance=30,
            photo_on_file=True,
        )

    return hold


def _officers(enterprise: Enterprise) -> list[int]:
    """Return two new officers of its station with police numbers."""
    people = [officer(enterprise.station).user for _number in range(2)]
    for each in people:
        each.police_number = f"04{each.pk}"
        each.save()
    return [each.pk for each in people]


def do(case: Case, enterprise: Enterprise, act: Act, step: Step, day: dt.date) -> None:
    """Do the act on a day as its users would."""
    with time_machine.travel(f"{day} 10:00+08:00"):
        if act.code == "rectify":
            _rectify(case, step)
        elif act.code == "accept":
            close_hazard(actor=case.actor, id=int(step.key))
        elif act.code in ("weekly_check", "key_check"):
            create_self_check(actor=case.actor, enterprise_id=enterprise.pk, checked_on=day, target="vehicle")
        elif act.code == "qualified":
            create_inspection(
                actor=case.actor,
                enterprise_id=enterprise.pk,
                inspected_on=day,
                kind="reinspection",
                conclusion="qualified",
                inspectors="Li, Wang",
            )
        elif act.code == "checklist":
            create_inspection(
                actor=case.actor,
                enterprise_id=enterprise.pk,
                inspected_on=day,
                sheet=CheckSheet(
                    lists=[(ListKind.ORDINARY, 1)],
                    answers={each.code: Given("pass") for each in shipped(ListKind.ORDINARY).questions},
                    officers=_officers(enterprise),
                ),
            )
        elif act.code == "screen":
            screen(actor=case.actor, enterprise_ids=[enterprise.pk])
        elif act.code == "follow_up":
            record_follow_up(
                actor=case.actor,
                id=int(step.key),
                done_on=day,
                reached=True,
                satisfied="yes",
                relapse=False,
            )
        elif act.code == "settle":
            settle_dispute(actor=case.actor, id=int(step.key), settled_on=day)
        else:
            _activity(act.code)(case, enterprise, day)


@pytest.mark.parametrize("code", sorted(measures.acts))
def test_a_step_does_what_it_says_on_its_first_and_on_its_last_day(
    case: Case, own: Enterprise, code: str
) -> None:
    act = measures.acts[code]
    values = values_of(case, own)
    steps = list(act.steps(Running(own.pk, QUARTER, TODAY, values)))
    assert steps, f"the facts of this test give {code} nothing to do"
    told = set()
    for step in steps:
        assert TODAY <= step.from_on <= step.by_on <= QUARTER.end
        told |= {*step.adds, *step.marks, *step.latest}
        expected = after(values, [step])
        for day in {step.by_on} if step.latest else {step.from_on, step.by_on}:
            with transaction.atomic():
                do(case, own, act, step, day)
                measured = values_of(case, own)
                assert measured == expected, (step.record, day)
                transaction.set_rollback(True)
    assert told <= set(act.measures) <= installed_measures()


def test_all_steps_of_everything_add_up(case: Case, own: Enterprise) -> None:
    """Also where steps share a week, and where several hazards close at once."""
    values = values_of(case, own)
    running = Running(own.pk, QUARTER, TODAY, values)
    offered = [(act, step) for act in measures.acts.values() for step in act.steps(running)]
    for act, step in sorted(offered, key=lambda offer: offer[1].by_on):
        do(case, own, act, step, step.by_on)
    assert values_of(case, own) == after(values, [step for _act, step in offered])


def test_python_counts_every_kind_of_hazard_as_sql_does(case: Case) -> None:
    """``counted`` equals the SQL query for four hundred random hazards, one per enterprise."""
    chance = random.Random(6)

    def near(day: dt.date, least: int, most: int, share: float = 1.0) -> dt.date | None:
        return day + dt.timedelta(days=chance.randint(least, most)) if chance.random() < share else None

    template = case.enterprise()
    numbers = range(400)
    enterprises = [
        Enterprise(
            station=case.first,
            bureau=case.bureau,
            external_id=f"T{number}",
            name=f"T{number}",
            sort_key="t",
            search_text="t",
        )
        for number in numbers
    ]
    assert template.station_id == case.first.pk
    Enterprise.objects.bulk_create(enterprises)
    hazards = []
    for enterprise in enterprises:
        found = near(QUARTER.start, -120, 80)
        assert found
        due, closed = near(found, 0, 90, 0.85), near(found, 10, 110, 0.5)
        granted = near(due, -5, 0, 0.3) if due else None
        hazards.append(
            Hazard(
                enterprise=enterprise,
                station=case.first,
                item="Lock",
                place="Store",
                found_on=found,
                due_on=due,
                issued_by_station_id=case.first.pk,
                origin=chance.choice(["self", "police"]),
                extended_due_on=due + dt.timedelta(days=chance.randint(1, 40)) if due and granted else None,
                extension_granted_on=granted,
                closed_on=closed,
                rectified_on=near(found, 0, 100, 0.5),
                refused_on=near(found, 0, 60, 0.2),
                major_from_on=near(found, 0, 60, 0.5),
                major_until_on=near(found, 61, 120, 0.2),
            )
        )
    Hazard.objects.bulk_create(hazards)
    again = [each for each in hazards if chance.random() < 0.5]
    Hazard.objects.bulk_create(
        [
            Hazard(
                enterprise=each.enterprise,
                station=case.first,
                item="Lock",
                place="Store",
                issued_by_station_id=case.first.pk,
                found_on=each.found_on - dt.timedelta(days=20),
                closed_on=dt.date(2026, 6, 1)
                if each.found_on.year > 2026
                else each.found_on - dt.timedelta(days=20),
            )
            for each in again
        ]
    )
    first = {row.enterprise_id: 0 for row in hazards}
    told = {code: dict(first) for code in acts.HAZARD_MEASURES}
    ordered = {each.pk for each in hazards[::9]}
    for hazard in hazards[::9]:
        days = {"issued_on": QUARTER.start, "served_on": QUARTER.start}
        PaperFactory(enterprise=hazard.enterprise, records={"hazard": [hazard.pk]}, **days)
    for query in (_hazards(QUARTER), _repeated(QUARTER), _reinspected(QUARTER), _expired(QUARTER)):
        for row in query:
            for code in set(row) & set(acts.HAZARD_MEASURES):
                told[code][row["enterprise_id"]] = row[code]
    repeated = {each.pk for each in again}
    earlier = [
        Hazard(
            found_on=each.found_on - dt.timedelta(days=20), closed_on=each.found_on - dt.timedelta(days=20)
        )
        for each in again
    ]
    more = {each.enterprise_id: one for each, one in zip(again, earlier, strict=True)}
    for hazard in hazards:
        counts = acts.counted(hazard, QUARTER, repeated=hazard.pk in repeated, ordered=hazard.pk in ordered)
        if hazard.enterprise_id in more:
            other = acts.counted(more[hazard.enterprise_id], QUARTER, repeated=False)
            counts = {code: counts[code] + other[code] for code in counts}
        assert counts == {code: told[code][hazard.enterprise_id] for code in counts}, vars(hazard)
    assert all(any(values.values()) for values in told.values()), "some measure was never met"


def _simulated(case: Case, own: Enterprise) -> Simulation:
    found = simulate(case.actor, own.pk)
    assert found
    return found


@pytest.mark.parametrize("which", ["nothing", "plan", "everything"])
def test_the_evaluation_gives_what_was_simulated(case: Case, own: Enterprise, which: str) -> None:
    """Do exactly the acts of the simulation: the evaluation at the quarter's end gives the same result to the digit."""
    # a quarter before, so that there is a rating before
    InspectionFactory(enterprise=own, inspected_on=_day("07-16"), conclusion="qualified")
    case.rate("2026Q3")
    simulation = _simulated(case, own)
    assert simulation.before.colour == case.rating(own, "2026Q3").colour == "red"
    if which == "nothing":
        judgement, steps = simulation.end, []
    elif which == "plan":
        plan = simulation.plans[0]
        judgement, steps = plan.judgement, [(task.act, step) for task in plan.tasks for step in task.steps]
    else:
        judgement = simulation.everything
        steps = [(task.act, step) for task in simulation.tasks for step in task.steps]
    for act, step in sorted(steps, key=lambda offer: offer[1].by_on):
        do(case, own, act, step, step.by_on)
    with time_machine.travel(ELSEWHERE):
        case.rate(QUARTER.code)
        rating = case.rating(own, QUARTER.code)
    assert (rating.colour, rating.score, rating.decided_by) == (
        judgement.colour,
        judgement.score,
        judgement.decided_by,
    )
    assert (tuple(rating.flags), rating.coverage) == (judgement.flags, judgement.coverage)
    assert tuple(rating.points) == tuple(line.points for line in judgement.lines)
    assert tuple(rating.shares) == judgement.shares


def test_the_enterprise_itself_sees_the_same_simulation_and_nobody_elses(case: Case, own: Enterprise) -> None:
    neighbour = EnterpriseFactory(station=case.first, registered_on=None)
    person = Person(Role.SECURITY_MANAGER, enterprise=own)
    here = _simulated(case, own)
    with station_scope(person.actor.scope()):
        mine = simulate(person.actor, own.pk)
        assert mine
        assert (mine.end, mine.everything, mine.plans) == (here.end, here.everything, here.plans)
        assert simulate(person.actor, neighbour.pk) is None


def test_without_a_standard_or_off_the_register_there_is_nothing_to_simulate(case: Case) -> None:
    enterprise = case.enterprise()
    assert simulate(case.actor, enterprise.pk) is None
    adopt_default_standard(actor=case.actor)
    assert simulate(case.actor, enterprise.pk) is not None
    case.change(enterprise, registered_on=QUARTER.end + dt.timedelta(days=1))
    assert simulate(case.actor, enterprise.pk) is None


def test_the_work_stays_bounded_however_much_there_is_to_do(case: Case) -> None:
    """At the beginning of a quarter, with nothing recorded and hazards of every kind, the page must still be fast."""
    with time_machine.travel("2026-10-05 10:00+08:00", tick=True):
        adopt_default_standard(actor=case.actor)
        enterprise = case.enterprise()
        InspectionFactory(enterprise=enterprise, inspected_on=_day("09-16"), conclusion="rectify")
        for number in range(40):
            HazardFactory(
                enterprise=enterprise,
                found_on=_day("09-16"),
                due_on=_day("09-20") + dt.timedelta(days=3 * number),
                major_from_on=_day("09-20") if number % 7 == 0 else None,
                origin="self" if number % 3 == 0 else "police",
            )
        found = _simulated(case, enterprise)
    assert len(found.offers) > 50
    assert found.plans
    assert found.judgements <= 2 * LIMIT + 200
