"""The demo as a user starts it: the command, twice, on an empty database."""

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db.models import Model, Q
from django.test import Client
from stdnum.cn import uscc

from deliveries.models import Attempt, Event, Receipt, Subscription
from deliveries.selectors import alarms, attempts, receipts
from demo import showcase
from demo.build import build
from demo.logins import DEMO_PASSWORD, LOGINS, demo_logins, login_table
from demo.organisations import RATED_QUARTERS, open_logins
from disputes.models import Dispute
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Bureau, RoleGrant, Station, User
from foundation.accounts.selectors import actor_for, grants_of
from foundation.lots.models import Draw
from foundation.lots.operations import is_as_drawn
from foundation.periods import Period
from foundation.tenancy.scope import Audience, station_scope
from incidents.models import Incident
from inspections.models import DrawnVisit, Hazard, Inspection, PlannedVisit, SelfCheck
from ratings.models import Evaluation, Rating
from service.models import Activity
from tests.fixtures import scope_of_bureau

TODAY = "2026-11-22 10:00+08:00"
FACTS: dict[type[Model], str] = {
    Inspection: "inspected_on",
    Hazard: "found_on",
    SelfCheck: "checked_on",
    Activity: "held_on",
    Incident: "occurred_on",
    Dispute: "opened_on",
}
IN_SCOPE = (
    Enterprise,
    *FACTS,
    PlannedVisit,
    Draw,
    DrawnVisit,
    Liaison,
    Custody,
    Inactivity,
    Evaluation,
    Rating,
    AuditEntry,
)
TOLD = (Subscription, Event, Receipt, Attempt)  # read as the system, whose scope sees all departments


@pytest.fixture
def demo(settings: Any) -> Iterator[None]:
    settings.DEMO = True
    with time_machine.travel(TODAY, tick=True):
        yield


def rows() -> dict[str, int]:
    """Count the rows of each table, over both bureaus."""
    found = Counter({model.__name__: model.objects.count() for model in (Bureau, Station, User, RoleGrant)})
    for bureau in Bureau.objects.all():
        with scope_of_bureau(bureau):
            found.update({model.__name__: model.objects.count() for model in IN_SCOPE})
        with scope_of_bureau(bureau, Audience.SYSTEM):
            found.update({model.__name__: model.objects.count() for model in TOLD})
    return dict(found)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_command_shows_a_believable_bureau_and_adds_nothing_twice(demo: None, client: Client) -> None:
    said = io.StringIO()
    call_command("demo", stdout=said, stderr=io.StringIO())
    before = rows()
    call_command("demo", stdout=said, stderr=io.StringIO())
    assert rows() == before
    assert "nothing was added" in said.getvalue()
    assert DEMO_PASSWORD in said.getvalue()

    assert (before["Bureau"], before["Station"]) == (2, 5)
    assert 220 <= before["Enterprise"] <= 260
    assert before["SelfCheck"] > 20_000
    assert min(before[model.__name__] for model in FACTS) > 200
    assert before["Custody"] >= 5
    assert before["Inactivity"] >= 3

    bureau = Bureau.objects.get(code="AD")
    latest = Period(2026, 3)
    with scope_of_bureau(bureau):
        runs = Evaluation.objects.filter(state="complete")
        assert runs.filter(kind="regular").count() == RATED_QUARTERS
        assert runs.filter(kind="interim").count() == 1, "a grave event of the running quarter"
        colours = Counter(Rating.objects.filter(period_code=latest.code).values_list("colour", flat=True))
        everyone = sum(colours.values())
        shares = {colour: count / everyone for colour, count in colours.items()}
        assert 0.5 < shares["green"] < 0.7
        assert 0.15 < shares["yellow"] < 0.32
        assert 0.04 < shares["red"] < 0.13
        assert 0.03 < shares["grey"] < 0.11
        moved = Rating.objects.filter(period_code=latest.code).exclude(previous_colour="")
        assert moved.exclude(previous_colour="grey").count() > 150
        shown = Rating.objects.get(enterprise__external_id=showcase.EXTERNAL_ID, period_code=latest.code)
        assert (str(shown.score), shown.colour) == ("76.4", "yellow")
        credit_codes = list(Enterprise.objects.values_list("credit_code", flat=True))
        assert len(set(credit_codes)) == len(credit_codes)
        for code in credit_codes:
            uscc.validate(code)
        today = dt.date(2026, 11, 22)
        for model, day in FACTS.items():
            assert not model.objects.filter(**{f"{day}__gt": today}).exists(), model
        assert Enterprise.objects.filter(colour="grey").exclude(
            pk__in=Inspection.objects.values("enterprise_id")
        ), "newcomers without facts"
    check_logins(client)
    check_something_is_due()
    check_departments_are_told(bureau)
    check_inspections_are_drawn(client)


def check_logins(client: Client) -> None:
    """Log in as every user of the table and check the role."""
    assert len(demo_logins()) == len(LOGINS)
    roles = set()
    for login in demo_logins():
        user = User.objects.get(username=login.username)
        assert client.login(username=login.username, password=login.password), login.username
        assert {grant.role for grant in grants_of(user)} == {role for role, _station in login.roles}
        roles |= {grant.role for grant in grants_of(user)}
    assert roles == set(Role.values) - {Role.ENTERPRISE_STAFF}
    assert User.objects.exclude(password__startswith="!").count() == len(LOGINS)
    stations = [grant.station_id for grant in grants_of(User.objects.get(username="both"))]
    assert len(set(stations)) == 2


def check_something_is_due() -> None:
    """The officer of the table has some work due at enterprises of their own."""
    officer = User.objects.get(username="officer")
    soon = dt.date(2026, 11, 29)
    with station_scope(actor_for(user=officer, grant_id=None).scope()):
        mine = Liaison.objects.filter(officer=officer, until_on=None).values("enterprise_id")
        hazards = Hazard.objects.filter(enterprise__in=mine, closed_on=None, due_on__lte=soon).count()
        visits = Enterprise.objects.filter(pk__in=mine, next_inspection_on__lte=soon).count()
        assert 4 <= hazards + visits <= 20
        assert Enterprise.objects.filter(~Q(liaisons__until_on=None)).exists(), "some have no liaison officer"


def check_departments_are_told(bureau: Bureau) -> None:
    """The department of the table answered past quarters, the latest waits; one receiver needs the operator."""
    department = actor_for(user=User.objects.get(username="department"), grant_id=None)
    with station_scope(department.scope()):
        told = list(receipts(department))
        waiting = [row for row in told if row.acknowledged_at is None]
        assert len({row.period_code for row in told}) == RATED_QUARTERS
        assert {row.period_code for row in waiting} == {"2026Q3"}
        assert {row.cause for row in waiting} == {"regular", "interim"}
        assert sum(bool(row.feedback) for row in told) >= 10
        assert any(row.acknowledged_at and not row.feedback for row in told), "read and not answered yet"
        assert {row.acknowledged_by_name for row in told} == {"", "苏文博"}
    operator = actor_for(user=User.objects.get(username="operator"), grant_id=None)
    with station_scope(operator.scope()):
        (alarm,) = alarms(operator)
        assert (alarm.paused_why, alarm.department.kind) == ("address", "fire")
        (tried,) = attempts(operator, subscription_id=alarm.pk)
        assert (tried.outcome, tried.fault, tried.address) == ("refused", "address", "")


def check_inspections_are_drawn(client: Client) -> None:
    """A lot was drawn, and drawn again without an officer who is away; both can be checked, and the chief sees them."""
    chief = User.objects.get(username="chief")
    with station_scope(actor_for(user=chief, grant_id=None).scope()):
        first, again = Draw.objects.order_by("pk")
        assert again.redraws_id == first.pk
        assert is_as_drawn(first)
        assert is_as_drawn(again)
        ((away, _name, reason),) = again.excused_people
        assert "借调" in reason
        assert away in first.result[0][1]
        assert all(away not in people for _enterprise, people in again.result)
        assert again.excused, "an enterprise is left out with its reason"
        waiting = DrawnVisit.objects.filter(lapsed_at=None)
        assert set(waiting.values_list("draw_id", flat=True)) == {again.pk}
        assert waiting.count() == 2 * again.take
    client.force_login(chief)
    assert f"/draws/{again.pk}/" in client.get("/draws/").content.decode()


@pytest.mark.drill
@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2028-02-29"])
def test_it_can_be_built_on_any_day(settings: Any, day: str) -> None:
    settings.DEMO = True
    with time_machine.travel(f"{day} 09:00+08:00", tick=True):
        assert build().added["enterprises"] > 220
        assert not build().added
        for bureau in Bureau.objects.all():
            with scope_of_bureau(bureau):
                for model, field in FACTS.items():
                    assert not model.objects.filter(**{f"{field}__gt": day}).exists(), model
                assert Hazard.objects.filter(closed_on=None, due_on__gte=day).exists()


@pytest.mark.django_db
def test_it_is_refused_outside_a_demo(settings: Any) -> None:
    settings.DEMO = settings.EMBEDDED = False
    with pytest.raises(CommandError, match="ANQI_DEMO"):
        call_command("demo")
    assert not Bureau.objects.exists()


@pytest.mark.django_db
def test_no_password_is_set_outside_a_demo(settings: Any) -> None:
    settings.DEMO = False
    officer = User.objects.create(username="officer", full_name="周志远", password="!")
    assert open_logins() == 0
    officer.refresh_from_db()
    assert officer.password == "!"
    assert demo_logins() == []
    assert login_table() == ""
    settings.DEMO = True
    assert open_logins() == 1
    officer.refresh_from_db()
    assert officer.check_password(DEMO_PASSWORD)


def test_the_password_passes_the_validators() -> None:
    for login in LOGINS:
        validate_password(DEMO_PASSWORD, User(username=login.username, full_name=login.full_name))


@pytest.mark.parametrize(
    ("day", "latest", "expected"),
    [
        ("2026-08-31", Period(2026, 3), dt.date(2026, 8, 31)),
        ("2026-08-31", Period(2027, 1), dt.date(2027, 2, 28)),
        ("2026-07-01", Period(2026, 4), dt.date(2026, 10, 1)),
        ("2025-12-24", Period(2026, 1), dt.date(2025, 6, 24)),
    ],
)
def test_the_showcase_moves_by_whole_quarters(day: str, latest: Period, expected: dt.date) -> None:
    assert showcase.moved(day, latest) == expected
