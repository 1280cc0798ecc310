"""What moves the deadline of a hazard: a newer calendar, a suspension, a raised level; and what is proposed."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from chinese_calendar import constants
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from facts.operations import correct_step
from facts.steps import acts_among, steps_of
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.accounts.models import AuditEntry
from foundation.deadlines import calendar
from foundation.deadlines.operations import change_limit
from foundation.periods import Period
from inspections import operations
from inspections.access import Permission
from inspections.acts import counted
from inspections.choices import RECTIFY, RECTIFY_MAJOR
from inspections.deadlines import counted_deadline, proposed_extension
from inspections.indicators.hazards import _hazards
from inspections.models import Hazard
from inspections.recounting import recount_deadlines, recounts
from tests.accounts.conftest import House, house
from tests.fixtures import scope_of, scope_of_bureau

__all__ = ["house"]
DECEMBER = "2026-12-25T10:00:00+08:00"
SEPTEMBER = "2026-09-01T10:00:00+08:00"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def record(house: House, due_on: str, **more: Any) -> Hazard:
    """Return a hazard that the officer recorded today."""
    with scope_of(house.city.first):
        return operations.create_hazard(
            actor=house.actor("officer"),
            enterprise_id=house.enterprise.pk,
            item="Alarm dead",
            found_on=timezone.localdate(),
            due_on=day(due_on),
            **more,
        )


def act(house: House, operation: Any, hazard: Hazard, who: str = "officer", **values: Any) -> Hazard:
    with scope_of(house.city.first):
        return operation(actor=house.actor(who), id=hazard.pk, **values)


@pytest.fixture
def arrive(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the table of 2027 arrive: it gives the 4th of January off, for a Saturday that is worked."""

    def published() -> None:
        monkeypatch.setattr(calendar, "LAST_YEAR", 2027)
        for free in ("2027-01-01", "2027-01-04"):
            monkeypatch.setitem(constants.holidays, day(free), constants.Holiday.new_years_day.value)
        calendar.digest_of.cache_clear()

    yield published
    calendar.digest_of.cache_clear()


def test_deadlines_are_counted_again_when_a_calendar_arrives(house: House, arrive: Any) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        # ten working days of which nobody knows yet that one is free
        counted_one = record(house, "2027-01-11")
        chosen = record(house, "2027-01-08", place="Gate")
        assert counted_one.counted_as["calendar"].startswith("2026-2027:")
        assert chosen.counted_as is None
        with scope_of(house.city.first):
            assert recounts(house.actor("chief")).rows == []
        arrive()
        url = reverse("inspections:recounts")
        assert house.client("officer").get(url).status_code == 403
        assert house.client("security_manager").get(url).status_code == 403
        for who in ("chief", "supervisor"):
            shown = house.client(who).get(url).context["found"].rows
            assert [(each.hazard.pk, each.old_on, each.new_on) for each in shown] == [
                (counted_one.pk, day("2027-01-11"), day("2027-01-12"))
            ]
            assert url in house.client(who).get(reverse("deadlines:limits")).text
        assert house.client("supervisor_elsewhere").get(url).context["found"].rows == []
        page = house.client("officer").get(reverse("inspections:hazard_deadline", args=[counted_one.pk]))
        assert page.context["counted"].recounted_on == day("2027-01-12")
        supervisor = house.actor("supervisor")
        with scope_of_bureau(house.city.bureau):
            with pytest.raises(NotAllowed):
                recount_deadlines(actor=house.actor("officer"), version=None, reason="x")
            with pytest.raises(StaleRecord):
                recount_deadlines(actor=supervisor, version="0", reason="Published")
        confirm = reverse("inspections:recount_confirm")
        client = house.client("supervisor")
        form = client.get(confirm).context["form"]
        hidden = {field.name: field.value() for field in form.hidden_fields()}
        saved = client.post(confirm, hidden | {"reason": "Published"})
        assert saved.status_code == 302, saved.context["form"].errors
        with scope_of_bureau(house.city.bureau), pytest.raises(WrongState):
            recount_deadlines(actor=supervisor, version=None, reason="Published")
        with scope_of(house.city.first):
            now = Hazard.objects.get(pk=counted_one.pk)
            assert (now.due_on, now.counted_as["on"]) == (day("2027-01-12"), "2027-01-12")
            assert now.deadline_as_of(day("2026-12-24")) == day("2027-01-11")
            assert Hazard.objects.get(pk=chosen.pk).due_on == day("2027-01-08")
            entry = AuditEntry.objects.get(action="hazard.recount")
            assert (entry.object_id, entry.reason, entry.after) == (
                now.pk,
                "Published",
                {"due_on": "2027-01-12"},
            )


def test_a_suspended_deadline_moves_by_its_own_days(house: House) -> None:
    with time_machine.travel(SEPTEMBER, tick=False):
        hazard = record(house, "2026-09-15")
        chosen = record(house, "2026-09-11", place="Gate")
    with time_machine.travel("2026-09-04T10:00:00+08:00", tick=False):
        for each in (hazard, chosen):
            act(house, operations.suspend_deadline, each, reason="Appraisal")
    with time_machine.travel("2026-09-30T10:00:00+08:00", tick=False), scope_of(house.city.first):
        still = Hazard.objects.get(pk=hazard.pk)
        assert (still.state, still.deadline_on) == ("open", None)
        url = reverse("inspections:hazard_deadline", args=[hazard.pk])
        assert "Appraisal" in house.client("security_manager").get(url).text
        # a quarter that ends meanwhile counts neither as overdue, and one closed as in time
        period = Period(2026, 3)
        (row,) = _hazards(period)
        assert row["hazards_overdue"] == 0
        closed = Hazard.objects.get(pk=chosen.pk)
        closed.closed_on = day("2026-09-30")
        closed.save()
        (row,) = _hazards(period)
        assert (
            row["hazards_closed_on_time"]
            == counted(closed, period, repeated=False)["hazards_closed_on_time"]
            == 1
        )
        with pytest.raises(WrongState):
            act(house, operations.extend_hazard, hazard, extended_due_on=day("2026-10-30"), reason="x")
    with time_machine.travel("2026-10-12T10:00:00+08:00", tick=False):
        # resumed for the 10th of September: four working days, of which the 5th and 6th are none
        now = act(house, operations.resume_deadline, hazard, resumed_on=day("2026-09-10"), reason="Done")
        assert (now.due_on, now.suspended_on) == (day("2026-09-20"), None)  # a Sunday that is worked
        assert [now.deadline_as_of(day(each)) for each in ("2026-09-03", "2026-09-09", "2026-09-10")] == [
            day("2026-09-15"),
            None,
            day("2026-09-20"),
        ]
        with scope_of(house.city.first):
            shown = counted_deadline(house.actor("officer"), now)
            assert shown is not None
            assert shown.count is not None
            assert (shown.follows_rule, shown.number, shown.recounted_on) == (True, 10, None)
            assert [each.act for each in shown.moves] == ["suspend", "resume"]
            steps = {each.act: each.pk for each in acts_among(steps_of(now))}
            for step in steps.values():  # the deadline was counted with both days
                with pytest.raises(ValidationError) as refused:
                    _correct(house, now, step, on=day("2026-09-07"))
                assert "on" in refused.value.message_dict
            back = _correct(house, now, steps["resume"], never=True)
            assert (back.due_on, back.suspended_on) == (None, day("2026-09-04"))


def _correct(house: House, hazard: Hazard, step: int, **values: Any) -> Hazard:
    return correct_step(
        actor=house.actor("officer"),
        permission=Permission.CORRECT_HAZARDS,
        model=Hazard,
        id=hazard.pk,
        version=None,
        step=step,
        reason="Wrong day",
        **values,
    )


def test_a_chosen_deadline_moves_by_the_days_of_its_suspension(house: House) -> None:
    with time_machine.travel(SEPTEMBER, tick=False):
        chosen = record(house, "2026-09-11")
    with time_machine.travel("2026-09-10T10:00:00+08:00", tick=False):
        act(house, operations.suspend_deadline, chosen, suspended_on=day("2026-09-03"), reason="Appraisal")
        now = act(house, operations.resume_deadline, chosen, reason="Done")
        assert (now.due_on, now.counted_as) == (day("2026-09-18"), None)  # five working days


def test_a_raised_level_counts_again_from_the_first_day(house: House) -> None:
    with time_machine.travel(SEPTEMBER, tick=False):
        with scope_of_bureau(house.city.bureau):
            change_limit(
                actor=house.actor("supervisor"),
                code=RECTIFY_MAJOR,
                version=1,
                number=6,
                unit="working",
                effective_from=day("2026-09-01"),
                reason="Stricter",
            )
        hazard, chosen = record(house, "2026-09-15"), record(house, "2026-09-14", place="Gate")
        with scope_of(house.city.first):
            proposed, _words = proposed_extension(house.actor("officer"), hazard)
        assert proposed == day("2026-09-29")  # the 20th is worked, the 25th is a holiday
        act(house, operations.extend_hazard, hazard, extended_due_on=proposed, reason="Parts")
    with time_machine.travel("2026-09-03T10:00:00+08:00", tick=False):
        now = act(house, operations.mark_major, hazard, reason="Worse than it looked")
        # six working days and the ten of the extension
        assert (now.deadline_on, now.counted_as["code"], now.counted_as["more"]) == (
            day("2026-09-22"),
            RECTIFY_MAJOR,
            10,
        )
        assert now.deadline_as_of(day("2026-09-02")) == proposed
        assert act(house, operations.mark_major, chosen, reason="Worse").due_on == day("2026-09-14")


def test_a_raised_level_keeps_the_days_of_a_suspension(house: House) -> None:
    with time_machine.travel(SEPTEMBER, tick=False):
        with scope_of_bureau(house.city.bureau):
            change_limit(
                actor=house.actor("supervisor"),
                code=RECTIFY_MAJOR,
                version=1,
                number=6,
                unit="working",
                effective_from=day("2026-09-01"),
                reason="Stricter",
            )
        hazard = record(house, "2026-09-15")
    with time_machine.travel("2026-09-04T10:00:00+08:00", tick=False):
        act(house, operations.suspend_deadline, hazard, reason="Appraisal")
    with time_machine.travel("2026-09-10T10:00:00+08:00", tick=False):
        act(house, operations.resume_deadline, hazard, reason="Done")
    with time_machine.travel("2026-09-11T10:00:00+08:00", tick=False):
        now = act(house, operations.mark_major, hazard, reason="Worse than it looked")
        # the 2nd and 3rd, then four days that do not count, then the 10th, 11th, 14th and 15th
        assert now.deadline_on == day("2026-09-15")


def test_a_longer_deadline_needs_a_reason(house: House) -> None:
    with time_machine.travel(SEPTEMBER, tick=False):
        with pytest.raises(ValidationError) as refused:
            record(house, "2026-09-16")
        assert set(refused.value.message_dict) == {"due_reason"}
        hazard = record(house, "2026-09-16", due_reason="Parts from abroad")
        assert (hazard.due_reason, hazard.counted_as) == ("Parts from abroad", None)
        assert record(house, "2026-09-15", place="Gate").counted_as["code"] == RECTIFY
        form = house.client("officer").get(reverse("inspections:inspection_create")).context["hazards"][0]
        assert form["due_on"].value() == day("2026-09-15")
        left = {"hazards-0-due_on": "2026-09-15"}
        assert not type(form)(left, prefix="hazards-0", suggest=form.suggest).has_changed()
        act(house, operations.close_hazard, hazard, "chief")
        reopen = house.client("officer").get(reverse("inspections:hazard_reopen", args=[hazard.pk]))
        assert reopen.context["form"]["due_on"].value() == day("2026-09-15")
        again = act(
            house,
            operations.reopen_hazard,
            hazard,
            reopened_on=day("2026-09-01"),
            due_on=day("2026-09-15"),
            reason="Again",
        )
        assert (again.counted_as["start"], again.due_reason) == ("2026-09-01", "")
