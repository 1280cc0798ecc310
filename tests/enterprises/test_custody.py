"""Hand-over, times off the register, the register as of a day, bulk registration."""

import contextlib
import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises import operations
from enterprises.choices import AuditAction
from enterprises.completeness import completeness
from enterprises.indicators import _inactivity
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from enterprises.operations import leaving
from enterprises.selectors import on_register
from foundation.accounts.access import NotAllowed
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, RoleGrant
from foundation.periods import Period
from inspections.models import Hazard, Inspection
from ratings.models import Rating
from tests.factories import (
    CustodyFactory,
    EnterpriseFactory,
    EvaluationFactory,
    HazardFactory,
    InactivityFactory,
    InspectionFactory,
    LiaisonFactory,
    RatingFactory,
    SelfCheckFactory,
)
from tests.facts.people import Person, ago
from tests.fixtures import City, scope_of
from tests.waiting import patience

TODAY = timezone.localdate


@pytest.fixture
def chief(city: City) -> Person:
    return Person(Role.CHIEF, station=city.first)


@pytest.fixture
def enterprise(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, name="安达化工")


def move(person: Person, enterprise: Enterprise, to: Any, **fields: Any) -> Any:
    data = {"to_station": to.pk, "on": TODAY().isoformat(), "reason": "New border."} | fields
    return person.client.post(f"/enterprises/{enterprise.pk}/hand-over/", data)


def test_a_hand_over_moves_everything(city: City, chief: Person, enterprise: Enterprise) -> None:
    inspection = InspectionFactory(enterprise=enterprise)
    HazardFactory(enterprise=enterprise, inspection=inspection)
    RatingFactory(
        enterprise=enterprise,
        evaluation=EvaluationFactory(bureau=city.bureau, kind="correction", state="complete"),
    )
    liaison = LiaisonFactory(enterprise=enterprise, officer=chief.user)
    manager = Person(Role.SECURITY_MANAGER, enterprise=enterprise)
    receiver = Person(Role.OFFICER, station=city.second)
    assert receiver.get("desk:file", enterprise.pk).status_code == 404

    assert move(chief, enterprise, city.second).status_code == 302

    assert chief.get("desk:file", enterprise.pk).status_code == 404
    assert receiver.get("desk:file", enterprise.pk).status_code == 200
    assert manager.get("portal:my_enterprise").status_code == 200
    with scope_of(city.first):
        assert not Enterprise.objects.exists()
        assert not Hazard.objects.exists()
        # the former station can still read that it handed it over
        assert (
            AuditEntry.objects.filter(
                action=AuditAction.HAND_OVER_ENTERPRISE, station_id=city.first.pk
            ).count()
            == 1
        )
    with scope_of(city.second):
        assert {Inspection.objects.get().station_id, Hazard.objects.get().station_id} == {city.second.pk}
        assert (Rating.objects.get().station_id, Rating.objects.get().rated_at_station_id) == (
            city.second.pk,
            city.first.pk,
        )
        custody = Custody.objects.get()
        assert (custody.held_by_station, custody.station, custody.until_on) == (
            city.first,
            city.second,
            TODAY(),
        )
        liaison.refresh_from_db()
        assert liaison.until_on == TODAY()
        entry = AuditEntry.objects.get(action=AuditAction.HAND_OVER_ENTERPRISE)
        assert (entry.enterprise_id, entry.reason) == (enterprise.pk, "New border.")
    assert RoleGrant.objects.get(user=manager.user).station == city.second


def test_the_supervisor_may_hand_over_and_an_officer_may_not(city: City, enterprise: Enterprise) -> None:
    assert move(Person(Role.OFFICER, station=city.first), enterprise, city.second).status_code == 403
    assert move(Person(Role.CHIEF, station=city.second), enterprise, city.second).status_code == 404
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau, station=None)
    assert move(supervisor, enterprise, city.second).status_code == 302
    assert supervisor.get("desk:file", enterprise.pk).status_code == 200


def test_one_update_moves_the_history(city: City, chief: Person, enterprise: Enterprise) -> None:
    def statements(subject: Enterprise) -> int:
        with scope_of(city.first), CaptureQueriesContext(connection) as queries:
            operations.hand_over(
                actor=chief.actor,
                enterprise_id=subject.pk,
                to_station_id=city.second.pk,
                on=TODAY(),
                reason="x",
            )
        return len(queries)

    for day in range(1, 29):
        SelfCheckFactory(enterprise=enterprise, checked_on=dt.date(2026, 2, day))
    assert statements(enterprise) == statements(EnterpriseFactory(station=city.first))


def test_refusals_are_reported_at_their_field(city: City, chief: Person, enterprise: Enterprise) -> None:
    CustodyFactory(enterprise=enterprise, held_by_station=city.second, until_on=dt.date(2026, 2, 10))
    tomorrow = (TODAY() + dt.timedelta(days=1)).isoformat()
    for to, fields, field in [
        (city.first, {}, "to_station"),
        (city.elsewhere, {}, "to_station"),
        (city.second, {"to_station": "x"}, "to_station"),
        (city.second, {"to_station": "9" * 30}, "to_station"),
        (city.second, {"on": tomorrow}, "on"),
        (city.second, {"on": "2026-02-09"}, "on"),
        (city.second, {"on": "1066-01-01"}, "on"),
        (city.second, {"reason": " "}, "reason"),
        (city.second, {"reason": "a\x00"}, "reason"),
    ]:
        answer = move(chief, enterprise, to, **fields)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), fields
    with scope_of(city.first):
        assert Custody.objects.count() == 1
        assert Enterprise.objects.get().version == 1


def test_a_new_name_is_copied_to_the_roles_of_its_users(city: City, enterprise: Enterprise) -> None:
    manager, officer = (
        Person(Role.SECURITY_MANAGER, enterprise=enterprise),
        Person(Role.OFFICER, station=city.first),
    )
    with scope_of(city.first):
        operations.edit_enterprise(
            actor=officer.actor, enterprise_id=enterprise.pk, version=1, name="New name"
        )
    assert RoleGrant.objects.get(user=manager.user).enterprise_name == "New name"


# --- off the register ------------------------------------------------------------------------------------------------


def test_off_the_register_and_back(city: City, chief: Person, enterprise: Enterprise) -> None:
    address = f"/enterprises/{enterprise.pk}/inactivity/"
    off = {"kind": "suspended", "from_on": "2026-02-01", "reason": "Rebuilding"}
    assert chief.client.post(address, off).status_code == 302
    assert "Rebuilding" in chief.client.get(address).content.decode()
    assert chief.client.post(address, {"on": "2026-02-01", "reason": "x"}).status_code == 422
    assert chief.client.post(address, {"on": "2026-03-01", "reason": "Open again"}).status_code == 302
    early = chief.client.post(address, off | {"from_on": "2026-02-15"})
    assert list(early.context["form"].errors) == ["from_on"]
    with scope_of(city.first):
        row = Inactivity.objects.get()
        assert (row.from_on, row.until_on) == (dt.date(2026, 2, 1), dt.date(2026, 3, 1))
    assert Person(Role.OFFICER, station=city.first).client.get(address).status_code == 403


def test_a_time_off_the_register_recorded_by_mistake_is_taken_back_that_day(
    city: City, chief: Person, enterprise: Enterprise
) -> None:
    address, mistake = (f"/enterprises/{enterprise.pk}/inactivity/{page}" for page in ("", "mistake/"))
    assert chief.client.get(mistake).status_code == 302  # there is none
    for off, until in (
        ({"kind": "closed", "from_on": TODAY().isoformat(), "reason": "Wrong enterprise"}, None),
        ({"kind": "suspended", "from_on": "2026-02-01", "reason": "Rebuilding"}, "2026-03-01"),
    ):
        assert chief.client.post(address, off).status_code == 302
        if until:
            assert chief.client.post(address, {"on": until, "reason": "Open again"}).status_code == 302
        else:
            assert mistake in chief.client.get(address).text
        assert mistake in chief.client.get(f"/file/{enterprise.pk}/custody/").text
        ((period, _words),) = chief.client.get(mistake).context["form"].fields["period"].choices
        assert list(chief.client.post(mistake, {"period": period}).context["form"].errors) == ["reason"]
        sent = {"period": period, "reason": "It was another one"}
        assert chief.client.post(mistake, sent).status_code == 302
        assert chief.client.post(mistake, sent).status_code == 422
        with scope_of(city.first):
            row = Inactivity.objects.get(pk=period)
            assert (row.until_on, row.reason) == (row.from_on, off["reason"])  # nothing is erased
            assert Enterprise.objects.filter(on_register(TODAY()), pk=enterprise.pk).exists()
            assert Enterprise.objects.filter(on_register(row.from_on), pk=enterprise.pk).exists()
            assert [each.get("days_inactive_year", 0) for each in _inactivity(Period.of(TODAY()))] in (
                [],
                [0],
            )
            entry = AuditEntry.objects.filter(enterprise_id=enterprise.pk).latest("id")
            assert entry.after["mistaken"] is True
            assert entry.before["until_on"] == until
    assert "recorded by mistake" in chief.client.get(f"/file/{enterprise.pk}/custody/").text
    assert Person(Role.OFFICER, station=city.first).client.get(mistake).status_code == 403


def test_merging_names_another_enterprise(city: City, chief: Person, enterprise: Enterprise) -> None:
    other = EnterpriseFactory(station=city.first, name="石桥物流", search_text="石桥物流 sqwl")
    EnterpriseFactory(station=city.second, name="望江食品", search_text="望江食品")
    address = f"/enterprises/{enterprise.pk}/inactivity/"
    data = {"kind": "merged", "from_on": "2026-02-01", "reason": "Merger"}
    for wanted in ("", "望江食品", "\x00", "😀", "nobody"):
        answer = chief.client.post(address, data | {"merged_into": wanted})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["merged_into"]), wanted
    assert chief.client.post(address, data | {"merged_into": "石桥物流"}).status_code == 302
    with scope_of(city.first):
        assert Inactivity.objects.get().merged_into_id == other.pk


# --- bulk registration -----------------------------------------------------------------------------------------------


def test_bulk_registration_takes_a_constant_number_of_queries(city: City) -> None:
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk, city.second.pk])

    def statements(count: int, prefix: str) -> int:
        rows = [
            {"station_id": city.first.pk, "name": f"{prefix} {number}", "external_id": f"{prefix}{number}"}
            for number in range(count)
        ]
        with scope_of(city.first, city.second), CaptureQueriesContext(connection) as queries:
            assert len(operations.register_many(actor, rows)) == count
        return len(queries)

    assert statements(3, "a") == statements(700, "b")
    with scope_of(city.first):
        assert Enterprise.objects.count() == 703
        assert AuditEntry.objects.filter(action=AuditAction.REGISTER_ENTERPRISES).count() == 2


def test_one_bad_row_registers_none(city: City) -> None:
    actor = system_actor(bureau_id=city.bureau.pk, stations=[city.first.pk])
    with scope_of(city.first):
        good = {"station_id": city.first.pk, "name": "A", "external_id": "1"}
        for bad in ({"name": ""}, {"name": "B", "credit_code": "1"}, {"name": "B", "external_id": "1"}):
            with pytest.raises(ValidationError):
                operations.register_many(actor, [good, good | {"external_id": "2"} | bad])
        with pytest.raises(NotAllowed):
            operations.register_many(actor, [good | {"station_id": city.second.pk}])
        assert not Enterprise.objects.exists()
        assert not Liaison.objects.exists()


def test_completeness_names_what_is_missing_and_who_has_it(enterprise: Enterprise) -> None:
    found = completeness(enterprise, has_liaison=False)
    assert found.percent == 0
    assert len(found.missing) == 10
    enterprise.credit_code, enterprise.address = "91110000600037341L", "Road 1"
    found = completeness(enterprise, has_liaison=True)
    assert found.percent == 9 * 100 // 22
    assert [(piece.code, piece.supplier.value) for piece in found.missing[:1]] == [
        ("security_chief", "enterprise")
    ]


def test_a_hand_over_does_not_predate_what_the_station_did(
    city: City, chief: Person, enterprise: Enterprise
) -> None:
    day = timezone.localdate() - dt.timedelta(days=3)
    InspectionFactory(enterprise=enterprise, inspected_on=day, issued_by_station_id=city.first.pk)
    with pytest.raises(ValidationError) as refused:
        chief.act(
            operations.hand_over,
            enterprise_id=enterprise.pk,
            to_station_id=city.second.pk,
            on=day - dt.timedelta(days=1),
            reason="",
        )
    assert set(refused.value.error_dict) == {"on", "reason"}


@pytest.mark.parametrize("what", ["act", "liaison", "left", "back"])
def test_a_hand_over_does_not_predate_what_happened_at_the_station(
    what: str, city: City, chief: Person, enterprise: Enterprise
) -> None:
    day = ago(5)
    if what == "act":
        HazardFactory(enterprise=enterprise, found_on=ago(60), closed_on=day)
    elif what == "liaison":
        LiaisonFactory(enterprise=enterprise, from_on=ago(40), until_on=day)
    else:
        until_on = day if what == "back" else None
        InactivityFactory(enterprise=enterprise, from_on=ago(30) if until_on else day, until_on=until_on)
    to = {"enterprise_id": enterprise.pk, "to_station_id": city.second.pk, "reason": "New border."}
    with pytest.raises(ValidationError, match=day.isoformat()) as refused:
        chief.act(operations.hand_over, on=ago(20), **to)
    assert set(refused.value.error_dict) == {"on"}
    chief.act(operations.hand_over, on=day, **to)


def test_a_liaison_officer_does_not_begin_before_the_station_has_custody(city: City, chief: Person) -> None:
    enterprise = EnterpriseFactory(station=city.second, registered_on=None)
    boss, someone = Person(Role.CHIEF, station=city.second), Person(Role.OFFICER, station=city.first)
    boss.act(
        operations.hand_over,
        enterprise_id=enterprise.pk,
        to_station_id=city.first.pk,
        on=ago(10),
        reason="New border.",
    )
    post = {"enterprise_ids": [enterprise.pk], "officer_id": someone.user.pk}
    with pytest.raises(ValidationError, match=ago(10).isoformat()):
        chief.act(operations.assign_liaison, on=ago(11), **post)
    chief.act(operations.assign_liaison, on=ago(10), **post)


@pytest.mark.parametrize("was", ["registered later", "suspended"])
def test_nothing_merges_into_what_was_not_there(
    was: str, city: City, chief: Person, enterprise: Enterprise
) -> None:
    heir = EnterpriseFactory(station=city.first, registered_on=ago(5) if was == "registered later" else None)
    if was == "suspended":
        InactivityFactory(enterprise=heir, kind="suspended", from_on=ago(60), until_on=ago(5))
    merge = {"enterprise_id": enterprise.pk, "kind": "merged", "reason": "So", "merged_into_id": heir.pk}
    with pytest.raises(ValidationError) as refused:
        chief.act(operations.set_inactive, from_on=ago(50), **merge)
    assert set(refused.value.error_dict) == {"merged_into"}
    chief.act(operations.set_inactive, from_on=ago(5), **merge)


def test_of_two_times_off_the_register_the_one_taken_back_is_named(
    chief: Person, enterprise: Enterprise
) -> None:
    one = InactivityFactory(enterprise=enterprise, kind="suspended", from_on=ago(60), until_on=ago(50))
    InactivityFactory(enterprise=enterprise, kind="closed", from_on=ago(20), until_on=None)
    page = chief.post("enterprises:void_inactivity", enterprise.pk, period=one.pk, reason="Mistake")
    words = f"was on the register in this time after all: Suspended · {ago(60)} – {ago(50)}"
    assert words in chief.client.get(page.url).text


@pytest.mark.django_db(transaction=True)
def test_of_two_that_merge_into_each_other_at_once_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real connections: the second waits for the first, and finds its heir gone."""
    one = EnterpriseFactory()
    other = EnterpriseFactory(station=one.station)
    person, both, came = Person(Role.CHIEF, station=one.station), threading.Barrier(2), []
    check = leaving.records_since

    def slowly(*args: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):  # nobody comes while the other waits
            both.wait(0.5)
        return check(*args)

    monkeypatch.setattr(leaving, "records_since", slowly)

    def merge(enterprise: Enterprise, into: Enterprise) -> None:
        said = {"kind": "merged", "from_on": ago(1), "reason": "Merger", "merged_into_id": into.pk}
        try:
            came.append(person.act(operations.set_inactive, enterprise_id=enterprise.pk, **said))
        except ValidationError as error:
            came.append(list(error.error_dict))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    assert ["merged_into"] in came
    with scope_of(one.station):
        assert Inactivity.objects.count() == 1
