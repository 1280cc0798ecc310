"""Who subscribes departments, to what, and to which addresses messages may be pushed."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from deliveries.addresses import approved, validate_allowed, validate_url
from deliveries.choices import AuditAction
from deliveries.models import Subscription
from deliveries.operations import (
    create_subscription,
    edit_subscription,
    end_subscription,
    set_address,
    tune_subscription,
)
from deliveries.sealing import unseal
from deliveries.sending import Result, judge, seconds_to_wait
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Department
from foundation.tenancy.scope import station_scope
from tests.deliveries.conftest import OPERATOR
from tests.factories import DepartmentFactory, SubscriptionFactory
from tests.fixtures import City


@pytest.fixture
def supervisor(city: City) -> Actor:
    stations = (city.first.pk, city.second.pk)
    return Actor(1, "Supervisor", Role.SUPERVISOR, city.bureau.pk, stations)


def test_the_supervisor_subscribes_departments(city: City, supervisor: Actor) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    with station_scope(supervisor.scope()):
        row = create_subscription(
            actor=supervisor,
            department_id=department.pk,
            title="Reds",
            colours=["red", "red"],
            stations=[city.second.pk],
            industries=["C34"],
            transitions=["*>red"],
        )
        assert (row.bureau_id, row.colours, row.url, row.last_sequence) == (city.bureau.pk, ["red"], "", 0)
        assert unseal(row.sealed_secret).startswith("whsec_")
        edited = edit_subscription(
            actor=supervisor, subscription_id=row.pk, version=1, colours=[], title="All"
        )
        assert (edited.version, edited.colours, edited.title, edited.stations) == (
            2,
            [],
            "All",
            [city.second.pk],
        )
        with pytest.raises(StaleRecord):
            edit_subscription(actor=supervisor, subscription_id=row.pk, version=1, title="Late")
        end_subscription(actor=supervisor, subscription_id=row.pk, reason="Reorganised")
        with pytest.raises(WrongState):
            end_subscription(actor=supervisor, subscription_id=row.pk, reason="Again")
        actions = list(AuditEntry.objects.order_by("id").values_list("action", "before", "after"))
    assert [action for action, _before, _after in actions] == [
        AuditAction.CREATE_SUBSCRIPTION,
        AuditAction.EDIT_SUBSCRIPTION,
        AuditAction.END_SUBSCRIPTION,
    ]
    assert actions[1][1:] == ({"title": "Reds", "colours": ["red"]}, {"title": "All", "colours": []})


def test_a_department_tunes_its_own_subscriptions_only(city: City, supervisor: Actor) -> None:
    department, other = DepartmentFactory(bureau=city.bureau), DepartmentFactory(bureau=city.bureau)
    row = SubscriptionFactory(department=department, stations=[city.first.pk], industries=["C"])
    foreign = SubscriptionFactory(department=other)
    officer = Actor(2, "Officer", Role.DEPARTMENT_OFFICER, city.bureau.pk, department_id=department.pk)
    wanted = {"title": " Reds ", "colours": ["red", "red"], "transitions": ["*>red"]}
    with station_scope(officer.scope()):
        tuned = tune_subscription(actor=officer, subscription_id=row.pk, version=1, **wanted)
        again = tune_subscription(actor=officer, subscription_id=row.pk, version=2, **wanted)
        with pytest.raises(StaleRecord):
            tune_subscription(actor=officer, subscription_id=row.pk, version=1, **wanted)
        with pytest.raises(Subscription.DoesNotExist):
            tune_subscription(actor=officer, subscription_id=foreign.pk, version=1, **wanted)
        with pytest.raises(ValidationError) as refusal:
            tune_subscription(
                actor=officer, subscription_id=row.pk, version=2, **wanted | {"colours": ["blue"]}
            )
    assert (tuned.title, tuned.colours, tuned.transitions) == ("Reds", ["red"], ["*>red"])
    assert (again.version, again.stations, again.industries) == (2, [city.first.pk], ["C"])
    assert list(refusal.value.message_dict) == ["colours"]
    with station_scope(supervisor.scope()):
        with pytest.raises(NotAllowed):
            tune_subscription(actor=supervisor, subscription_id=row.pk, version=2, **wanted)
        assert AuditEntry.objects.filter(action=AuditAction.TUNE_SUBSCRIPTION, object_id=row.pk).count() == 1
        end_subscription(actor=supervisor, subscription_id=row.pk, reason="Reorganised")
    with station_scope(officer.scope()), pytest.raises(WrongState):
        tune_subscription(actor=officer, subscription_id=row.pk, version=3, **wanted)


def test_no_two_live_ones_share_a_title(city: City, supervisor: Actor) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    reds, ended = (SubscriptionFactory(department=department, title=title) for title in ("Reds", "Old"))
    other = SubscriptionFactory(department=department, title="Other")
    SubscriptionFactory(department=DepartmentFactory(bureau=city.bureau), title="Theirs")
    officer = Actor(2, "Officer", Role.DEPARTMENT_OFFICER, city.bureau.pk, department_id=department.pk)
    wanted = {"subscription_id": other.pk, "version": 1, "colours": [], "transitions": []}
    with station_scope(officer.scope()), pytest.raises(ValidationError) as refusal:
        tune_subscription(actor=officer, title=" Reds ", **wanted)
    assert list(refusal.value.message_dict) == ["title"]
    with station_scope(officer.scope()), pytest.raises(ValidationError) as refusal:
        tune_subscription(actor=officer, title="turned \u202e\naround", **wanted)
    assert list(refusal.value.message_dict) == ["title"]
    with station_scope(supervisor.scope()):
        with pytest.raises(ValidationError):
            edit_subscription(actor=supervisor, subscription_id=other.pk, version=1, title="Reds")
        with pytest.raises(ValidationError):
            create_subscription(
                actor=supervisor, department_id=department.pk, title="Reds", whole_bureau=True
            )
        end_subscription(actor=supervisor, subscription_id=ended.pk, reason="Reorganised")
        edit_subscription(actor=supervisor, subscription_id=reds.pk, version=1, title="Reds", colours=["red"])
    with station_scope(officer.scope()):
        assert tune_subscription(actor=officer, title="Old", **wanted).title == "Old"
        assert tune_subscription(actor=officer, title="Theirs", **wanted | {"version": 2}).title == "Theirs"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colours", ["blue"]),
        ("industries", ["c34"]),
        ("transitions", ["green-red"]),
        ("transitions", ["red>none"]),
        ("topics", ["gossip"]),
        ("title", ""),
        ("stations", "elsewhere"),
    ],
)
def test_bad_filters_name_their_field(field: str, value: Any, city: City, supervisor: Actor) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    area = {} if field == "stations" else {"whole_bureau": True}
    filters = {"title": "T", **area, field: [city.elsewhere.pk] if value == "elsewhere" else value}
    with station_scope(supervisor.scope()), pytest.raises(ValidationError) as refusal:
        create_subscription(actor=supervisor, department_id=department.pk, **filters)
    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("colours", "transitions", "fits"),
    [
        (["red"], ["*>green"], False),
        (["green"], ["green>red", "yellow>red"], False),
        (["red"], ["*>green", "*>red"], True),
        (["red"], ["none>*"], True),
        ([], ["*>green"], True),
    ],
)
def test_filters_that_no_rating_can_match_are_refused(
    colours: list[str], transitions: list[str], fits: bool, city: City, supervisor: Actor
) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    wanted = {"title": "T", "whole_bureau": True, "colours": colours, "transitions": transitions}
    with station_scope(supervisor.scope()):
        if fits:
            create_subscription(actor=supervisor, department_id=department.pk, **wanted)
            return
        with pytest.raises(ValidationError) as refusal:
            create_subscription(actor=supervisor, department_id=department.pk, **wanted)
    assert list(refusal.value.message_dict) == ["transitions"]


def test_only_departments_of_the_bureau(city: City, supervisor: Actor) -> None:
    foreign = DepartmentFactory(bureau=city.other_bureau)
    officer = Actor(2, "Officer", Role.OFFICER, city.bureau.pk, (city.first.pk,))
    with station_scope(supervisor.scope()), pytest.raises(Department.DoesNotExist):
        create_subscription(actor=supervisor, department_id=foreign.pk, title="T")
    for actor in (officer, OPERATOR):
        with station_scope(actor.scope()), pytest.raises(NotAllowed):
            create_subscription(actor=actor, department_id=foreign.pk, title="T")


def test_an_address_needs_approval(city: City, supervisor: Actor, settings: Any) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    with station_scope(supervisor.scope()):
        row = create_subscription(actor=supervisor, department_id=department.pk, title="T", whole_bureau=True)
    settings.WEBHOOKS_PLAIN_HTTP = False
    for url, hosts in (
        ("https://d.example/x", []),
        ("https://d.example/x", ["not a host"]),
        ("http://d.example/x", ["d.example"]),
        ("HTTP://d.example/x", ["d.example"]),
        (" http://d.example/x", ["d.example"]),
        ("ftp://d.example/x", ["d.example"]),
    ):
        with station_scope(OPERATOR.scope()), pytest.raises(ValidationError):
            set_address(actor=OPERATOR, subscription_id=row.pk, version=1, url=url, allowed_hosts=hosts)
    with station_scope(OPERATOR.scope()):
        set_address(
            actor=OPERATOR,
            subscription_id=row.pk,
            version=1,
            url="https://d.example/x",
            allowed_hosts=["d.example", " 10.0.0.0/8 "],
        )
        changed = Subscription.objects.get(pk=row.pk)
        assert AuditEntry.objects.filter(action=AuditAction.SET_ADDRESS, bureau_id=city.bureau.pk).exists()
    assert (changed.url, changed.allowed_hosts, changed.version) == (
        "https://d.example/x",
        ["d.example", "10.0.0.0/8"],
        2,
    )


@pytest.mark.parametrize(
    ("host", "address", "allowed", "passes"),
    [
        ("d.example", "10.1.2.3", ["10.0.0.0/8"], True),
        ("d.example", "10.1.2.3", ["d.example"], True),
        ("D.Example.", "10.1.2.3", ["d.example"], True),
        ("e.example", "10.1.2.3", ["d.example"], False),
        ("d.example", "11.1.2.3", ["10.0.0.0/8"], False),
        ("d.example", "127.0.0.1", ["d.example"], False),  # a name must not resolve to this machine
        ("d.example", "::1", ["d.example"], False),
        ("d.example", "::ffff:127.0.0.1", ["d.example"], False),
        ("d.example", "169.254.169.254", ["d.example"], False),
        ("d.example", "0.0.0.0", ["d.example"], False),
        ("d.example", "fe80::1%eth0", ["d.example"], False),
        ("d.example", "127.0.0.1", ["127.0.0.1"], True),
        ("d.example", "::ffff:10.1.2.3", ["10.0.0.0/8"], True),
        ("d.example", "fd00::5", ["fd00::/8"], True),
        ("10.1.2.3", "10.1.2.3", ["10.1.2.3"], True),
        ("d.example", "10.1.2.3", [], False),
    ],
)
def test_approved_addresses(host: str, address: str, allowed: list[str], passes: bool) -> None:
    assert approved(host, [address], allowed) == ([address] if passes else [])


def test_what_an_address_looks_like() -> None:
    for entry in ("d.example", "10.0.0.0/8", "fd00::/8", "192.168.1.7"):
        validate_allowed(entry)
    for entry in ("", "*.example", "http://d.example", "10.0.0.0/99", "a b"):
        with pytest.raises(ValidationError):
            validate_allowed(entry)
    for url in (
        "https://d.example:8443/a?b=c",
        "https://D.example.:65535",
        "https://10.1.2.3/",
        "https://[fd00::5]:1/",
        "https://消防.example/",
    ):
        validate_url(url)
    for url in (
        "https://d.example:0/",
        "https://d.example:65536/",
        "https://<script>.example/",
        "https://d_e.example/",
        "https://-d.example/",
        "https://d..example/",
        "https://[d.example]/",
        "https://d%2e.example/",
        "d.example",
        "https://u:p@d.example/",
        "https://d.example/#x",
        "https://d.example:x/",
        "https:///x",
    ):
        with pytest.raises(ValidationError):
            validate_url(url)


def test_this_machine_by_its_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"eth0": [SimpleNamespace(address="10.1.2.3"), SimpleNamespace(address="fd00::5%eth0")]}
    monkeypatch.setattr("deliveries.addresses.psutil.net_if_addrs", lambda: places)
    for own in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::5"):
        for allowed in (["d.example"], ["10.0.0.0/8", "fd00::/8"], ["0.0.0.0/0", "::/0"]):
            assert approved("d.example", [own], allowed) == []
        assert approved("d.example", [own], ["10.1.2.3", "fd00::5"]) == [own]  # approved explicitly
    assert approved("d.example", ["10.1.2.4"], ["d.example"]) == ["10.1.2.4"]


def test_a_refused_entry_is_named(city: City, supervisor: Actor) -> None:
    department = DepartmentFactory(bureau=city.bureau)
    with station_scope(supervisor.scope()):
        row = create_subscription(actor=supervisor, department_id=department.pk, title="T", whole_bureau=True)
    hosts = ["d.example", "10.0.0.0/99"]
    with station_scope(OPERATOR.scope()), pytest.raises(ValidationError) as refusal:
        set_address(
            actor=OPERATOR, subscription_id=row.pk, version=1, url="https://d.example/x", allowed_hosts=hosts
        )
    (told,) = refusal.value.message_dict["allowed_hosts"]
    assert "10.0.0.0/99" in told
    assert "array" not in told


def test_what_a_status_means() -> None:
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)

    def meaning(status: int) -> tuple[str, str]:
        answer: Result = judge(status, "", now)
        return str(answer.outcome), str(answer.pause)

    assert {meaning(status) for status in (200, 202, 204)} == {("delivered", "")}
    assert {meaning(status) for status in (301, 302, 308, 408, 425, 429, 500, 502, 503)} == {("failed", "")}
    assert {meaning(status) for status in (400, 401, 404, 409, 422)} == {("refused", "")}
    assert meaning(410) == ("refused", "gone")


def test_how_long_to_wait() -> None:
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    assert seconds_to_wait("120", now) == 120
    assert seconds_to_wait("Sun, 22 Nov 2026 00:01:00 GMT", now) == 60
    assert seconds_to_wait("Sun, 22 Nov 2020 00:01:00 GMT", now) == 0
    for nonsense in ("", "soon", "-5", "1.5", "²"):
        assert seconds_to_wait(nonsense, now) == 0
