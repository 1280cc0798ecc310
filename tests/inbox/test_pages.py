"""The inbox as a person uses it: list, badge, opening, marking as read, the language of the reader."""

import re

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.choices import Role
from foundation.inbox.models import Notification
from foundation.inbox.notifying import notify
from foundation.inbox.operations import KEPT, forget_old
from foundation.inbox.selectors import forget_counts
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House
from tests.exports.reading import taken
from tests.factories import (
    EnterpriseFactory,
    HazardFactory,
    NotificationFactory,
    RoleGrantFactory,
    UserFactory,
)
from tests.inbox.conftest import inbox_of

INBOX = "/people/inbox/"
EVERYBODY = ("officer", "chief", "supervisor", "security_manager", "department_officer", "operator")


def row_of(house: House, name: str, **fields: object) -> object:
    return NotificationFactory(grant=house.people[name].grants.get(), **fields)


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_has_an_inbox(house: House, name: str) -> None:
    client = house.client(name)
    assert "No notifications yet." in client.get(INBOX).content.decode()
    row_of(house, name)
    page = client.get(INBOX).content.decode()
    assert "Sent back, the re-inspection was not passed: Blocked exit" in page
    assert "Still blocked" in page
    assert 'class="bell-badge">1<' in page


def test_it_is_in_the_language_of_the_reader(house: House) -> None:
    row_of(house, "security_manager")
    client = house.client("security_manager")
    page = client.get(INBOX, headers={"accept-language": "zh-hans"}).content.decode()
    assert "复查未通过，已退回：Blocked exit" in page


def test_opening_one_marks_it_as_read_once_and_leads_there(house: House) -> None:
    hazard = HazardFactory(enterprise=house.enterprise)
    row = row_of(house, "security_manager", object_id=hazard.pk)
    client = house.client("security_manager")
    for _again in range(2):
        answer = client.get(reverse("accounts:inbox_open", args=[row.pk]))
        assert answer.url == reverse("inspections:hazard", args=[hazard.pk])
        (read,) = inbox_of(house.actor("security_manager"))
        assert read.read_at
    assert len({each.read_at for each in inbox_of(house.actor("security_manager"))}) == 1
    assert "bell-badge" not in client.get(INBOX).content.decode()


def test_what_was_handed_over_is_no_dead_link(house: House) -> None:
    hazard = HazardFactory(enterprise=EnterpriseFactory(station=house.city.second))
    row = row_of(house, "officer", object_id=hazard.pk)
    client = house.client("officer")
    answer = client.get(reverse("accounts:inbox_open", args=[row.pk]), follow=True)
    assert answer.redirect_chain == [(INBOX, 302)]
    assert "can no longer be opened" in answer.content.decode()
    assert "bell-badge" not in answer.content.decode()


def test_what_was_handed_over_is_not_counted_and_says_so(house: House) -> None:
    hazard = HazardFactory(enterprise=EnterpriseFactory(station=house.city.second))
    mine = HazardFactory(enterprise=house.enterprise)
    secret = {
        "object": "Hidden thing",
        "enterprise": "Hidden firm",
        "reason": "Hidden reason",
        "by": "Hidden name",
    }
    gone = row_of(house, "officer", object_id=hazard.pk, values=secret)
    row_of(house, "officer", object_id=mine.pk)
    row_of(house, "officer", code="user.edit")  # leads to no record
    client = house.client("officer")
    page = client.get(INBOX).content.decode()
    assert 'class="bell-badge">2<' in page
    assert "can no longer be opened" in page
    assert reverse("accounts:inbox_open", args=[gone.pk]) not in page
    file = taken(client, INBOX, "csv").content.decode()
    assert "Sent back, the re-inspection was not passed: –" in page
    assert "Sent back, the re-inspection was not passed: –" in file
    assert "Hidden" not in page + file, "the receiving station keeps it now"
    assert len(client.get(f"{INBOX}?unread=1").context["page_obj"]) == 2
    client.post(reverse("accounts:inbox_read"), {"up_to": gone.pk + 9})
    assert all(each.read_at for each in inbox_of(house.actor("officer")))


def test_somebody_elses_is_not_found(house: House) -> None:
    row = row_of(house, "officer")
    for name in ("chief", "supervisor", "officer_elsewhere"):
        assert house.client(name).get(reverse("accounts:inbox_open", args=[row.pk])).status_code == 404
    assert inbox_of(house.actor("officer"))[0].read_at is None


def test_marking_all_leaves_what_arrived_meanwhile(house: House) -> None:
    shown = [row_of(house, "officer") for _number in range(3)]
    later = row_of(house, "officer")
    client, read = house.client("officer"), reverse("accounts:inbox_read")
    for _again in range(2):
        assert client.post(read, {"up_to": shown[-1].pk}).status_code == 302
        unread = [each.pk for each in inbox_of(house.actor("officer")) if not each.read_at]
        assert unread == [later.pk]
    for nonsense in ("", "x", "9" * 30):
        assert client.post(read, {"up_to": nonsense}).status_code == 302
    assert "Blocked exit" in client.get(f"{INBOX}?unread=1").content.decode()


def test_a_form_of_another_role_marks_nothing(house: House) -> None:
    row = row_of(house, "officer")
    house.client("officer").post(reverse("accounts:inbox_read"), {"up_to": row.pk, "acting": 0})
    assert inbox_of(house.actor("officer"))[0].read_at is None


def test_a_revoked_role_takes_its_messages_along(house: House) -> None:
    officer = house.people["officer"]
    row_of(house, "officer")
    RoleGrantFactory(user=officer, role=Role.OFFICER, station=house.city.second)
    assert "Blocked exit" in house.client("officer").get(INBOX).content.decode()
    officer.grants.filter(station=house.city.first).update(revoked_at=timezone.now())
    assert "Blocked exit" not in house.client("officer").get(INBOX).content.decode()


def test_the_badge_stops_counting_and_costs_a_page_no_query(house: House) -> None:
    client, grant = house.client("chief"), house.people["chief"].grants.get()
    assert queries_of(client, "/today/") == 1, "the first page counts"
    NotificationFactory.create_batch(120, grant=grant)
    forget_counts([grant.pk])
    assert queries_of(client, "/today/") == 1
    for url in ("/today/", "/enterprises/"):
        assert queries_of(client, url) == 0
    assert 'class="bell-badge">99+' in client.get("/today/").content.decode()
    assert client.get(f"{INBOX}?page=4").content.decode().count("inbox-row") >= 30


def test_the_badge_is_true_after_each_change(house: House) -> None:
    client = house.client("officer")

    def badge() -> str:
        found = re.search(r'bell-badge">([^<]*)<', client.get("/today/").content.decode())
        return found[1] if found else ""

    assert badge() == ""
    for number in (1, 2):
        notify("user.reset_password", to=Q(user=house.people["officer"]), key=str(number))
        assert badge() == str(number)
    rows = inbox_of(house.actor("officer"))
    client.get(reverse("accounts:inbox_open", args=[rows[0].pk]))
    assert badge() == "1"
    client.post(reverse("accounts:inbox_read"), {"up_to": rows[1].pk})
    assert badge() == ""


def queries_of(client: Client, url: str) -> int:
    """Return how many statements read notifications."""
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return sum("inbox_notification" in each["sql"] for each in made)


def test_without_a_role_there_is_no_inbox(house: House) -> None:
    client = Client()
    client.force_login(UserFactory())
    assert client.get(INBOX).status_code in (302, 403)
    assert Client().get(INBOX).status_code == 302


def test_old_ones_are_deleted(house: House) -> None:
    old, new = row_of(house, "officer"), row_of(house, "officer")
    assert forget_old(bureau_id=house.city.bureau.pk) == 0
    with station_scope(house.actor("officer").scope()):
        Notification.objects.filter(pk=old.pk).update(at=timezone.now() - KEPT * 1.01)
    assert forget_old(bureau_id=house.city.other_bureau.pk) == 0
    assert forget_old(bureau_id=house.city.bureau.pk) == 1
    assert [each.pk for each in inbox_of(house.actor("officer"))] == [new.pk]
