"""Whoever leaves names a successor of what is open in their name, or nobody; nothing stays with a person who has left."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises.models import Enterprise, Liaison
from foundation.accounts import operations
from foundation.accounts.access import WrongState
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, RoleGrant, User
from foundation.tenancy.scope import Audience, station_scope
from tests.desk.test_open_work import sections
from tests.factories import DisputeFactory, EnterpriseFactory, LiaisonFactory, RoleGrantFactory
from tests.facts.people import Person, ago, chief, officer, supervisor, today
from tests.fixtures import City, revealed, scope_of

pytestmark = pytest.mark.django_db


def looked_after(city: City, person: Person, kind: str = "main", **fields: Any) -> Enterprise:
    enterprise = EnterpriseFactory(station=city.first, **fields)
    LiaisonFactory(enterprise=enterprise, officer=person.user, from_on=ago(9), kind=kind)
    return enterprise


def serving(city: City, enterprise: Enterprise) -> dict[str, int]:
    with scope_of(city.first):
        found = Liaison.objects.filter(enterprise=enterprise, until_on=None)
        return dict(found.values_list("kind", "officer_id"))


def entries(city: City, action: str) -> list[AuditEntry]:
    with scope_of(city.first, audience=Audience.SYSTEM):
        return revealed(AuditEntry.objects.filter(action=action))


def operator() -> Person:
    return Person(Role.OPERATOR)


def leave(way: str, boss: Person, person: Person, **more: Any) -> Any:
    actor = boss.actor
    with station_scope(actor.scope()):
        if way == "disable":
            return operations.disable_user(actor=actor, user_id=person.user.pk, reason="Left", **more)
        grant = RoleGrant.objects.get(user=person.user, role=Role.OFFICER, revoked_at=None)
        return operations.revoke_role(actor=actor, grant_id=grant.pk, reason="Left", **more)


ways = pytest.mark.parametrize("way", ["disable", "revoke"])


@ways
def test_a_role_is_not_taken_away_while_nobody_is_named_for_what_is_open(way: str, city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    enterprise = looked_after(city, person)
    with pytest.raises(ValidationError) as refused:
        leave(way, boss, person)
    assert list(refused.value.message_dict) == [f"successor_{city.first.pk}"]
    assert User.objects.get(pk=person.user.pk).is_active
    assert RoleGrant.objects.get(user=person.user).revoked_at is None
    assert serving(city, enterprise) == {"main": person.user.pk}


@ways
@pytest.mark.parametrize("who", ["colleague", "chief"])
@pytest.mark.parametrize("by", ["chief", "bureau", "operator"])
def test_everything_goes_to_the_successor_in_one_go(way: str, who: str, by: str, city: City) -> None:
    person, colleague, head = officer(city.first), officer(city.first), chief(city.first)
    boss = {"chief": lambda: head, "bureau": lambda: supervisor(city.bureau), "operator": operator}[by]()
    heir = {"colleague": colleague, "chief": head}[who]
    main, deputy, both = (
        looked_after(city, person),
        looked_after(city, person, "deputy"),
        looked_after(city, person),
    )
    LiaisonFactory(enterprise=both, officer=heir.user, from_on=ago(5), kind="deputy")
    second = looked_after(city, heir)
    LiaisonFactory(enterprise=second, officer=person.user, from_on=ago(5), kind="deputy")

    leave(way, boss, person, successors={city.first.pk: heir.user.pk})

    assert serving(city, main) == {"main": heir.user.pk}
    assert serving(city, deputy) == {"deputy": heir.user.pk}
    assert serving(city, both) == {"main": heir.user.pk}, "nobody is their own deputy"
    assert serving(city, second) == {"main": heir.user.pk}
    with scope_of(city.first):
        ended = Liaison.objects.filter(officer=person.user)
        assert set(ended.values_list("until_on", flat=True)) == {today()}
    (entry,) = entries(city, "user.hand_over")
    assert entry.after == {"successor": str(heir.user), "liaison": 4}
    assert len(entries(city, "enterprise.designate_liaison_officer")) == 4


@ways
def test_nobody_for_now_stands_on_today_as_work_of_the_whole_station(way: str, city: City) -> None:
    person, colleague, boss = officer(city.first), officer(city.first), chief(city.first)
    enterprise = looked_after(city, person)
    leave(way, boss, person, successors={city.first.pk: None})
    assert serving(city, enterprise) == {}
    for each in (colleague, boss):
        assert [item.row.key for item in sections(each)["liaison"].items] == [enterprise.pk]


def test_only_somebody_who_works_there_takes_over(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    looked_after(city, person)
    gone = officer(city.first)
    leave("disable", boss, gone)
    for stranger in (officer(city.second), gone, person, supervisor(city.bureau)):
        with pytest.raises(ValidationError):
            leave("disable", boss, person, successors={city.first.pk: stranger.user.pk})
    assert User.objects.get(pk=person.user.pk).is_active


def test_whoever_keeps_another_role_at_the_station_keeps_the_enterprises(city: City) -> None:
    person, boss = officer(city.first), supervisor(city.bureau)
    RoleGrantFactory(user=person.user, role=Role.CHIEF, station=city.first)
    enterprise = looked_after(city, person)
    leave("revoke", boss, person)
    assert serving(city, enterprise) == {"main": person.user.pk}


@pytest.mark.parametrize("page", ["disable", "revoke", "hand_over"])
def test_the_page_counts_what_is_open_and_asks_who_takes_over(page: str, city: City) -> None:
    person, colleague, boss = officer(city.first), officer(city.first), chief(city.first)
    enterprise = looked_after(city, person)
    DisputeFactory(enterprise=enterprise, opened_on=ago(40))
    grant = RoleGrant.objects.get(user=person.user)
    name, args = {
        "disable": ("accounts:user_disable", [person.user.pk]),
        "revoke": ("accounts:user_role_revoke", [person.user.pk, grant.pk]),
        "hand_over": ("accounts:user_hand_over", [person.user.pk]),
    }[page]
    field = f"successor_{city.first.pk}"

    shown = boss.get(name, *args)
    content = shown.content.decode()
    assert [number for _duty, number in shown.context["held"][0].counts] == [1]
    assert [int(number) for _title, number in shown.context["held"][0].behind][-1:] == [1]
    for user in (colleague.user, boss.user):
        assert f'<option value="{user.pk}">' in content
    assert f'<option value="{person.user.pk}">' not in content

    refused = boss.post(name, *args, reason="Left")
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert boss.post(name, *args, reason="Left", **{field: colleague.user.pk}).status_code == 302
    assert serving(city, enterprise) == {"main": colleague.user.pk}


def test_those_who_left_before_are_shown_and_not_guessed(city: City) -> None:
    """A person without role or account who is still a liaison officer, as earlier versions left them."""
    revoked, disabled, boss = officer(city.first), officer(city.first), chief(city.first)
    RoleGrantFactory(user=revoked.user, role=Role.OFFICER, station=city.second)  # moved
    first, second = looked_after(city, revoked), looked_after(city, disabled, "deputy")
    fine = looked_after(city, boss)
    RoleGrant.objects.filter(user=revoked.user, station=city.first).update(revoked_at=f"{ago(3)}T00:00Z")
    type(disabled.user).objects.filter(pk=disabled.user.pk).update(is_active=False)

    section = sections(boss)["liaison_left"]
    assert {item.row.key for item in section.items} == {first.pk, second.pk}
    assert str(revoked.user) in boss.get("desk:today").content.decode()
    for each in (boss, supervisor(city.bureau)):
        ((_duty, names, url),) = each.get("accounts:left").context["left"]
        assert sorted(names) == sorted([(str(revoked.user), 1), (str(disabled.user), 1)])
        listed = each.client.get(url).context["filter"]
        with station_scope(each.actor.scope()):
            assert set(listed.qs.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert "liaison_left" not in sections(chief(city.second))
    assert chief(city.second).get("accounts:left").context["left"] == []

    actor = boss.actor
    with station_scope(actor.scope()):
        successors = {city.first.pk: boss.user.pk}
        assert operations.hand_over_duties(actor=actor, user_id=disabled.user.pk, successors=successors) == 1
        with pytest.raises(WrongState):
            operations.hand_over_duties(actor=actor, user_id=disabled.user.pk, successors=successors)
    assert serving(city, second) == {"deputy": boss.user.pk}
    assert serving(city, fine) == {"main": boss.user.pk}


@ways
def test_who_leaves_and_who_takes_over_are_locked_in_one_order(way: str, city: City) -> None:
    """Otherwise two who leave at once to each other wait for each other: each held the own row first."""
    heir, person, boss = officer(city.first), officer(city.first), chief(city.first)
    looked_after(city, person)
    with CaptureQueriesContext(connection) as queries:
        leave(way, boss, person, successors={city.first.pk: heir.user.pk})
    table = User._meta.db_table
    locks = [
        each["sql"] for each in queries if f'FROM "{table}"' in each["sql"] and "FOR " in each["sql"][-60:]
    ]
    ids = sorted([heir.user.pk, person.user.pk])
    assert any(f"IN ({one}, {other})" in locks[0] for one, other in (ids, ids[::-1])), locks[0]
    assert "ORDER BY 1 ASC" in locks[0], "by id"
