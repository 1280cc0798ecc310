"""Forms of people, organisations and keys tell every fault in one answer: their own and those of the operation."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.accounts import operations
from foundation.accounts.models import ApiKey, Bureau, User
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, version_in
from tests.factories import LiaisonFactory, StationFactory
from tests.facts.test_all_faults import faults

pytestmark = pytest.mark.django_db
SIGNS = "…!"  # no reason: it has no words


def post(house: House, who: str, url: str, **data: Any) -> set[str]:
    """Return the fields at which a form is refused."""
    client, url = house.client(who), f"/people/{url}"
    if "version" in client.get(url).context["form"].fields:
        data["version"] = version_in(client, url)
    return faults(client.post(url, data))


def test_a_new_person(house: House) -> None:
    told = post(
        house,
        "supervisor",
        "new/",
        username="officer",  # taken, which the operation finds
        full_name="",
        phone="abc###",  # implausible
        email="nowhere",
        role="officer",
        station="",
    )
    assert told == {"id_username", "id_full_name", "id_phone", "id_email", "id_station"}
    # the faults of the operation alone
    person = {"username": "officer", "full_name": "?", "phone": "1", "role": "officer"}
    told = post(house, "supervisor", "new/", **person, station=house.city.first.pk)
    assert told == {"id_username", "id_full_name", "id_phone"}
    assert post(house, "security_manager", "colleagues/new/", full_name="", phone="abc###") == {
        "id_full_name",
        "id_phone",
    }
    edited = {"full_name": "", "phone": "abc###", "email": "nowhere"}
    told = post(house, "supervisor", f"{house.people['officer'].pk}/edit/", **edited)
    assert told == {"id_full_name", "id_phone", "id_email"}


def test_my_own_profile(house: House) -> None:
    told = post(house, "security_manager", "me/", full_name="?", phone="abc###", email="nowhere")
    assert told == {"id_full_name", "id_phone", "id_email"}


def test_whoever_leaves(house: House) -> None:
    person, station = house.people["officer"], house.city.first
    LiaisonFactory(enterprise=house.enterprise, officer=person, from_on=timezone.localdate())
    grant = person.grants.get()
    for url in (f"{person.pk}/disable/", f"{person.pk}/roles/{grant.pk}/revoke/"):
        told = post(house, "chief", url, reason=SIGNS, **{f"successor_{station.pk}": ""})
        assert told == {"id_reason", f"id_successor_{station.pk}"}
    assert User.objects.get(pk=person.pk).is_active


def test_a_first_password(house: House) -> None:
    actor, person = house.actor("chief"), house.people["officer"]
    with station_scope(actor.scope()):
        token = operations.invite_user(actor=actor, user_id=person.pk)
    answer = Client().post(f"/people/invitation/{token}/", {"password": "12345", "again": "54321"})
    assert faults(answer) == {"id_password", "id_again"}
    person.refresh_from_db()
    assert not person.check_password("12345")


def test_bureaus_stations_and_departments(house: House) -> None:
    bureau, station = house.city.bureau, house.city.first
    before = Bureau.objects.count()
    told = post(house, "operator", "bureaus/new/", code=bureau.code.upper(), name="", cut_off_days=-1)
    assert told == {"id_code", "id_name", "id_cut_off_days"}
    told = post(
        house, "operator", "bureaus/new/", code=bureau.code.upper(), name=f" {bureau.name} ", rates_from="x"
    )
    assert told >= {"id_code", "id_name", "id_rates_from"}
    for kind in ("stations", "departments"):
        other = station if kind == "stations" else house.department
        new = {"code": other.code.upper(), "name": "", "kind": "nonsense"}
        told = post(house, "operator", f"bureaus/{bureau.pk}/{kind}/new/", **new)
        assert told == {"id_code", "id_name"} | ({"id_kind"} if kind == "departments" else set())
    twin = StationFactory(bureau=bureau)
    told = post(
        house,
        "operator",
        f"bureaus/{house.city.other_bureau.pk}/edit/",
        name=bureau.name.upper(),
        cut_off_days=-1,
    )
    assert told == {"id_name", "id_cut_off_days"}
    told = post(
        house,
        "operator",
        f"departments/{house.department.pk}/edit/",
        name="?",
        kind="nonsense",
    )
    assert told == {"id_name", "id_kind"}
    assert Bureau.objects.count() == before
    assert twin.name


def test_a_key(house: House) -> None:
    told = post(
        house,
        "supervisor",
        "keys/new/",
        department="",
        title="Two\u2028lines",
        whole_bureau="",
        networks="nowhere",
        expires_on=timezone.localdate() - dt.timedelta(days=9),
    )
    assert told == {
        "id_department",
        "id_title",
        "id_scopes_0",
        "id_whole_bureau_0",
        "id_networks",
        "id_expires_on",
    }
    assert not ApiKey.objects.exists()
