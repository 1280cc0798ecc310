"""A new subscription until it runs: who acts next, as each of the three sees it; ready-made choices; notices."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries.forms import TuneForm
from deliveries.models import Subscription
from deliveries.presets import PRESETS, cover_of
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import Audience, station_scope
from tests.deliveries.desks import PUSHED, Desk, desk, words
from tests.factories import EnterpriseFactory, EvaluationFactory, RatingFactory
from tests.fixtures import scope_of_bureau

__all__ = ["desk"]

PAGES = {
    Role.SUPERVISOR: "subscription",
    Role.DEPARTMENT_OFFICER: "my_subscription",
    Role.OPERATOR: "delivery",
}


def titles(desk: Desk) -> dict[str, str]:
    """Return what each role reads as the next act."""
    found = {}
    for role, page in PAGES.items():
        start = desk.get(role, page, desk.row.pk).context["start"]
        found[role] = start.title if start else ""
    return found


def test_who_must_act_next(desk: Desk) -> None:
    desk.change(url="", allowed_hosts=[], secret_at=None)
    department, operator, bureau = Role.DEPARTMENT_OFFICER, Role.OPERATOR, Role.SUPERVISOR
    assert titles(desk) == {
        bureau: "Next, the platform operator: Set the address",
        department: "Next, the platform operator: Set the address",
        operator: "Next, your turn: Set the address",
    }
    version = desk.now().version
    desk.post(
        operator,
        "delivery_address",
        desk.row.pk,
        version=version,
        url=PUSHED["url"],
        allowed_hosts="hooks.example",
    )
    assert titles(desk)[department] == "Next, your turn: Confirm the address"
    assert titles(desk)[operator] == "Next, the department: Confirm the address"
    desk.post(department, "confirm_address", desk.row.pk, version=desk.now().version)
    assert titles(desk)[department] == "Next, your turn: Create the secret"
    assert "Waiting for the secret" in words(desk.get(department, "my_subscription", desk.row.pk))
    form = desk.get(department, "rotate_secret", desk.row.pk).context["form"]
    shown = words(desk.post(department, "rotate_secret", desk.row.pk, version=form["version"].value()))
    assert "All messages are signed with it from now on" in shown
    with scope_of_bureau(desk.city.bureau, Audience.SYSTEM):
        row = Subscription.objects.get(pk=desk.row.pk)
        assert row.sealed_previous == ""  # nobody was shown the one before
    page = desk.get(department, "my_subscription", desk.row.pk)
    assert page.context["start"].title == "Next, your turn: Send a test event"
    assert reverse("deliveries:send_test", args=[desk.row.pk]) in words(page)
    desk.tried(sequence=0, outcome="delivered", fault="")
    assert titles(desk)[department] == "Next, your turn: Accept the first message"
    desk.change(last_delivered_at=timezone.now())
    assert set(titles(desk).values()) == {""}
    grant = RoleGrant.objects.get(role=department)
    read = actor_for(user=grant.user, grant_id=grant.pk)
    with station_scope(read.scope()):
        notified = list(list_notifications(read).values_list("code", flat=True))
    assert notified == ["subscription.set_first_address"]


def test_who_reads_in_the_inbox_has_begun(desk: Desk) -> None:
    desk.change(url="", allowed_hosts=[])
    desk.told(acknowledged_at=timezone.now(), acknowledged_by_name="Someone")
    assert titles(desk)[Role.DEPARTMENT_OFFICER] == ""


def tuned(desk: Desk, **chosen: Any) -> Any:
    version = desk.now().version
    return desk.post(Role.DEPARTMENT_OFFICER, "tune", desk.row.pk, title="Reds", version=version, **chosen)


@pytest.mark.parametrize("cover", list(PRESETS))
def test_a_ready_made_choice_replaces_the_boxes(desk: Desk, cover: str) -> None:
    assert tuned(desk, cover=cover, colours=["yellow"], transitions=["none>*"]).status_code == 302
    row = desk.now()
    assert (row.colours, tuple(row.transitions)) == ([], PRESETS[cover])
    assert cover_of(row.colours, row.transitions) == cover
    assert TuneForm(instance=row).initial["cover"] == cover


def test_clearing_all_boxes_is_refused(desk: Desk) -> None:
    before = desk.now()
    refused = tuned(desk, cover="own")
    assert refused.status_code == 422
    assert "Tick at least one colour or change" in words(refused)
    supervisor = desk.post(
        Role.SUPERVISOR,
        "subscription_edit",
        desk.row.pk,
        title="Reds",
        version=before.version,
        whole_bureau="true",
        cover="own",
    )
    assert "Tick at least one colour or change" in words(supervisor)
    now = desk.now()
    assert (now.colours, now.version) == (before.colours, before.version)


def test_the_department_sees_what_its_choice_would_have_brought(desk: Desk) -> None:
    """Within its own area and industries alone, and nothing but the figure."""
    run = EvaluationFactory(bureau=desk.city.bureau, period_code="2026Q1", kind="regular", state="complete")
    for station, colour, before in (
        (desk.city.first, "red", "red"),
        (desk.city.first, "red", "green"),
        (desk.city.first, "red", ""),
        (desk.city.second, "red", "green"),
    ):
        enterprise = EnterpriseFactory(station=station, name="Secret name")
        RatingFactory(
            enterprise=enterprise, evaluation=run, period_code="2026Q1", colour=colour, previous_colour=before
        )
    desk.change(whole_bureau=False, stations=[desk.city.first.pk])

    def counted(**chosen: Any) -> Any:
        page = desk.post(Role.DEPARTMENT_OFFICER, "tune_preview", desk.row.pk, title="Reds", **chosen)
        assert "Secret name" not in words(page)
        return page.context["counted"]

    assert counted(cover="red") == ("2026Q1", 2)  # not the one that stayed red
    assert counted(cover="own", transitions=["*>red", "red>red"]) == ("2026Q1", 3)
    assert counted(cover="all").messages == 1
    assert counted(cover="better") == ("2026Q1", 0)
    page = words(desk.post(Role.DEPARTMENT_OFFICER, "tune_preview", desk.row.pk, title="Reds", cover="own"))
    assert "Tick at least one" in page
    assert isinstance(desk.now(), Subscription)
