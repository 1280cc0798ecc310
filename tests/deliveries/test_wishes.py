"""Keys and addresses that departments ask for: nothing works before it is approved, and who decides is told apart."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliveries.choices import AuditAction
from deliveries.models import Subscription, Wish
from deliveries.operations import approve_address, approve_key, collect_key, withdraw_wish
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import ApiKey
from foundation.inbox.models import Notification
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.deliveries.department_desk import Desk, person
from tests.factories import StationFactory, WishFactory


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"deliveries:{name}", args=args), data)


def wish(desk: Desk) -> Wish:
    with desk.scope():
        return Wish.objects.select_related("subscription").latest("pk")


def key_form(**more: Any) -> dict[str, Any]:
    until = timezone.localdate() + dt.timedelta(days=90)
    return {
        "why": "Our duty desk",
        "title": "Duty desk",
        "scopes": ["ratings:read"],
        "whole_bureau": "true",
        "networks": "",
        "expires_on": until.isoformat(),
    } | more


def test_a_key_is_asked_for_approved_and_created_once(desk: Desk) -> None:
    StationFactory(bureau=desk.bureau)
    supervisor, operator = person(Role.SUPERVISOR, bureau=desk.bureau), person(Role.OPERATOR)
    refused = post(desk.client, "wish_key", **key_form(scopes=[], why=""))
    assert refused.status_code == 422
    assert post(desk.client, "wish_key", **key_form()).status_code == 302
    asked = wish(desk)
    assert (asked.state, asked.kind, ApiKey.objects.count()) == ("asked", "key", 0)
    assert post(desk.client, "wish_collect", asked.pk).status_code in (302, 422)
    assert ApiKey.objects.count() == 0, "nothing works before it is approved"

    # the operator does not decide about keys, and does not see them
    assert operator.get(reverse("deliveries:wish_decide", args=[asked.pk])).status_code == 404
    assert post(operator, "wish_approve", asked.pk).status_code == 404
    foreign = person(Role.SUPERVISOR, bureau=Desk().bureau)
    assert post(foreign, "wish_approve", asked.pk).status_code == 404
    assert post(desk.client, "wish_approve", asked.pk).status_code == 403
    page = supervisor.get(reverse("deliveries:wishes_to_decide")).content.decode()
    assert "Duty desk" in page
    assert post(supervisor, "wish_approve", asked.pk).status_code == 302
    assert post(supervisor, "wish_decline", asked.pk, reason="late").status_code in (302, 422)
    assert (wish(desk).state, ApiKey.objects.count()) == ("approved", 0)

    other = person(
        Role.DEPARTMENT_OFFICER, bureau=desk.bureau, department=Desk(bureau=desk.bureau).department
    )
    assert post(other, "wish_collect", asked.pk).status_code == 404
    shown = post(desk.client, "wish_collect", asked.pk)
    (key,) = ApiKey.objects.all()
    assert f"anqi_{key.prefix}_" in shown.content.decode()
    assert (key.department_id, key.scopes, key.whole_bureau) == (desk.department.pk, ["ratings:read"], True)
    post(desk.client, "wish_collect", asked.pk)
    assert ApiKey.objects.count() == 1
    assert wish(desk).key_prefix == key.prefix


def test_an_address_is_pushed_to_once_the_operator_approved_it(desk: Desk, settings: Any) -> None:
    url = "https://hooks.example.org/anqi?token=t0p-of-the-department"
    supervisor, operator = person(Role.SUPERVISOR, bureau=desk.bureau), person(Role.OPERATOR)
    for bad in ("ftp://x", "hooks.example.org", "", "https://u:p@hooks.example.org/"):
        form = {"subscription_id": desk.row.pk, "url": bad, "why": "Receiver"}
        assert post(desk.client, "wish_address", **form).status_code == 422, bad
    foreign = Desk(bureau=desk.bureau)
    assert (
        post(desk.client, "wish_address", subscription_id=foreign.row.pk, url=url, why="x").status_code == 422
    )
    for _twice in range(2):
        assert (
            post(
                desk.client, "wish_address", subscription_id=desk.row.pk, url=url, why="Receiver"
            ).status_code
            == 302
        )
    asked = wish(desk)
    with desk.scope():
        assert Wish.objects.count() == 1
    assert desk.now().url == ""
    assert post(supervisor, "wish_approve", asked.pk, allowed_hosts="x").status_code == 403
    assert (wish(desk).state, desk.now().url) == ("asked", ""), (
        "the supervisor reads it, the operator decides"
    )
    assert post(operator, "wish_approve", asked.pk, allowed_hosts="").status_code == 422
    assert post(operator, "wish_approve", asked.pk, allowed_hosts="hooks.example.org").status_code == 302
    row = desk.now()
    assert (row.url, row.allowed_hosts, row.paused_why) == (url, ["hooks.example.org"], "")
    with desk.scope():
        notices = Notification.objects.values_list("code", flat=True)
        assert list(notices) == [AuditAction.APPROVE], "there is nothing to confirm"
    with station_scope(Scope(NO_STATION, bureau=0, audience=Audience.SYSTEM)):
        asks = Notification.objects.get(code=f"{AuditAction.ASK}.address")
    assert "?token=" not in str(asks.values)
    again = post(desk.client, "wish_address", subscription_id=desk.row.pk, url=url, why="Again")
    assert again.status_code == 422


def change(desk: Desk, **fields: Any) -> None:
    with station_scope(Scope(NO_STATION, bureau=desk.bureau.pk, audience=Audience.SYSTEM)):
        Subscription.objects.filter(pk=desk.row.pk).update(**fields)


def test_a_page_says_what_was_asked_for_and_leads_to_the_secret(desk: Desk) -> None:
    """The subscription's page offers an address, then names the one that waits; the approved request leads to the secret."""
    change(desk, url="", allowed_hosts=[], secret_at=None)
    page = reverse("deliveries:my_subscription", args=[desk.row.pk])
    ask = f"{reverse('deliveries:wish_address')}?subscription={desk.row.pk}"
    assert desk.client.get(page).content.decode().count(ask) == 2, "in the steps and at the receiver"
    url = "https://hooks.example.org/anqi?token=t0p-of-the-department"
    post(desk.client, "wish_address", subscription_id=desk.row.pk, url=url, why="Receiver")
    waits = desk.client.get(page).content.decode()
    assert ask not in waits
    assert "https://hooks.example.org/anqi?… was asked for" in waits
    assert "t0p-of" not in waits
    asked = wish(desk)
    operator = person(Role.OPERATOR)
    dialog = operator.get(reverse("deliveries:wish_approve", args=[asked.pk])).content.decode()
    assert "as soon as the department has created its secret" in dialog
    post(operator, "wish_approve", asked.pk, allowed_hosts="hooks.example.org")
    approved = desk.client.get(reverse("deliveries:wish", args=[asked.pk])).content.decode()
    assert reverse("deliveries:rotate_secret", args=[desk.row.pk]) in approved
    assert "as soon as the secret is created" in approved
    assert "Messages wait until the secret is created" in desk.client.get(page).content.decode()
    change(desk, secret_at=timezone.now())
    approved = desk.client.get(reverse("deliveries:wish", args=[asked.pk])).content.decode()
    assert reverse("deliveries:rotate_secret", args=[desk.row.pk]) not in approved
    assert "Ask for another address" in desk.client.get(page).content.decode()
    other = {"subscription_id": desk.row.pk, "url": "https://hooks.example.org/2", "why": "Moved"}
    post(desk.client, "wish_address", **other)
    with desk.scope():
        moved = Wish.objects.latest("pk")
    dialog = operator.get(reverse("deliveries:wish_approve", args=[moved.pk])).content.decode()
    assert "and no longer to https://hooks.example.org/anqi?…" in dialog
    keys = desk.client.get(reverse("accounts:keys")).content.decode()
    assert reverse("deliveries:wish_key") in keys


def test_asking_for_an_address_locks_the_subscription_before_the_department(desk: Desk) -> None:
    """As choosing a title does, or the two would wait for each other."""
    form = {"subscription_id": desk.row.pk, "url": "https://hooks.example.org/", "why": "Receiver"}
    with CaptureQueriesContext(connection) as found:
        assert post(desk.client, "wish_address", **form).status_code == 302
    locks = [each["sql"] for each in found if re.search(r"FOR (NO KEY )?UPDATE", each["sql"])]
    tables = [re.search(r'FROM "(\w+)"', sql)[1] for sql in locks]  # type: ignore[index]
    assert tables.index("deliveries_subscription") < tables.index("accounts_department")


def test_a_declined_request_has_a_reason_and_is_told(desk: Desk) -> None:
    supervisor = person(Role.SUPERVISOR, bureau=desk.bureau)
    StationFactory(bureau=desk.bureau)
    post(desk.client, "wish_key", **key_form())
    asked = wish(desk)
    assert post(supervisor, "wish_decline", asked.pk, reason="").status_code == 422
    assert post(supervisor, "wish_decline", asked.pk, reason="Ask for fewer rights").status_code == 302
    page = desk.client.get(reverse("deliveries:wish", args=[asked.pk])).content.decode()
    assert "Ask for fewer rights" in page
    post(desk.client, "wish_collect", asked.pk)
    assert ApiKey.objects.count() == 0
    post(desk.client, "wish_key", **key_form(title="Other desk"))
    other = wish(desk)
    assert post(desk.client, "wish_withdraw", other.pk).status_code == 302
    assert post(supervisor, "wish_approve", other.pk).status_code in (302, 422)
    assert wish(desk).state == "withdrawn"


def test_a_key_whose_day_has_passed_is_not_created_and_says_so(desk: Desk) -> None:
    supervisor = person(Role.SUPERVISOR, bureau=desk.bureau)
    StationFactory(bureau=desk.bureau)
    post(desk.client, "wish_key", **key_form())
    asked = wish(desk)
    assert post(supervisor, "wish_approve", asked.pk).status_code == 302
    page = reverse("deliveries:wish", args=[asked.pk])
    assert "Create the key" in desk.client.get(page).content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(days=200)):
        desk.client = person(Role.DEPARTMENT_OFFICER, bureau=desk.bureau, department=desk.department)
        late = desk.client.get(page).content.decode()
        assert "Create the key" not in late
        assert "ask for another one" in late
        post(desk.client, "wish_collect", asked.pk)
        with desk.scope(), pytest.raises(WrongState, match="Ask for another one"):
            collect_key(actor=officer(desk), wish_id=asked.pk)
    assert ApiKey.objects.count() == 0


def officer(desk: Desk) -> Actor:
    return Actor(5, "Officer", Role.DEPARTMENT_OFFICER, desk.bureau.pk, department_id=desk.department.pk)


REWRITTEN = [
    {"state": "asked", "decided_at": None},
    {"state": "asked"},
    {"state": "declined"},
    {"state": "withdrawn", "reason": "later"},
]


def test_the_database_keeps_a_decision(desk: Desk) -> None:
    row = WishFactory(bureau=desk.bureau, department=desk.department)

    def refused(**fields: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic(), desk.scope():
            Wish.objects.filter(pk=row.pk).update(**fields)

    refused(state="approved")  # without its moment
    refused(key_made_at=timezone.now())  # a key that nobody approved
    with desk.scope():
        Wish.objects.filter(pk=row.pk).update(state="approved", decided_at=timezone.now())
    for fields in REWRITTEN:
        refused(**fields)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts() -> None:
    desk = Desk()
    row = WishFactory(bureau=desk.bureau, department=desk.department, values=key_values())
    supervisor = Actor(7, "Supervisor", Role.SUPERVISOR, desk.bureau.pk)

    def withdraw() -> str:
        try:
            with station_scope(officer(desk).scope()):
                withdraw_wish(actor=officer(desk), wish_id=row.pk)
        except WrongState as error:
            return str(error)
        finally:
            connection.close()
        return "withdrawn"

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic(), station_scope(supervisor.scope()):
            approve_key(actor=supervisor, wish_id=row.pk)
            second = other.submit(withdraw)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)  # it waits for the first
        assert "Supervisor has already decided" in second.result(timeout=20)
    assert wish(desk).state == "approved"


def key_values() -> dict[str, Any]:
    form = key_form()
    return {
        "title": form["title"],
        "scopes": form["scopes"],
        "whole_bureau": True,
        "stations": [],
        "networks": [],
        "expires_on": form["expires_on"],
    }


def test_whoever_asked_in_another_role_does_not_approve(desk: Desk) -> None:
    """A person may be an officer of a department and supervisor of the bureau, or operator: somebody else approves."""
    for role, kind, act in (
        (Role.SUPERVISOR, "key", approve_key),
        (Role.OPERATOR, "address", approve_address),
    ):
        bureau = {"bureau": desk.bureau} if role == Role.SUPERVISOR else {}
        client = person(role, **bureau)
        user = int(client.session["_auth_user_id"])
        values = key_values() if kind == "key" else {"url": "https://hooks.example.org/own"}
        about = {} if kind == "key" else {"subscription": desk.row}
        row = WishFactory(
            bureau=desk.bureau,
            department=desk.department,
            kind=kind,
            values=values,
            asked_by_id=user,
            **about,
        )
        page = client.get(reverse("deliveries:wish_decide", args=[row.pk])).content.decode()
        assert "Somebody else approves it" in page
        assert reverse("deliveries:wish_approve", args=[row.pk]) not in page
        post(client, "wish_approve", row.pk, allowed_hosts="hooks.example.org")
        assert wish(desk).state == "asked"
        actor = Actor(user, "Same", role, desk.bureau.pk if bureau else 0)
        hosts = {} if kind == "key" else {"allowed_hosts": ["hooks.example.org"]}
        with station_scope(actor.scope()), pytest.raises(WrongState, match="Somebody else"):
            act(actor=actor, wish_id=row.pk, **hosts)
        assert post(client, "wish_decline", row.pk, reason="Not needed").status_code == 302
        assert wish(desk).state == "declined"


def test_what_the_operator_paused_stays_paused_when_the_address_changes(desk: Desk) -> None:
    operator, hosts = person(Role.OPERATOR), {"allowed_hosts": "hooks.example.org"}
    with desk.scope():
        type(desk.row).objects.filter(pk=desk.row.pk).update(
            url="https://hooks.example.org/old", allowed_hosts=["hooks.example.org"]
        )
    assert post(operator, "delivery_pause", desk.row.pk, reason="Maintenance").status_code == 302
    form = {"subscription_id": desk.row.pk, "url": "https://hooks.example.org/new", "why": "Moved"}
    post(desk.client, "wish_address", **form)
    dialog = operator.get(reverse("deliveries:wish_approve", args=[wish(desk).pk])).content.decode()
    assert "as soon as the push, which is paused, is resumed" in dialog
    assert post(operator, "wish_approve", wish(desk).pk, **hosts).status_code == 302
    assert (desk.now().url, desk.now().paused_why) == ("https://hooks.example.org/new", "manual")
    page = reverse("deliveries:wish", args=[wish(desk).pk])
    assert "pushed there now" not in desk.client.get(page).content.decode()

    url = "https://hooks.example.org/third"
    post(operator, "delivery_address", desk.row.pk, version=desk.now().version, url=url, **hosts)
    assert (desk.now().url, desk.now().paused_why, desk.now().is_unconfirmed) == (url, "manual", True)
    resumed = operator.post(reverse("deliveries:delivery_resume", args=[desk.row.pk]), follow=True)
    assert "once the department has confirmed the new address" in resumed.content.decode()
    assert desk.now().paused_why == "confirm", "the department has not confirmed it"
    with desk.scope():
        codes = set(Notification.objects.values_list("code", flat=True))
    assert AuditAction.RESUME_PUSH not in codes, "nothing goes on yet"
    assert AuditAction.SET_ADDRESS in codes
    post(desk.client, "confirm_address", desk.row.pk, version=desk.now().version)
    assert (desk.now().paused_why, desk.now().is_unconfirmed) == ("", False)


def test_an_address_of_this_machine_or_its_cloud_is_not_approved_by_a_click(desk: Desk) -> None:
    operator = person(Role.OPERATOR)

    def dialog(url: str) -> tuple[str, bool]:
        post(desk.client, "wish_address", subscription_id=desk.row.pk, url=url, why="Receiver")
        with desk.scope():
            asked = Wish.objects.latest("pk")
        answer = operator.get(reverse("deliveries:wish_approve", args=[asked.pk]))
        warns = "where no department has a receiver" in answer.content.decode()
        return answer.context["form"]["allowed_hosts"].value() or "", warns

    assert dialog("https://hooks.example.org/anqi") == ("hooks.example.org", False)
    assert dialog("https://10.20.1.2:8443/anqi") == ("10.20.1.2", False)
    assert dialog("https://接收.中国/anqi") == ("xn--gzuu8a.xn--fiqs8s", False), "as it is resolved"
    for host in ("169.254.169.254", "100.100.100.200", "[::1]:8443", "127.0.0.1"):
        assert dialog(f"https://{host}/latest") == ("", True), host


def test_the_status_page_is_each_roles_own(desk: Desk) -> None:
    desk.write()
    mine = desk.client.get(reverse("status"))
    assert mine.status_code == 200
    assert mine.context["status"].pushes.pushed == 0
    with desk.scope():
        type(desk.row).objects.filter(pk=desk.row.pk).update(
            url="https://hooks.example/a", allowed_hosts=["hooks.example"], failing_since=timezone.now()
        )
    mine = desk.client.get(reverse("status"))
    assert (mine.context["status"].pushes.failing, mine.context["status"].pushes.waiting) == (1, 1)
    assert "hooks.example" not in mine.content.decode()
    other = Desk(bureau=desk.bureau).client.get(reverse("status"))
    assert other.context["status"].pushes.failing == 0
    assert person(Role.OPERATOR).get(reverse("status")).context["status"].pushes.failing == 1
    assert (
        person(Role.SUPERVISOR, bureau=desk.bureau).get(reverse("status")).context["status"].pushes.failing
        == 1
    )
    chief = person(Role.CHIEF, bureau=desk.bureau, station=StationFactory(bureau=desk.bureau))
    assert chief.get(reverse("status")).status_code == 403
