"""A changed colour reaches the enterprise's people, and its officers in one line, in the publishing transaction."""

from typing import Any

import pytest
import time_machine

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.inbox.models import Notification
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation
from ratings.operations import correct_ratings, issue_interim_vetoes
from ratings.operations.notifying import notify_changed
from tests.factories import ActivityFactory, IncidentFactory, LiaisonFactory, RoleGrantFactory
from tests.inbox.conftest import inbox_of
from tests.ratings.conftest import Case, case, failing, standard

__all__ = ["case"]

pytestmark = pytest.mark.django_db


def manager_of(firm: Enterprise) -> RoleGrant:
    return RoleGrantFactory(
        role=Role.SECURITY_MANAGER,
        station=firm.station,
        enterprise_id=firm.pk,
        enterprise_name=firm.name,
    )


def rows_of(grant: RoleGrant) -> list[Notification]:
    actor = actor_for(user=grant.user, grant_id=grant.pk)
    assert actor is not None
    return inbox_of(actor)


def read(grant: RoleGrant) -> list[str]:
    return [each.text for each in rows_of(grant)]


@pytest.fixture
def world(case: Case) -> dict[str, Any]:
    case.adopt(standard())
    firms = [case.enterprise(name=name) for name in ("安达", "博远", "成华")]
    found: dict[str, Any] = {"firms": firms, "managers": [manager_of(firm) for firm in firms]}
    found["officer"] = RoleGrantFactory(role=Role.OFFICER, station=case.first)
    found["chief"] = RoleGrantFactory(role=Role.CHIEF, station=case.first)
    found["other chief"] = RoleGrantFactory(role=Role.CHIEF, station=case.second)
    found["supervisor"] = RoleGrantFactory(role=Role.SUPERVISOR, station=None, bureau=case.bureau)
    for firm in firms[:2]:
        LiaisonFactory(enterprise=firm, officer=found["officer"].user)
    for firm, colour in zip(firms, ("green", "yellow", "yellow"), strict=True):
        case.deserve(firm, "2026Q2", colour)
    for firm in firms[:2]:
        case.deserve(firm, "2026Q3", "yellow")
    case.deserve(firms[2], "2026Q3", "green", qualified=True)
    with time_machine.travel("2026-07-04 00:30+08:00", tick=True):
        case.rate("2026Q2")
    with time_machine.travel("2026-10-04 00:30+08:00", tick=True):
        found["run"] = case.rate("2026Q3")
    return found


def why(grant: RoleGrant) -> list[dict[str, str]]:
    """Return the reasons that somebody reads, by language, oldest first."""
    return [each.values["reason"] for each in rows_of(grant)]


def test_the_people_learn_of_their_own_colour_where_it_changed(world: dict[str, Any]) -> None:
    first, second, third = (read(grant) for grant in world["managers"])
    assert first == [
        "Your first colour, for Q2 2026: Green",
        "Your colour for Q3 2026 is Yellow (before: Green)",
    ]
    assert second == ["Your first colour, for Q2 2026: Yellow"], "it stayed yellow"
    assert third[-1] == "Your colour for Q3 2026 is Green (before: Yellow)"


def test_officers_get_one_line_for_a_publication(world: dict[str, Any]) -> None:
    assert read(world["officer"])[-1] == "Colours for Q3 2026: 1 enterprise changed, 0 of them to red (安达)"
    assert len(read(world["officer"])) == 2
    assert rows_of(world["officer"])[-1].values["reason"]["en"] == "By its score: 70.0"
    assert "reason" not in rows_of(world["chief"])[-1].values
    assert "2 enterprises changed" in read(world["chief"])[-1]
    assert "2 enterprises changed" in read(world["supervisor"])[-1]
    assert read(world["other chief"]) == []


def test_publishing_twice_notifies_once(world: dict[str, Any]) -> None:
    assert notify_changed(sender=Evaluation, evaluation=world["run"]) == 0


def test_an_interim_veto_and_a_correction_reach_whom_they_concern(case: Case, world: dict[str, Any]) -> None:
    firm, manager = world["firms"][0], world["managers"][0]
    others = [read(grant) for grant in world["managers"][1:]]
    IncidentFactory(
        enterprise=firm, kind="death", occurred_on="2026-11-19", verified_on="2026-11-20", at_fault=True
    )
    with time_machine.travel("2026-11-20 09:00+08:00", tick=True):
        assert issue_interim_vetoes(bureau=case.bureau)
    assert read(manager)[-1] == "Your colour for Q3 2026 is Red (before: Yellow)"
    assert why(manager)[-1] == {"en": "Death", "zh-hans": "Death"}
    assert why(manager)[-2] == {"en": "By its score: 70.0", "zh-hans": "由得分决定：70.0"}
    assert read(world["officer"])[-1] == "Colours for Q3 2026: 1 enterprise changed, 1 of them to red (安达)"
    assert rows_of(world["officer"])[-1].values["reason"] == {"en": "Death", "zh-hans": "Death"}
    assert [read(grant) for grant in world["managers"][1:]] == others

    ActivityFactory.create_batch(9, enterprise=world["firms"][1], kind="training", held_on="2026-09-20")
    with time_machine.travel("2026-11-21 09:00+08:00", tick=True):
        case.run(correct_ratings(actor=case.actor, evaluation_id=world["run"].pk, reason="Typed in late"))
    assert read(world["managers"][1])[-1] == "Your colour for Q3 2026 is Green (before: Yellow)"
    assert len(read(world["managers"][2])) == len(others[1])


def test_a_trial_notifies_nobody(case: Case, world: dict[str, Any]) -> None:
    before = [read(grant) for grant in world["managers"]]
    case.rate("2026Q3", standard(code="other"))
    assert [read(grant) for grant in world["managers"]] == before


def test_a_failed_run_reaches_the_supervisor(case: Case, world: dict[str, Any]) -> None:
    with failing():
        case.rate("2026Q3", standard(code="other"))
    assert "An evaluation failed" in read(world["supervisor"])[-1]
    assert "An evaluation failed" not in "".join(read(world["chief"]))
    with station_scope(case.actor.scope()):
        assert Notification.objects.filter(code="evaluation.failed").count() == 1
