"""Who is notified of what: once, in the transaction of what happened, and never whoever did it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from disputes.operations import settle_dispute
from disputes.staff.views import DisputePages
from enterprises import operations as register
from foundation.accounts import operations
from foundation.accounts.access import WrongState
from foundation.accounts.choices import Role
from foundation.accounts.selectors import actor_for
from foundation.contributions.notifications import causes
from foundation.inbox.models import Notification
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import station_scope
from inspections import operations as inspecting
from inspections.models import Hazard
from inspections.selectors import setbacks
from inspections.staff.views import SelfCheckPages
from tests.accounts.conftest import House
from tests.factories import (
    ApiKeyFactory,
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    LiaisonFactory,
    RoleGrantFactory,
    SelfCheckFactory,
    UserFactory,
)
from tests.facts.people import ago
from tests.inbox.conftest import codes_of, inbox_of

TODAY = timezone.localdate


def act(house: House, name: str, operation: Any, **arguments: Any) -> Any:
    actor = house.actor(name)
    with station_scope(actor.scope()):
        return operation(actor=actor, **arguments)


def hazard_of(house: House, **fields: Any) -> Hazard:
    day = TODAY() - dt.timedelta(days=10)
    return HazardFactory(
        **{"enterprise": house.enterprise, "item": "Blocked exit", "place": "", "found_on": day} | fields
    )


@pytest.fixture
def liaison(house: House) -> Any:
    return LiaisonFactory(enterprise=house.enterprise, officer=house.people["officer"])


# --- hazards ------------------------------------------------------------------------------------------------------


def test_the_reason_of_a_send_back_reaches_the_enterprise_once(house: House) -> None:
    hazard = hazard_of(house, rectified_on=TODAY())
    send_back = {"id": hazard.pk, "reason": "The exit is still blocked."}
    act(house, "officer", inspecting.send_back_hazard, **send_back)
    with pytest.raises(WrongState):
        act(house, "officer", inspecting.send_back_hazard, **send_back)
    for name in ("security_manager", "enterprise_staff"):
        (row,) = inbox_of(house.actor(name))
        assert row.text == "Sent back, the re-inspection was not passed: Blocked exit"
        assert (row.values["reason"], row.object_id) == ("The exit is still blocked.", hazard.pk)
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard.pk)
    act(house, "officer", inspecting.send_back_hazard, id=hazard.pk, reason="Still blocked, again.")
    reasons = [each.values.get("reason") for each in inbox_of(house.actor("security_manager"))]
    assert reasons == ["The exit is still blocked.", "Still blocked, again."]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        (inspecting.refuse_hazard, {"reason": "They will not."}, "hazard.refuse"),
        (inspecting.close_hazard, {}, "hazard.close"),
        (inspecting.mark_major, {"reason": "It burns."}, "hazard.mark_major"),
        (inspecting.rectify_hazard, {"submitted_by": "Manager Ma"}, "hazard.rectify"),
    ],
)
def test_what_the_police_do_to_a_hazard_reaches_the_enterprise(
    house: House, liaison: Any, operation: Any, arguments: dict, code: str
) -> None:
    act(house, "officer", operation, id=hazard_of(house).pk, **arguments)
    assert codes_of(house, "security_manager") == [code]
    assert codes_of(house, "officer") == codes_of(house, "chief_second") == []


def test_an_extension_names_the_new_deadline(house: House) -> None:
    due, later = TODAY() + dt.timedelta(days=3), TODAY() + dt.timedelta(days=9)
    act(
        house,
        "officer",
        inspecting.extend_hazard,
        id=hazard_of(house, due_on=due).pk,
        extended_due_on=later,
        reason="Ill",
    )
    (row,) = inbox_of(house.actor("security_manager"))
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert later.isoformat() in row.text


def test_a_new_hazard_reaches_the_enterprise_and_its_liaison_officer(house: House, liaison: Any) -> None:
    fields = {"enterprise_id": house.enterprise.pk, "item": "Blocked exit", "found_on": TODAY()}
    fields["due_on"] = TODAY() + dt.timedelta(days=7)
    act(house, "chief", inspecting.create_hazard, **fields)
    assert codes_of(house, "security_manager") == ["hazard.create"]
    assert codes_of(house, "officer") == ["hazard.create.officers"]
    assert codes_of(house, "chief") == []


def test_what_the_enterprise_does_reaches_the_liaison_officer_and_the_finder(
    house: House, liaison: Any
) -> None:
    finder = house.people["chief"]
    hazard = hazard_of(house, recorded_by_id=finder.pk)
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard.pk)
    assert codes_of(house, "officer") == codes_of(house, "chief") == ["hazard.rectify.officers"]
    assert codes_of(house, "security_manager") == codes_of(house, "enterprise_staff") == []


def test_what_the_enterprise_takes_back_is_told_too(house: House, liaison: Any) -> None:
    hazard = hazard_of(house)
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard.pk)
    act(house, "security_manager", inspecting.withdraw_submission, id=hazard.pk, reason="Still wet.")
    _asked, withdrawn = inbox_of(house.actor("officer"))
    assert withdrawn.code == "hazard.withdraw.officers"
    assert withdrawn.text == "The enterprise withdrew its submission: Blocked exit"
    assert withdrawn.values["reason"] == "Still wet."


def test_what_the_enterprise_changes_in_a_report_of_its_own_is_told_too(house: House, liaison: Any) -> None:
    fields = {"enterprise_id": house.enterprise.pk, "item": "Blocked exit", "found_on": TODAY()}
    hazard = act(house, "security_manager", inspecting.create_hazard, **fields)
    own = {"id": hazard.pk, "version": None, "reason": "Mistaken."}
    act(house, "security_manager", inspecting.correct_hazard, item="Blocked stairs", **own)
    act(house, "security_manager", inspecting.void_hazard, **own)
    assert [each.text for each in inbox_of(house.actor("officer"))][1:] == [
        "Corrected by the enterprise: Blocked stairs",
        "Voided by the enterprise: Blocked stairs",
    ]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        (inspecting.send_back_hazard, {"reason": "Still blocked."}, "hazard.send_back.officers"),
        (inspecting.close_hazard, {}, "hazard.close.officers"),
        (inspecting.mark_major, {"reason": "It burns."}, "hazard.mark_major.officers"),
    ],
)
@pytest.mark.parametrize("recorded", [True, False])
def test_what_a_colleague_does_reaches_the_recorder_and_the_submitter(
    house: House, operation: Any, arguments: dict, code: str, recorded: bool
) -> None:
    officer = house.people["officer"].pk
    own = {"recorded_by_id": officer} if recorded else {"submitted_by_id": officer}
    hazard = hazard_of(house, rectified_on=TODAY(), **own)
    act(house, "chief", operation, id=hazard.pk, **arguments)
    (row,) = inbox_of(house.actor("officer"))
    assert (row.code, row.values.get("reason")) == (code, arguments.get("reason"))


def test_a_colleagues_record_of_a_submission_reaches_the_recorder(house: House) -> None:
    hazard = hazard_of(house, recorded_by_id=house.people["officer"].pk)
    act(house, "chief", inspecting.rectify_hazard, id=hazard.pk, submitted_by="Manager Ma")
    assert codes_of(house, "officer") == ["hazard.rectify.officers"]


@pytest.mark.parametrize("gone", ["no liaison officer", "moved", "disabled"])
def test_the_chief_is_notified_where_nobody_is_left(house: House, gone: str) -> None:
    if gone != "no liaison officer":
        LiaisonFactory(enterprise=house.enterprise, officer=house.people["officer"])
    if gone == "moved":
        house.people["officer"].grants.update(revoked_at=timezone.now())
    elif gone == "disabled":
        house.people["officer"].is_active = False
        house.people["officer"].save()
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard_of(house).pk)
    assert codes_of(house, "chief") == ["hazard.rectify.officers"]
    assert codes_of(house, "supervisor") == []


def test_the_supervisor_is_notified_without_a_chief(house: House) -> None:
    house.people["chief"].grants.update(revoked_at=timezone.now())
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard_of(house).pk)
    assert codes_of(house, "supervisor") == ["hazard.rectify.officers"]
    assert codes_of(house, "supervisor_elsewhere") == []


def test_whoever_joins_later_learns_nothing_of_before(house: House) -> None:
    act(house, "officer", inspecting.close_hazard, id=hazard_of(house).pk)
    late = UserFactory(username="late")
    RoleGrantFactory(
        user=late,
        role=Role.SECURITY_MANAGER,
        station=house.city.first,
        enterprise_id=house.enterprise.pk,
        enterprise_name="x",
    )
    house.people["late"] = late
    assert codes_of(house, "late") == []


def test_nothing_is_left_of_what_was_rolled_back(house: House) -> None:
    actor = house.actor("officer")
    hazard = hazard_of(house)
    with station_scope(actor.scope()), transaction.atomic():
        inspecting.close_hazard(actor=actor, id=hazard.pk)
        transaction.set_rollback(True)
    assert codes_of(house, "security_manager") == []


# --- corrections --------------------------------------------------------------------------------------------------


def test_a_correction_reaches_the_recorder_and_the_enterprise(house: House) -> None:
    hazard = hazard_of(house, recorded_by_id=house.people["officer"].pk)
    correct = {"id": hazard.pk, "version": None, "reason": "Typed wrong."}
    act(house, "chief", inspecting.correct_hazard, item="Blocked stairs", **correct)
    (row,) = inbox_of(house.actor("officer"))
    assert (row.code, row.values["reason"]) == ("hazard.correct.recorder", "Typed wrong.")
    (row,) = inbox_of(house.actor("security_manager"))
    assert row.text == "Corrected by the station: Blocked stairs (Item)"
    assert "reason" not in row.values, "the police write it for each other"
    later = TODAY() + dt.timedelta(days=9)
    act(house, "chief", inspecting.correct_hazard, due_on=later, **correct)
    assert inbox_of(house.actor("security_manager"))[1].text.endswith(f"(Due on: {later})")
    act(house, "chief", inspecting.correct_hazard, note="For us only.", **correct)
    assert len(inbox_of(house.actor("security_manager"))) == 2, "their own note is none of the enterprise's"


def test_a_voided_self_check_reaches_the_enterprise(house: House) -> None:
    check = SelfCheckFactory(enterprise=house.enterprise, recorded_by_id=house.people["security_manager"].pk)
    act(
        house,
        "officer",
        SelfCheckPages().operations.void,
        id=check.pk,
        version=None,
        reason="Never took place.",
    )
    assert codes_of(house, "security_manager") == ["self_check.void"]


def test_a_dispute_reaches_the_liaison_officer_and_never_the_enterprise(house: House, liaison: Any) -> None:
    fields = {"enterprise_id": house.enterprise.pk, "kind": "wages", "opened_on": TODAY(), "summary": "Wages"}
    act(house, "chief", DisputePages().operations.create, **fields)
    assert codes_of(house, "officer") == ["dispute.create.officers"]
    assert codes_of(house, "security_manager") == []


# --- the register -------------------------------------------------------------------------------------------------


def test_liaison_officers_learn_what_they_are_given_and_what_is_taken(house: House) -> None:
    firms = [house.enterprise, *EnterpriseFactory.create_batch(4, station=house.city.first)]
    ids, today = [firm.pk for firm in firms], TODAY()
    colleague = UserFactory(username="colleague", phone="138 0000 0000")
    RoleGrantFactory(user=colleague, role=Role.OFFICER, station=house.city.first)
    house.people["colleague"] = colleague
    give = {"enterprise_ids": ids, "on": today}
    for _again in range(2):
        act(house, "chief", register.assign_liaison, officer_id=house.people["officer"].pk, **give)
    (row,) = inbox_of(house.actor("officer"))
    assert row.text.startswith("You look after 5 enterprises now: ")
    assert row.text.endswith("…")
    act(house, "chief", register.assign_liaison, officer_id=colleague.pk, **give)
    assert codes_of(house, "officer") == ["liaison.given", "liaison.taken"]
    texts = [each.text for each in inbox_of(house.actor("security_manager"))]
    assert texts[-1] == f"Your liaison officer is now {colleague}, 138 0000 0000."
    assert len(texts) == 2


def test_a_hand_over_reaches_everybody_concerned(house: House, liaison: Any) -> None:
    act(
        house,
        "supervisor",
        register.hand_over,
        enterprise_id=house.enterprise.pk,
        to_station_id=house.city.second.pk,
        on=TODAY(),
        reason="New border.",
    )
    assert codes_of(house, "chief_second") == ["enterprise.received"]
    assert "Open there: nothing." in inbox_of(house.actor("chief_second"))[0].text
    assert codes_of(house, "officer") == ["enterprise.given_away"]
    assert codes_of(house, "security_manager") == ["enterprise.moved"]
    assert "reason" not in inbox_of(house.actor("security_manager"))[0].values


def test_the_receiving_chief_learns_what_came_along(house: House) -> None:
    for _each in range(2):
        HazardFactory(enterprise=house.enterprise, found_on=ago(9), rectified_on=ago(1))
    HazardFactory(enterprise=house.enterprise, found_on=ago(9), due_on=ago(3))
    HazardFactory(enterprise__station=house.city.second, found_on=ago(9), due_on=ago(3))
    act(
        house,
        "supervisor",
        register.hand_over,
        enterprise_id=house.enterprise.pk,
        to_station_id=house.city.second.pk,
        on=TODAY(),
        reason="New border.",
    )
    text = inbox_of(house.actor("chief_second"))[0].text
    assert "Open there: Overdue hazards: 1, Waiting for re-inspection: 2" in text


# --- accounts -----------------------------------------------------------------------------------------------------


def test_a_role_given_and_taken_reaches_the_person_once(house: House) -> None:
    officer = house.people["officer"]
    grant = act(
        house,
        "supervisor",
        operations.grant_role,
        user_id=officer.pk,
        role=Role.OFFICER,
        station_id=house.city.second.pk,
    )
    with station_scope(house.actor("officer").scope()):
        assert not Notification.objects.exists(), "it belongs to the new role"
    act(house, "supervisor", operations.revoke_role, grant_id=grant.pk, reason="Moved on.")
    (row,) = inbox_of(house.actor("officer"))
    assert row.text == f"A role was taken from you: Officer, {house.city.second.name}"
    assert row.values["reason"] == "Moved on."


def test_a_reset_reaches_the_person(house: House) -> None:
    act(house, "chief", operations.reset_password, user_id=house.people["officer"].pk)
    assert codes_of(house, "officer") == ["user.reset_password"]
    assert codes_of(house, "chief") == []


def test_an_accepted_invitation_reaches_whoever_sent_it(house: House) -> None:
    token = act(house, "chief", operations.reset_password, user_id=house.people["officer"].pk)
    operations.accept_invitation(token=token, password="river-stone-77")
    (row,) = inbox_of(house.actor("chief"))
    assert row.text == "Full officer accepted the invitation and can log in now."
    assert codes_of(house, "security_manager") == []


def test_ending_keys_are_announced_a_month_and_two_weeks_before(house: House) -> None:
    now = timezone.now()
    ending = ApiKeyFactory(department=house.department, expires_at=now + dt.timedelta(days=20))
    ApiKeyFactory(department=house.department, expires_at=now + dt.timedelta(days=20), replaced_by=ending)
    ApiKeyFactory(department=house.department, expires_at=now + dt.timedelta(days=20), revoked_at=now)
    ApiKeyFactory(department=house.department, expires_at=now + dt.timedelta(days=40))
    for _again in range(2):
        operations.warn_of_ending_keys()
    assert codes_of(house, "department_officer") == codes_of(house, "supervisor") == ["api_key.ends"]
    with time_machine.travel(now + dt.timedelta(days=15), tick=True):
        for _again in range(2):
            operations.warn_of_ending_keys()
    assert codes_of(house, "department_officer")[:2] == ["api_key.ends"] * 2
    assert len(codes_of(house, "department_officer")) == 3, "the third key ends within a month by then"
    assert codes_of(house, "supervisor_elsewhere") == []


# --- the core -----------------------------------------------------------------------------------------------------


def test_one_person_in_two_roles_is_notified_once_of_one_cause(house: House) -> None:
    officer = house.people["officer"]
    RoleGrantFactory(user=officer, role=Role.CHIEF, station=house.city.first)
    for _again in range(2):
        notify("hazard.create.officers", to=Q(user=officer), key="1", values={"object": "x"})
    assert codes_of(house, "officer") == ["hazard.create.officers"]


def test_a_manager_of_two_enterprises_is_notified_for_each(house: House) -> None:
    other = EnterpriseFactory(station=house.city.first)
    manager = house.people["security_manager"]
    second = RoleGrantFactory(
        user=manager,
        role=Role.SECURITY_MANAGER,
        station=house.city.first,
        enterprise_id=other.pk,
        enterprise_name=other.name,
    )
    notify("liaison.changed", to=Q(user=manager), key="1", values={"officer": "Li"})
    for grant in (manager.grants.first(), second):
        actor = actor_for(user=manager, grant_id=grant.pk)
        assert actor is not None
        assert [each.code for each in inbox_of(actor)] == ["liaison.changed"]


def test_a_cause_of_an_earlier_version_is_still_shown(house: House) -> None:
    row = Notification(code="gone.away", values={})
    assert row.text == "gone.away"
    row = Notification(code="hazard.send_back", values={})
    assert row.text == "Sent back, the re-inspection was not passed: –"


@pytest.mark.parametrize("cause", list(causes), ids=lambda cause: cause.code)
def test_the_words_of_each_cause_can_be_filled(cause: Any) -> None:
    row = Notification(code=cause.code, values={"object": "x 100 %", "enterprise": "y"})
    assert "%(" not in row.text


def test_a_reopened_hazard_is_told_with_its_deadline_and_why(house: House) -> None:
    hazard = hazard_of(house, rectified_on=TODAY(), closed_on=TODAY(), due_on=TODAY())
    due_on = TODAY() + dt.timedelta(days=9)
    reopening = {"id": hazard.pk, "version": None, "reopened_on": TODAY(), "due_on": due_on}
    act(house, "officer", inspecting.reopen_hazard, **reopening, reason="The exit is blocked again.")
    (row,) = inbox_of(house.actor("security_manager"))
    assert "Open again, to be rectified by" in row.text
    assert row.values["reason"] == "The exit is blocked again."
    actor = house.actor("security_manager")
    with station_scope(actor.scope()):
        setback = setbacks(actor, [Hazard.objects.get(pk=hazard.pk)])[hazard.pk]
    assert (setback.act, setback.on, setback.reason) == ("reopen", TODAY(), "The exit is blocked again.")


def test_what_the_police_write_for_each_other_stays_with_them(house: House) -> None:
    hazard = hazard_of(house, due_on=TODAY() + dt.timedelta(days=1))
    act(house, "officer", inspecting.mark_major, id=hazard.pk, version=None, reason="A tip by its storeman")
    later = TODAY() + dt.timedelta(days=20)
    extension = {"id": hazard.pk, "version": None, "extended_due_on": later}
    act(house, "officer", inspecting.extend_hazard, **extension, reason="Its owner is ill")
    rows = inbox_of(house.actor("security_manager"))
    assert len(rows) == 2
    assert not any(row.values.get("reason") for row in rows)


def test_the_finder_hears_of_the_submission(house: House, liaison: Any) -> None:
    finder = RoleGrantFactory(
        role=Role.OFFICER, station=house.enterprise.station, user=UserFactory(full_name="Sun Mei")
    )
    hazard = hazard_of(house, found_by="Sun Mei, Zhao Lei")
    act(house, "security_manager", inspecting.rectify_hazard, id=hazard.pk, version=None)
    actor = actor_for(user=finder.user, grant_id=None)
    assert actor
    assert [each.code for each in inbox_of(actor)] == ["hazard.rectify.officers"]


def test_the_object_is_named_in_the_readers_language(house: House, liaison: Any) -> None:
    dispute = DisputeFactory(enterprise=house.enterprise, kind="wages", summary="欠薪三人")
    with translation.override("en"):
        act(house, "chief", settle_dispute, id=dispute.pk, version=None, settled_on=TODAY())
    (row,) = inbox_of(house.actor("officer"))
    shown = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            shown[language] = row.text
    assert "Wages" in shown["en"]
    assert "Wages" not in shown["zh-hans"]
    assert "欠薪" in shown["zh-hans"]
