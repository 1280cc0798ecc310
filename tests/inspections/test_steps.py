"""Steps: what was true on a day stays readable, whatever happened since; a wrong step is corrected, never changed."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction

from disputes.models import Dispute
from disputes.operations import reopen_dispute, settle_dispute
from enterprises.operations import hand_over
from facts.lives import all_lives
from facts.models import FactStep
from facts.operations import correct_fact, correct_step
from facts.steps import AsOf, replay, steps_of
from foundation.accounts.access import WrongState
from foundation.accounts.actors import system_actor
from foundation.accounts.audit_words import changes
from foundation.accounts.choices import Role
from foundation.deadlines.calendar import is_working_day
from foundation.periods import Period
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections import operations
from inspections.access import Permission
from inspections.acts import counted
from inspections.indicators.hazards import _hazards
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from inspections.selectors import list_hazards
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, log, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db

NAMES = [name for group in Hazard.stepped for name in group]


def steps(record: Any) -> list[FactStep]:
    with station_scope(Scope((record.station_id,), audience=Audience.SYSTEM)):
        return list(steps_of(record))


def hazard_of(city: City, **fields: Any) -> Hazard:
    return HazardFactory(enterprise__station=city.first, **{"found_on": ago(40), "due_on": ago(10)} | fields)


def correct(person: Person, record: Any, step: FactStep, on: dt.date | None) -> Any:
    return person.act(
        correct_step,
        permission=Permission.CORRECT_HAZARDS,
        model=type(record),
        id=record.pk,
        version=None,
        step=step.pk,
        on=on,
        never=on is None,
        reason="A slip of the pen",
    )


# --- a naive replay: the acts of a hazard up to a day, one after the other ------------------------------------------


@dataclass
class Naive:
    """A hazard as somebody would tell its story on a day."""

    due_on: dt.date | None
    submitted_on: dt.date | None = None
    closed_on: dt.date | None = None
    refused: bool = False
    major: bool = False
    governed: bool = (
        False  # a person graded it as major, or reopened it as one, so it is accepted only with a plan
    )
    suspended_on: dt.date | None = None
    held: dt.date | None = None  # the deadline that is suspended

    def apply(self, code: str, on: dt.date, values: dict[str, Any]) -> None:
        match code:
            case "rectify":
                self.submitted_on = on
            case "close":
                self.closed_on = on
            case "send_back":
                self.submitted_on, self.refused = None, False
            case "reopen":
                self.submitted_on = self.closed_on = None
                self.refused, self.due_on, self.suspended_on = False, values["due_on"], None
                self.governed = self.major
            case "extend":
                self.due_on = values["extended_due_on"]
            case "suspend":
                self.suspended_on, self.held, self.due_on = on, self.due_on, None
            case "resume":
                assert self.suspended_on
                assert self.held
                days = (on - self.suspended_on).days
                own = [self.suspended_on + dt.timedelta(days=number) for number in range(days)]
                left, self.due_on, self.suspended_on = sum(map(is_working_day, own)), self.held, None
                while left:
                    self.due_on += dt.timedelta(days=1)
                    left -= is_working_day(self.due_on)
            case "mark_major":
                self.major = self.governed = True
            case "mark_ordinary":
                self.major = self.governed = False
            case "refuse":
                self.refused = True

    def state(self, day: dt.date) -> str:
        if self.closed_on:
            return "closed"
        if self.submitted_on:
            return "submitted"
        if self.refused:
            return "refused"
        return "overdue" if self.due_on and self.due_on < day else "open"

    def measures(self, period: Period, *, own: bool) -> dict[str, int]:
        end, due_on = period.end, self.due_on
        is_open, done_on = self.closed_on is None, self.submitted_on or self.closed_on
        closed = self.closed_on is not None and period.start <= self.closed_on
        overdue = is_open and not self.submitted_on and due_on is not None and due_on < end
        excused = (
            own
            and due_on is not None
            and (due_on >= end or (self.submitted_on is not None and self.submitted_on <= due_on))
        ) or (own and self.suspended_on is not None)
        return {
            "hazards_closed": int(closed),
            "hazards_closed_on_time": int(
                closed
                and (
                    self.suspended_on is not None
                    or (due_on is not None and done_on is not None and done_on <= due_on)
                )
            ),
            "hazards_open": int(is_open),
            "hazards_open_major": int(is_open and self.major),
            "hazards_open_major_owed": int(is_open and self.major and not excused),
            "hazards_overdue": int(overdue),
            "hazards_overdue_major": int(overdue and self.major),
            "hazards_major_overdue_30": int(
                overdue and self.major and due_on is not None and due_on < end - dt.timedelta(days=30)
            ),
            "hazards_refused": int(is_open and self.refused),
        }


@dataclass
class Story:
    """One hazard with the acts that were performed on it."""

    hazard: Hazard
    due_on: dt.date | None
    major: bool
    acts: list[tuple[str, dt.date, dict[str, Any]]] = field(default_factory=list)

    def naive(self, day: dt.date) -> Naive:
        told = Naive(self.due_on, major=self.major)
        for code, on, values in self.acts:
            if on <= day:
                told.apply(code, on, values)
        return told


def arguments(chance: random.Random, code: str) -> tuple[dt.date, dict[str, Any]]:
    """Return the day of an act and the arguments of its operation, often some days back."""
    on = ago(chance.choice((0, 0, 1, 4)))
    later = on + dt.timedelta(days=chance.randint(1, 60))
    match code:
        case "rectify" | "close" | "refuse":
            name = {"rectify": "rectified_on", "close": "closed_on", "refuse": "refused_on"}[code]
            more = {"refuse": {"reason": "No money"}, "rectify": {"submitted_by": "Manager Ma"}}
            return on, {name: on} | more.get(code, {})
        case "send_back":
            return on, {"sent_back_on": on, "reason": "Still dark"}
        case "extend":
            return on, {"extended_due_on": later, "extension_granted_on": on, "reason": "Parts are late"}
        case "suspend" | "resume":
            return on, {{"suspend": "suspended_on", "resume": "resumed_on"}[code]: on, "reason": "Appraisal"}
        case "ask_extension":
            asked = {"extension_asked_on": on, "extension_asked_by": "Manager Ma"}
            return on, asked | {"extension_wanted_on": later, "reason": "Parts are late"}
        case "decline_extension":
            return on, {"declined_on": on, "reason": "Close the gate"}
        case "reopen":
            return on, {"reopened_on": on, "due_on": later, "reason": "There again"}
        case _:
            return on, {"on": on, "reason": "Seen again"}


FIRST, LAST = dt.date(2025, 1, 15), dt.date(2026, 6, 30)


@pytest.mark.drill
def test_states_and_measures_agree_with_a_naive_replay_on_every_day(city: City) -> None:
    """Twenty hazards with random acts over six quarters, each at an enterprise of its own."""
    chance, person = random.Random(10), officer(city.first)
    stories = []
    for number in range(20):
        due_on = chance.choice((None, FIRST + dt.timedelta(days=chance.randint(5, 120))))
        major = chance.random() < 0.3
        hazard = HazardFactory(
            enterprise=EnterpriseFactory(station=city.first),
            item=f"Hazard {number}",
            found_on=FIRST,
            due_on=due_on,
            origin=chance.choice(("self", "police")),
            major_from_on=FIRST if major else None,
        )
        stories.append(Story(hazard, due_on, major))
    actor, colleague = person.actor, officer(city.first).actor  # who submits does not accept
    for story in stories:
        day = FIRST + dt.timedelta(days=chance.randint(5, 30))
        while day < LAST:
            with (
                time_machine.travel(dt.datetime.combine(day, dt.time(4), dt.UTC), tick=False),
                station_scope(actor.scope()),
            ):
                now = Hazard.objects.get(pk=story.hazard.pk)
                told = story.naive(day).state(day)
                assert str(now.state) == told, (story.acts, day)
                found = list_hazards(actor).filter(HAZARD_LIFE.where(told), pk=now.pk)
                assert found.exists(), (story.acts, day)
                act = chance.choice([act for act in HAZARD_LIFE.possible(now) if act.code != "withdraw"])
                on, given = arguments(chance, act.code)
                needs_plan = act.code == "close" and story.naive(day).governed
                try:
                    by = colleague if act.code == "rectify" else actor
                    with transaction.atomic(), station_scope(by.scope()):
                        HAZARD_LIFE.operations[act.code](actor=by, id=now.pk, **given)
                    story.acts.append((act.code, on, given))
                except ValidationError:
                    pass  # out of order: nothing may have changed
                except WrongState:  # the rules for major hazards, nothing else
                    assert needs_plan, (story.acts, act.code, day)
                else:
                    assert not needs_plan, (story.acts, day)
            day += dt.timedelta(days=chance.randint(1, 40))
    assert {code for story in stories for code, _on, _given in story.acts} == set(HAZARD_LIFE.acts) - {
        "withdraw"
    }

    with station_scope(actor.scope()):
        now = {hazard.pk: hazard for hazard in Hazard.objects.all()}
        assert sum(hazard.earlier_until_on is not None for hazard in now.values()) > 10
        for period in (
            Period(2025, 1),
            Period(2025, 2),
            Period(2025, 3),
            Period(2025, 4),
            Period(2026, 1),
            Period(2026, 2),
        ):
            measured = {row["enterprise_id"]: row for row in _hazards(period)}
            for story in stories:
                hazard = now[story.hazard.pk]
                told = story.naive(period.end).measures(period, own=hazard.origin == "self")
                row = measured.get(hazard.enterprise_id, {})
                assert {code: row.get(code, 0) for code in told} == told, (period, story.acts, hazard.earlier)
                python = counted(hazard, period, repeated=False)
                assert {code: python[code] for code in told} == told, (period, story.acts)
        day = FIRST
        while day < LAST:
            columns = {f"{name}_": AsOf(name, day) for name in NAMES}
            read = {row["pk"]: row for row in Hazard.objects.annotate(**columns).values("pk", *columns)}
            for story in stories:
                hazard = now[story.hazard.pk]
                assert str(hazard.state_on(day)) == story.naive(day).state(day), (day, story.acts)
                assert {name: hazard.as_of(name, day) for name in NAMES} == {
                    name: read[hazard.pk][f"{name}_"] for name in NAMES
                }
            day += dt.timedelta(days=5)
        for hazard in now.values():
            if rows_ := list(steps_of(hazard)):
                days = replay(Hazard, rows_).days
                assert {name: days.get(name) for name in NAMES} == {
                    name: getattr(hazard, name) for name in NAMES
                }


# --- the rows --------------------------------------------------------------------------------------------------------


def test_every_act_is_a_dated_row_and_the_page_shows_it(city: City) -> None:
    person, hazard = officer(city.first, "Officer Qian"), hazard_of(city)
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(9), submitted_by="Ma")
    person.act(operations.send_back_hazard, id=hazard.pk, reason="Still dark")
    person.act(operations.close_hazard, id=hazard.pk)
    person.act(
        operations.reopen_hazard, id=hazard.pk, reopened_on=today(), due_on=ahead(9), reason="Dark again"
    )
    told = [(step.act, step.on, step.reason, step.actor_name) for step in steps(hazard)]
    assert told == [
        ("recorded", ago(40), "", ""),  # what was entered without a step
        ("rectify", ago(9), "", "Officer Qian"),
        ("send_back", today(), "Still dark", "Officer Qian"),
        ("close", today(), "", "Officer Qian"),
        ("reopen", today(), "Dark again", "Officer Qian"),
    ]
    for reader in (person, manager(hazard.enterprise)):
        page = reader.get("inspections:hazard", hazard.pk)
        assert [str(event.title) for event in page.context["events"]] == [
            "Reopened",
            "Closed as put right",
            "Sent back after re-inspection",
            "Submitted as rectified",
            "Recorded",
        ]
        # the enterprise reads why it is open now, and none of what the police wrote before
        assert ("Still dark" if reader is person else "Dark again") in page.content.decode()
        assert "Officer Qian" in page.content.decode()
        assert page.context["events"][3].on == ago(9)
        assert page.context["events"][3].recorded_later
    timeline = person.get("desk:file", hazard.enterprise_id).content.decode()
    assert "Hazard reopened" in timeline
    assert timeline.count("Hazard closed") == 1


def test_a_record_without_steps_is_as_it_was(city: City) -> None:
    """Imported and older records have columns alone; a correction of them needs no row."""
    person = officer(city.first)
    hazard = hazard_of(city, refused_on=ago(30), rectified_on=ago(20))
    person.act(operations.correct_hazard, id=hazard.pk, version=1, reason="So", rectified_on=ago(19))
    assert steps(hazard) == []
    assert (fresh(hazard).earlier, fresh(hazard).earlier_until_on) == (None, None)
    assert [str(fresh(hazard).state_on(ago(days))) for days in (31, 30, 20, 19)] == [
        "open",
        "refused",
        "refused",
        "submitted",
    ]


def test_a_step_is_in_order_with_those_before(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city, rectified_on=ago(20))
    person.act(operations.send_back_hazard, id=hazard.pk, reason="No")
    tries: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (operations.rectify_hazard, {"rectified_on": ago(1), "submitted_by": "Ma"}),
        (operations.close_hazard, {"closed_on": ago(1)}),
        (operations.refuse_hazard, {"refused_on": ago(1), "reason": "No"}),
    ]
    for operation, given in tries:
        with pytest.raises(ValidationError) as refused:
            person.act(operation, id=hazard.pk, **given)
        assert list(refused.value.error_dict) == [next(iter(given))]
    person.act(operations.close_hazard, id=hazard.pk)
    for bad in (
        {"reopened_on": ago(1), "due_on": ahead(9)},
        {"reopened_on": today(), "due_on": ago(1)},
        {"reopened_on": ahead(1), "due_on": ahead(9)},
        {"reopened_on": today()},
        {"reopened_on": today(), "due_on": None},
    ):
        with pytest.raises(ValidationError):
            person.act(operations.reopen_hazard, id=hazard.pk, reason="Again", **bad)
    assert [step.act for step in steps(hazard)] == ["recorded", "send_back", "close"]


def test_a_second_time_as_major(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city, major_from_on=ago(40), major_until_on=ago(30))
    assert (
        person.post("inspections:hazard_major", hazard.pk, version=1, reason="So", on=ago(31)).status_code
        == 422
    )
    assert (
        person.post("inspections:hazard_major", hazard.pk, version=1, reason="So", on=ago(5)).status_code
        == 302
    )
    now = fresh(hazard)
    assert now.severity == "major"
    majors = [
        (now.as_of("major_from_on", ago(days)), now.as_of("major_until_on", ago(days)))
        for days in (35, 20, 5)
    ]
    assert majors == [(ago(40), ago(30)), (ago(40), ago(30)), (ago(5), None)]


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_replaces_what_was_never_true(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    person.act(operations.close_hazard, id=hazard.pk, closed_on=ago(9))
    person.act(operations.reopen_hazard, id=hazard.pk, reopened_on=ago(3), due_on=ahead(20), reason="Again")
    person.act(
        operations.extend_hazard,
        id=hazard.pk,
        reason="So",
        extended_due_on=ahead(30),
        extension_granted_on=ago(2),
    )
    person.act(
        operations.extend_hazard,
        id=hazard.pk,
        reason="So",
        extended_due_on=ahead(40),
        extension_granted_on=ago(1),
    )
    person.act(operations.correct_hazard, id=hazard.pk, version=None, reason="So", due_on=ahead(15))
    now = fresh(hazard)
    assert now.due_on == now.as_of("due_on", ago(2)) == ahead(15)  # carried along by the second extension
    assert now.as_of("due_on", ago(4)) == ago(10)
    assert now.state_on(ago(5)) == "closed"
    assert steps(hazard)[-1].act == "correct"


def test_a_step_is_corrected_by_another_one(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(9), submitted_by="Ma")
    person.act(operations.send_back_hazard, id=hazard.pk, reason="No")
    _recorded, rectified, sent_back = steps(hazard)
    correct(person, hazard, rectified, ago(8))
    now = fresh(hazard)
    assert [str(now.state_on(ago(days))) for days in (9, 8)] == [
        "open" if now.due_on >= ago(9) else "overdue",
        "submitted",
    ]
    with pytest.raises(ValidationError) as refused:
        correct(person, hazard, rectified, ahead(1))
    assert list(refused.value.error_dict) == ["on"]
    with pytest.raises(ValidationError):  # sent back before it was submitted
        correct(person, hazard, sent_back, ago(10))
    correct(person, hazard, sent_back, None)  # it never happened
    now = fresh(hazard)
    assert (now.state, now.rectified_on, now.earlier) == ("submitted", ago(8), None)
    assert len(steps(hazard)) == 5, "nothing is deleted"
    with pytest.raises(ValidationError):
        correct(person, hazard, sent_back, ago(1))
    page = person.get("inspections:hazard", hazard.pk)
    assert page.context["step_url"]


def test_a_step_that_a_later_one_took_back_is_not_struck_alone(city: City) -> None:
    """A closing that was reopened, a submission that was sent back: the later step would hang in the air."""
    person, hazard = officer(city.first), hazard_of(city)
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(12), submitted_by="Li")
    person.act(operations.send_back_hazard, id=hazard.pk, reason="Still loose", sent_back_on=ago(11))
    person.act(operations.close_hazard, id=hazard.pk, closed_on=ago(9))
    person.act(
        operations.reopen_hazard, id=hazard.pk, reopened_on=ago(5), due_on=ahead(9), reason="Loose again"
    )
    by_act = {each.act: each for each in steps(hazard)}
    for struck, later in (("close", "reopen"), ("rectify", "send_back")):
        with pytest.raises(ValidationError, match="took this one back"):
            correct(person, hazard, by_act[struck], None)
        correct(person, hazard, by_act[later], None)
        correct(person, hazard, by_act[struck], None)
    now = fresh(hazard)
    assert (now.closed_on, now.rectified_on, now.due_on) == (None, None, ago(10))


def test_a_step_is_corrected_through_its_page(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    assert person.get("inspections:hazard_correct_step", hazard.pk).status_code == 302  # nothing to correct
    person.act(operations.close_hazard, id=hazard.pk, closed_on=ago(3))
    (_recorded, closed) = steps(hazard)
    page = person.get("inspections:hazard_correct_step", hazard.pk, htmx=True)
    assert "Closed as put right" in page.content.decode()
    sent = {"version": 2, "step": closed.pk, "on": ago(4)}
    assert person.post("inspections:hazard_correct_step", hazard.pk, **sent).status_code == 422
    for bad in ({"step": closed.pk + 1}, {"on": ""}, {"never": "on"}, {"on": ahead(1)}, {"on": ago(50)}):
        wrong = person.post("inspections:hazard_correct_step", hazard.pk, **sent | {"reason": "So"} | bad)
        assert (wrong.status_code, fresh(hazard).closed_on) == (422, ago(3))
    done = person.post("inspections:hazard_correct_step", hazard.pk, **sent, reason="The fourth day")
    assert done.status_code == 302
    assert fresh(hazard).closed_on == ago(4)
    taken_back = sent | {"version": 3, "on": "", "never": "on", "reason": "Another hazard"}
    assert person.post("inspections:hazard_correct_step", hazard.pk, **taken_back).status_code == 302
    assert (fresh(hazard).closed_on, fresh(hazard).state) == (None, "overdue")
    assert (
        manager(hazard.enterprise)
        .post("inspections:hazard_correct_step", hazard.pk, **sent, reason="x")
        .status_code
        == 403
    )


def test_steps_only_grow_and_move_with_the_enterprise(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    person.act(operations.close_hazard, id=hazard.pk)
    actor = person.actor
    with station_scope(actor.scope()):
        for sql in ("UPDATE facts_factstep SET reason = 'x'", "DELETE FROM facts_factstep"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(sql)
    chief(city.first).act(
        hand_over,
        enterprise_id=hazard.enterprise_id,
        to_station_id=city.second.pk,
        on=today(),
        reason="Divided",
    )
    assert rows(FactStep, city.first) == []
    assert [step.act for step in rows(FactStep, city.second)] == ["recorded", "close"]


# --- disputes --------------------------------------------------------------------------------------------------------


def test_a_dispute_that_breaks_out_again_was_settled_until_then(city: City) -> None:
    person = officer(city.first)
    dispute: Dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(40), due_on=ago(20))
    person.act(settle_dispute, id=dispute.pk, settled_on=ago(25))
    answer = person.post(
        "disputes:reopen", dispute.pk, version=2, reopened_on=ago(4), due_on=ahead(9), reason="Unpaid again"
    )
    assert answer.status_code == 302
    now = fresh(dispute)
    assert [str(now.state_on(ago(days))) for days in (30, 25, 5, 4)] == ["open", "settled", "settled", "open"]
    assert now.as_of("due_on", ago(5)) == ago(20)
    person.act(settle_dispute, id=dispute.pk, settled_on=today())
    now = fresh(dispute)
    assert [str(now.state_on(ago(days))) for days in (5, 4, 0)] == ["settled", "open", "settled"]
    timeline = person.get("desk:file", dispute.enterprise_id).content.decode()
    assert "Dispute reopened" in timeline
    assert timeline.count("Dispute settled") == 2


def test_a_closed_record_is_not_suggested_to_be_reopened(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city, closed_on=ago(3))
    page = person.get("inspections:hazard", hazard.pk)
    (button,) = page.context["buttons"]
    assert not button.is_primary
    with pytest.raises(WrongState):
        person.act(operations.close_hazard, id=hazard.pk)


def test_an_act_cannot_replace_a_day_that_is_not_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A programmer's mistake, found the first time that the act is tried."""
    person, life = officer(city.first), all_lives()["incident"]
    incident = IncidentFactory(enterprise__station=city.first, occurred_on=ago(5))

    def forget(record: Any, *, actor: Any, **values: Any) -> None:
        record.occurred_on = None

    monkeypatch.setattr(life.operations["verify"], "change", forget)
    with pytest.raises(TypeError, match="occurred_on"):
        person.act(life.operations["verify"], id=incident.pk, verified_on=today(), at_fault=False)
    assert fresh(incident).occurred_on == ago(5)
    assert steps(incident) == []


# --- what a correction of a step takes with it ---


def test_a_case_older_than_a_year_is_reopened_with_a_deadline(city: City) -> None:
    hazard = hazard_of(city, found_on=ago(700), due_on=ago(690), rectified_on=ago(680), closed_on=ago(670))
    boss = chief(city.first)
    again = {"version": None, "reason": "It is broken again"}
    boss.act(operations.reopen_hazard, id=hazard.pk, reopened_on=ago(2), due_on=ahead(20), **again)
    assert fresh(hazard).due_on == ahead(20)
    with pytest.raises(ValidationError, match="366 days"):
        boss.act(
            operations.extend_hazard, id=hazard.pk, version=None, reason="So", extended_due_on=ahead(20 + 367)
        )
    dispute = DisputeFactory(
        enterprise__station=city.first, opened_on=ago(700), due_on=ago(690), settled_on=ago(680)
    )
    boss.act(reopen_dispute, id=dispute.pk, reopened_on=ago(2), due_on=ahead(20), **again)
    assert fresh(dispute).due_on == ahead(20)


def test_whoever_moves_a_submission_does_not_accept_it(city: City) -> None:
    hazard = hazard_of(city)
    manager(hazard.enterprise).act(operations.rectify_hazard, id=hazard.pk, version=None)
    person, other = officer(city.first), officer(city.first)
    (step,) = [each for each in steps(hazard) if each.act == "rectify"]
    correct(person, hazard, step, ago(11))
    with pytest.raises(WrongState):
        person.act(operations.close_hazard, id=hazard.pk, version=None)
    other.act(operations.close_hazard, id=hazard.pk, version=None)


def test_whoever_brings_back_a_submission_does_not_accept_it(city: City) -> None:
    hazard = hazard_of(city)
    person = officer(city.first)
    person.act(
        operations.rectify_hazard, id=hazard.pk, version=None, rectified_on=ago(5), submitted_by="Zhang Wei"
    )
    person.act(operations.send_back_hazard, id=hazard.pk, version=None, sent_back_on=ago(3), reason="No")
    (step,) = [each for each in steps(hazard) if each.act == "send_back"]
    correct(person, hazard, step, None)
    assert fresh(hazard).rectified_on == ago(5)
    with pytest.raises(WrongState):
        person.act(operations.close_hazard, id=hazard.pk, version=None)


def test_a_submission_that_never_happened_leaves_no_name(city: City) -> None:
    hazard = hazard_of(city)
    manager(hazard.enterprise).act(operations.rectify_hazard, id=hazard.pk, version=None)
    (step,) = [each for each in steps(hazard) if each.act == "rectify"]
    correct(officer(city.first), hazard, step, None)
    now = fresh(hazard)
    assert (now.rectified_on, now.submitted_by, now.submitted_by_id) == (None, "", 0)


@pytest.mark.parametrize("end", ["send_back", "reopen"])
def test_who_submitted_comes_back_with_the_submission(end: str, city: City) -> None:
    hazard = hazard_of(city, due_on=ahead(5))
    manager(hazard.enterprise).act(operations.rectify_hazard, id=hazard.pk)
    was, one, two = fresh(hazard), officer(city.first), officer(city.first)
    if end == "reopen":
        one.act(operations.close_hazard, id=hazard.pk)
        one.act(operations.reopen_hazard, id=hazard.pk, reopened_on=ago(0), due_on=ahead(9), reason="So")
    else:
        one.act(operations.send_back_hazard, id=hazard.pk, reason="Of another hazard")
    assert fresh(hazard).submitted_by == ""
    correct(two, hazard, steps(hazard)[-1], None)
    now = fresh(hazard)
    assert now.state == ("closed" if end == "reopen" else "submitted")
    assert (now.submitted_by, now.submitted_by_id) == (was.submitted_by, was.submitted_by_id)


def test_on_the_spot_comes_back_with_the_closing(city: City) -> None:
    days = dict.fromkeys(("found_on", "due_on", "rectified_on", "closed_on"), ago(20))
    spot = hazard_of(city, on_the_spot=True, **days)
    again = {"reopened_on": ago(3), "due_on": ahead(5), "reason": "Of another hazard"}
    officer(city.first).act(operations.reopen_hazard, id=spot.pk, **again)
    assert not fresh(spot).on_the_spot
    correct(officer(city.first), spot, steps(spot)[-1], None)
    assert (fresh(spot).state, fresh(spot).on_the_spot) == ("closed", True)


def test_a_correction_moves_the_first_day_past_no_end_that_was_replaced(city: City) -> None:
    """The columns show the present course only; the closing of 50 days ago was true as well."""
    hazard, person = hazard_of(city, found_on=ago(60), due_on=ago(40)), officer(city.first)
    dispute = DisputeFactory(enterprise=hazard.enterprise, opened_on=ago(60), due_on=ago(40))
    again = {"reopened_on": ago(30), "due_on": ahead(5), "reason": "Again"}
    person.act(operations.close_hazard, id=hazard.pk, closed_on=ago(50))
    person.act(operations.reopen_hazard, id=hazard.pk, **again)
    person.act(settle_dispute, id=dispute.pk, settled_on=ago(50))
    person.act(reopen_dispute, id=dispute.pk, **again)
    for name, record in (("found_on", hazard), ("opened_on", dispute)):
        said = {"model": type(record), "id": record.pk, "version": None, "reason": "So"}
        may = {"permission": Permission.CORRECT_HAZARDS}
        with pytest.raises(ValidationError) as error:
            person.act(correct_fact, values={name: ago(45)}, **said, **may)
        assert list(error.value.error_dict) == [name]
        person.act(correct_fact, values={name: ago(55)}, **said, **may)


@pytest.mark.parametrize(("on", "then"), [(ago(4), ago(4)), (None, None)])
def test_a_step_is_corrected_after_the_record_was(
    on: dt.date | None, then: dt.date | None, city: City
) -> None:
    hazard = hazard_of(city)
    person = officer(city.first)
    person.act(
        operations.rectify_hazard, id=hazard.pk, version=None, rectified_on=ago(5), submitted_by="Zhang Wei"
    )
    # as earlier versions took it from a person
    system = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    with station_scope(system.scope()):
        operations.correct_hazard(
            actor=system, id=hazard.pk, version=None, rectified_on=ago(6), reason="Typing error"
        )
    (step,) = [each for each in steps(hazard) if each.act == "rectify"]
    correct(person, hazard, step, on)
    assert fresh(hazard).rectified_on == then


def test_the_log_says_which_step_of_the_past_was_corrected(city: City) -> None:
    hazard = hazard_of(city)
    person = officer(city.first)
    said = {"id": hazard.pk, "version": None}
    person.act(operations.rectify_hazard, **said, rectified_on=ago(9), submitted_by="Zhang Wei")
    person.act(operations.send_back_hazard, **said, sent_back_on=ago(7), reason="No")
    person.act(operations.rectify_hazard, **said, rectified_on=ago(5), submitted_by="Zhang Wei")
    (step,) = [each for each in steps(hazard) if each.act == "send_back"]
    correct(person, hazard, step, ago(6))
    (entry,) = log(city.first, action="hazard.correct")
    assert (entry.before, entry.after) == (
        {"send_back": ago(7).isoformat()},
        {"send_back": ago(6).isoformat()},
    )
    assert [change.label for change in changes(entry, {})] == ["Sent back after re-inspection"]


def test_a_superseded_step_is_corrected_only_to_a_day_that_an_act_would_take(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    said = {"id": hazard.pk, "version": None}
    person.act(operations.refuse_hazard, **said, refused_on=ago(9), reason="No money")
    person.act(operations.rectify_hazard, **said, rectified_on=ago(8), submitted_by="Zhang Wei")
    person.act(operations.send_back_hazard, **said, sent_back_on=ago(6), reason="No")
    _recorded, refused, rectified, sent_back = steps(hazard)
    for step, on in (
        (rectified, ago(41)),  # before it was found
        (refused, ago(41)),
        (refused, ago(7)),  # after the submission that ended it
        (rectified, ago(10)),
        (rectified, ago(5)),  # after it was sent back
        (sent_back, ago(9)),
    ):
        with pytest.raises(ValidationError) as error:
            correct(person, hazard, step, on)
        assert list(error.value.error_dict) == ["on"]
    assert len(steps(hazard)) == 4
    correct(person, hazard, refused, ago(8))
    assert [str(fresh(hazard).state_on(ago(days))) for days in (9, 8, 6)] == [
        "overdue",
        "submitted",
        "overdue",
    ]

    boss = chief(city.first)
    person.act(operations.close_hazard, **said, closed_on=ago(5))
    boss.act(operations.reopen_hazard, **said, reopened_on=ago(5), due_on=ago(3), reason="Again")
    boss.act(operations.close_hazard, **said, closed_on=ago(1))
    (reopened,) = [step for step in steps(hazard) if step.act == "reopen"]
    with pytest.raises(ValidationError):  # the deadline that it set would lie before it
        correct(boss, hazard, reopened, ago(2))
    correct(boss, hazard, reopened, ago(4))


def test_a_day_to_come_is_said_once(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(8), submitted_by="Zhang Wei")
    (step,) = [step for step in steps(hazard) if step.act == "rectify"]
    page = person.post(
        "inspections:hazard_correct_step", hazard.pk, version=2, step=step.pk, on=ahead(1), reason="So"
    )
    assert dict(page.context["form"].errors) == {"on": ["This date is in the future."]}


def test_the_history_shows_steps_as_they_were_corrected(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city)
    said = {"id": hazard.pk, "version": None}
    person.act(operations.rectify_hazard, **said, rectified_on=ago(8), submitted_by="Zhang Wei")
    person.act(operations.send_back_hazard, **said, sent_back_on=ago(6), reason="No")
    person.act(operations.refuse_hazard, **said, refused_on=ago(4), reason="No money")
    _recorded, rectified, _sent_back, refused = steps(hazard)
    correct(person, hazard, rectified, ago(7))
    correct(person, hazard, refused, None)
    page = person.get("inspections:hazard", hazard.pk)
    events = {str(event.title): event for event in page.context["events"] if str(event.title) != "Corrected"}
    assert [event.voided for event in events.values()] == [True, False, False, False]
    moved = events["Submitted as rectified"]
    assert moved.on == ago(7)
    assert ago(8).isoformat() not in str(moved.changes)
    assert ago(7).isoformat() in str(moved.changes)
    assert events["Rectification refused"].changes == []
    assert "never happened" in page.text
    told = [event.changes for event in page.context["events"] if str(event.title) == "Corrected"]
    assert [[tuple(map(str, each)) for each in changes] for changes in told] == [
        [("Rectification refused", ago(4).isoformat(), "never happened")],
        [("Submitted as rectified", ago(8).isoformat(), ago(7).isoformat())],
    ]


# --- what people type ---


@pytest.mark.parametrize("reason", ["???", " . ", "—"])
def test_signs_are_no_reason(reason: str, city: City) -> None:
    hazard = hazard_of(city)
    with pytest.raises(ValidationError, match="only signs"):
        officer(city.first).act(operations.refuse_hazard, id=hazard.pk, version=None, reason=reason)


def test_an_officer_does_not_report_for_the_enterprise(city: City) -> None:
    person = officer(city.first, "Officer Qian")
    hazard = hazard_of(city, found_by="Officer Sun, Officer Zhao")
    for name in ("Officer Qian", "Officer Sun"):
        with pytest.raises(ValidationError, match="not an officer"):
            person.act(operations.rectify_hazard, id=hazard.pk, version=None, submitted_by=name)


def test_a_hand_over_is_not_before_the_liaison_officer_began(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first, registered_on=ago(900))
    LiaisonFactory(enterprise=enterprise, from_on=ago(300))
    boss = Person(Role.SUPERVISOR, bureau=city.bureau)
    move = {"enterprise_id": enterprise.pk, "to_station_id": city.second.pk, "reason": "Moved"}
    with pytest.raises(ValidationError, match="liaison officer"):
        boss.act(hand_over, on=ago(301), **move)
    boss.act(hand_over, on=ago(300), **move)


def test_later_lines_do_not_show_what_was_struck_out(city: City) -> None:
    person, boss, hazard = officer(city.first), chief(city.first), hazard_of(city)
    said = {"id": hazard.pk, "version": None}
    person.act(operations.rectify_hazard, **said, rectified_on=ago(20), submitted_by="Zhang Wei")
    boss.act(operations.close_hazard, **said, closed_on=ago(19))
    boss.act(operations.reopen_hazard, **said, reopened_on=ago(15), due_on=ago(5), reason="Again")
    boss.act(operations.correct_hazard, **said, reason="Typing error", due_on=ago(4))
    boss.act(operations.close_hazard, **said, closed_on=ago(2))
    _recorded, rectified, closed, _reopened, _corrected, _closed = steps(hazard)
    correct(boss, hazard, rectified, None)
    correct(boss, hazard, closed, ago(18))

    def told() -> dict[str, set[tuple[str, ...]]]:
        events = person.get("inspections:hazard", hazard.pk).context["events"]
        return {
            f"{event.title} {event.on}": {tuple(map(str, each)) for each in event.changes} for event in events
        }

    days = told()
    assert not [
        each for each in days.values() if ago(20).isoformat() in str(each) and "never" not in str(each)
    ]
    assert days[f"Reopened {ago(15)}"] == {
        ("closed on", ago(18).isoformat(), "–"),
        ("due on", ago(10).isoformat(), ago(5).isoformat()),
    }
    # without the reopening, the deadline that was corrected afterwards was the first one
    (reopened,) = [step for step in steps(hazard) if step.act == "reopen"]
    assert ("due on", ago(5).isoformat(), ago(4).isoformat()) in set().union(*days.values())
    correct(boss, hazard, reopened, None)
    assert ("due on", ago(10).isoformat(), ago(4).isoformat()) in set().union(*told().values())


def test_a_step_is_not_moved_to_the_day_of_a_visit_that_says_qualified(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    visit = InspectionFactory(
        enterprise__station=city.first, conclusion="qualified", inspected_on=ago(9), inspectors="Li, Wang"
    )
    hazard = HazardFactory(
        enterprise=visit.enterprise, inspection=visit, found_on=ago(9), due_on=ahead(9), found_by="Li, Wang"
    )
    person.act(operations.mark_major, id=hazard.pk, on=ago(5), reason="It became worse")
    (marked,) = [step for step in steps(hazard) if step.act == "mark_major"]
    with pytest.raises(ValidationError) as refused:
        correct(boss, hazard, marked, ago(9))
    assert "says qualified" in refused.value.message_dict["on"][0]
    correct(boss, hazard, marked, ago(8))
    with pytest.raises(ValidationError) as refused:  # nor does the visit move to that day
        boss.act(operations.correct_inspection, id=visit.pk, version=1, reason="So", inspected_on=ago(8))
    assert list(refused.value.error_dict) == ["inspected_on"]
    # an import brought the day: the record itself is corrected
    brought = HazardFactory(
        enterprise=visit.enterprise, inspection=visit, found_on=ago(9), major_from_on=ago(5), found_by="Li"
    )
    with pytest.raises(ValidationError) as refused:
        boss.act(operations.correct_hazard, id=brought.pk, version=1, reason="So", major_from_on=ago(9))
    assert list(refused.value.error_dict) == ["major_from_on"]
