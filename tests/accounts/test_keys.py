"""API keys: who issues, replaces and revokes them; what is stored; what the log shows."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from foundation.accounts import access, keys, selectors
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.models import ApiKey, Department
from foundation.accounts.operations import issue_key, revoke_key, rotate_key
from tests.accounts.conftest import House, log_of
from tests.factories import ApiKeyFactory, DepartmentFactory, StationFactory
from tests.inbox.conftest import inbox_of

TODAY = timezone.localdate
YEAR = dt.timedelta(days=365)


@pytest.fixture(autouse=True)
def scopes() -> None:
    access.register_scopes({"tests:read": "Read", "tests:write": "Write"})


@pytest.fixture
def issue(house: House) -> Callable[..., tuple[ApiKey, str]]:
    """Issue a key for the house's department, by default as its supervisor."""

    def make(by: str = "supervisor", **fields: Any) -> tuple[ApiKey, str]:
        given: dict[str, Any] = {
            "department_id": house.department.pk,
            "title": "Dispatch",
            "scopes": ["tests:read"],
            "expires_on": TODAY() + YEAR,
            "whole_bureau": "stations" not in fields,
        }
        return issue_key(actor=house.actor(by), **given | fields)

    return make


def ask(text: str) -> int:
    """Return the status of an API endpoint that accepts any key."""
    return Client().get("/api/v1/key/", HTTP_AUTHORIZATION=f"Bearer {text}").status_code


def test_a_key_is_shown_once_and_kept_as_a_hash(house: House, issue: Any) -> None:
    key, text = issue()
    assert re.fullmatch(r"anqi_[0-9a-f]{8}_[0-9a-f]{48}", text)  # 192 random bits
    assert text.split("_")[1] == key.prefix
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM accounts_apikey AS k")
        (kept,) = cursor.fetchone()
    assert text.split("_")[2] not in kept
    assert keys.digest_of(text) in kept
    (entry,) = [entry for entry in log_of(house.city) if entry.action == AuditAction.ISSUE_API_KEY]
    assert entry.object_id == key.pk
    assert entry.after["scopes"] == ["tests:read"]
    assert not {text, text.split("_")[2], key.digest} & set(map(str, entry.after.values()))
    assert issue()[1] != text


def test_a_key_opens_the_api_over_http(issue: Any) -> None:
    _key, text = issue()
    assert ask(text) == 200
    assert ask(text[:-1]) == 401


def test_a_key_works_to_the_end_of_its_last_day(issue: Any) -> None:
    key, _text = issue(expires_on=TODAY())
    end = timezone.localtime(key.expires_at)
    assert (end.date() - TODAY(), end.time()) == (dt.timedelta(days=1), dt.time())


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 61}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "turned \u202e around"}, "title"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["tests:read", "tests:everything"]}, "scopes"),
        ({"stations": [0]}, "stations"),
        ({"stations": ["elsewhere"]}, "stations"),
        ({"expires_on": dt.date(2026, 1, 1)}, "expires_on"),
        ({"expires_on": dt.date.max}, "expires_on"),
    ],
)
def test_what_a_key_cannot_be(house: House, issue: Any, fields: dict[str, Any], wrong: str) -> None:
    if fields.get("stations") == ["elsewhere"]:
        fields = {"stations": [house.city.first.pk, house.city.elsewhere.pk]}
    with pytest.raises(ValidationError) as refusal:
        issue(**fields)
    assert set(refusal.value.message_dict) == {wrong}
    assert not ApiKey.objects.exists()


ISSUERS = {"supervisor"}
REPLACERS = ISSUERS | {"department_officer"}
EVERYBODY = [
    "officer",
    "chief",
    "supervisor",
    "security_manager",
    "enterprise_staff",
    "department_officer",
    "operator",
    "supervisor_elsewhere",
]


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_do_what(house: House, issue: Any, who: str) -> None:
    key, _text = issue()
    actor = house.actor(who)
    refusals = (NotAllowed, ApiKey.DoesNotExist, Department.DoesNotExist)
    before = ApiKey.objects.values().get()
    if who in ISSUERS:
        issue(by=who)
    else:
        with pytest.raises(refusals):
            issue(by=who)
    if who in REPLACERS:
        assert selectors.get_key(actor, key.pk) == key
        rotate_key(actor=actor, key_id=key.pk)
        revoke_key(actor=actor, key_id=key.pk, reason="Lost.")
        return
    with pytest.raises(refusals):
        rotate_key(actor=actor, key_id=key.pk)
    if who == "operator":
        revoke_key(actor=actor, key_id=key.pk, reason="Stolen.")
        return
    assert not selectors.list_keys(actor).exists()
    with pytest.raises(refusals):
        revoke_key(actor=actor, key_id=key.pk, reason="Lost.")
    assert ApiKey.objects.values().get() == before
    assert not [
        entry
        for entry in log_of(house.city)
        if entry.action in (AuditAction.ROTATE_API_KEY, AuditAction.REVOKE_API_KEY)
    ]


def test_a_department_sees_its_own_keys_only(house: House, issue: Any) -> None:
    other, _text = issue(department_id=DepartmentFactory(bureau=house.city.bureau).pk)
    own, _text = issue()
    officer = house.actor("department_officer")
    assert list(selectors.list_keys(officer)) == [own]
    assert set(selectors.list_keys(house.actor("supervisor"))) == {own, other}
    assert set(selectors.list_keys(house.actor("operator"))) == {own, other}
    for act in (
        lambda: rotate_key(actor=officer, key_id=other.pk),
        lambda: revoke_key(actor=officer, key_id=other.pk, reason="Lost."),
    ):
        with pytest.raises(ApiKey.DoesNotExist):
            act()


def test_a_key_cannot_manage_keys(house: House, issue: Any) -> None:
    key, text = issue()
    actor = keys.authenticate(f"Bearer {text}").actor
    assert actor is not None
    assert not selectors.list_keys(actor).exists()
    with pytest.raises(NotAllowed):
        rotate_key(actor=actor, key_id=key.pk)
    with pytest.raises(NotAllowed):
        revoke_key(actor=actor, key_id=key.pk, reason="Mine.")


def test_rotation_overlaps(house: House, issue: Any) -> None:
    old, old_text = issue(stations=[house.city.first.pk], scopes=["tests:write", "tests:read"])
    new, new_text = rotate_key(actor=house.actor("supervisor"), key_id=old.pk)
    old.refresh_from_db()
    assert (new.scopes, new.stations, new.title) == (
        ["tests:read", "tests:write"],
        [house.city.first.pk],
        "Dispatch",
    )
    assert old.replaced_by == new
    assert dt.timedelta(days=6.9) < old.expires_at - timezone.now() < dt.timedelta(days=7)
    assert [ask(old_text), ask(new_text)] == [200, 200]
    with pytest.raises(WrongState):
        rotate_key(actor=house.actor("supervisor"), key_id=old.pk)
    (entry,) = [entry for entry in log_of(house.city) if entry.action == AuditAction.ROTATE_API_KEY]
    assert (entry.before["prefix"], entry.after["prefix"]) == (old.prefix, new.prefix)
    assert new_text.split("_")[2] not in str(entry.after)


def test_rotation_without_overlap_ends_the_old_key(house: House, issue: Any) -> None:
    old, old_text = issue()
    _new, new_text = rotate_key(actor=house.actor("supervisor"), key_id=old.pk, keep_old=dt.timedelta(0))
    assert [ask(old_text), ask(new_text)] == [401, 200]
    with pytest.raises(ValidationError):
        rotate_key(actor=house.actor("supervisor"), key_id=_new.pk, keep_old=dt.timedelta(days=32))


def test_a_department_cannot_extend_its_key(house: House, issue: Any) -> None:
    expires_on = TODAY() + dt.timedelta(days=3)
    with time_machine.travel(timezone.now() - YEAR, tick=False):
        old, _text = issue(expires_on=expires_on)
    theirs, _text = rotate_key(actor=house.actor("department_officer"), key_id=old.pk)
    assert theirs.expires_at == old.expires_at
    old.refresh_from_db()
    assert old.expires_at == theirs.expires_at  # the overlap does not extend the old one either
    renewed, _text = rotate_key(actor=house.actor("supervisor"), key_id=theirs.pk)
    # as long as the bureau originally granted, not three days
    assert renewed.expires_at > timezone.now() + YEAR
    assert renewed.expires_at < timezone.now() + YEAR + dt.timedelta(days=5)


def test_a_renewed_key_ends_with_a_day_and_as_many_days_later(house: House, issue: Any) -> None:
    key, _text = issue()
    for _again in range(2):
        key, _text = rotate_key(actor=house.actor("supervisor"), key_id=key.pk)
        end = timezone.localtime(key.expires_at)
        assert (end.date(), end.time()) == (TODAY() + YEAR + dt.timedelta(days=1), dt.time())


@pytest.mark.parametrize(
    ("today", "latest"),
    [(dt.date(2026, 11, 22), dt.date(2028, 11, 22)), (dt.date(2028, 2, 29), dt.date(2030, 2, 28))],
)
def test_a_key_ends_within_two_years(
    issue: Any, monkeypatch: pytest.MonkeyPatch, today: dt.date, latest: dt.date
) -> None:
    monkeypatch.setattr("foundation.accounts.operations.keys.timezone.localdate", lambda *_moment: today)
    assert timezone.localtime(issue(expires_on=latest)[0].expires_at).date() == latest + dt.timedelta(days=1)
    with pytest.raises(ValidationError):
        issue(expires_on=latest + dt.timedelta(days=1))


def test_revocation(house: House, issue: Any) -> None:
    key, text = issue()
    chief = house.actor("supervisor")
    with pytest.raises(ValidationError):
        revoke_key(actor=chief, key_id=key.pk, reason=" ")
    assert ask(text) == 200
    revoke_key(actor=chief, key_id=key.pk, reason="Found in a repository.")
    assert ask(text) == 401
    for act in (
        lambda: revoke_key(actor=chief, key_id=key.pk, reason="Again."),
        lambda: rotate_key(actor=chief, key_id=key.pk),
    ):
        with pytest.raises(WrongState):
            act()
    (entry,) = [entry for entry in log_of(house.city) if entry.action == AuditAction.REVOKE_API_KEY]
    assert (entry.reason, entry.actor_id) == ("Found in a repository.", chief.user_id)


def test_the_actor_of_a_key(house: House, issue: Any) -> None:
    whole, text = issue()
    actor = keys.authenticate(f"bearer {text}", address="198.51.100.7", request_id="r").actor
    assert actor is not None
    assert actor.name == f"{house.department.name} · Dispatch ({whole.prefix})"
    assert actor.stations == (house.city.first.pk, house.city.second.pk)
    assert (actor.user_id, actor.key_id, actor.key_scopes) == (0, whole.pk, {"tests:read"})
    assert (actor.department_id, actor.bureau_id) == (house.department.pk, house.city.bureau.pk)
    assert (actor.address, actor.request_id, actor.station_id) == ("198.51.100.7", "r", 0)
    small, _text = issue(stations=[house.city.second.pk], title="x" * 60)
    narrow = keys.actor_of(small)
    assert narrow.stations == (house.city.second.pk,)
    assert narrow.name.endswith(f"({small.prefix})")
    assert len(narrow.name) <= 80


def test_the_area_says_whether_stations_added_later_belong_to_it(house: House, issue: Any) -> None:
    first, second = house.city.first, house.city.second
    whole, text = issue(title="Whole")
    listed, text_of_list = issue(title="Listed", stations=[first.pk, second.pk])
    new = StationFactory(bureau=house.city.bureau)
    assert set(keys.actor_of(whole).stations) == {first.pk, second.pk, new.pk}
    assert set(keys.actor_of(listed).stations) == {first.pk, second.pk}
    for key, is_whole in ((text, True), (text_of_list, False)):
        answer = Client().get("/api/v1/key/", HTTP_AUTHORIZATION=f"Bearer {key}").json()
        assert answer["whole_bureau"] is is_whole
    renewed, _text = rotate_key(actor=house.actor("supervisor"), key_id=listed.pk)
    assert (renewed.whole_bureau, renewed.stations) == (False, [first.pk, second.pk])
    shown = house.client("supervisor").get("/people/keys/").content.decode()
    assert "Whole bureau, also stations added later" in shown
    assert "only these stations" in shown


@pytest.mark.parametrize(
    "area",
    [
        {"whole_bureau": False},
        {"whole_bureau": False, "stations": []},
        {"whole_bureau": True, "stations": ["first"]},
    ],
)
def test_no_area_is_never_the_whole_bureau(house: House, issue: Any, area: dict[str, Any]) -> None:
    if area.get("stations"):
        area = area | {"stations": [house.city.first.pk]}
    with pytest.raises(ValidationError) as refusal:
        issue(**area)
    assert set(refusal.value.message_dict) == {"stations"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKeyFactory(department=house.department, **{"stations": []} | area)


def test_a_key_bound_to_networks_works_only_there(house: House, issue: Any, caplog: Any) -> None:
    key, text = issue(networks=["10.20.1.7/16", "2001:db8::1"])
    assert key.networks == ["10.20.0.0/16", "2001:db8::1/128"]
    call = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    for address in ("10.20.255.1", "2001:db8::1", "::ffff:10.20.0.1"):
        assert Client().get("/api/v1/key/", REMOTE_ADDR=address, **call).status_code == 200, address
    for address in ("10.21.0.1", "2001:db8::2", "127.0.0.1"):
        answer = Client().get("/api/v1/key/", REMOTE_ADDR=address, **call)
        assert answer.status_code == 403, address
        assert answer.json()["reason"] == "network"
        assert "may not be used from this address" in answer.json()["detail"]
    assert "outside its networks" in caplog.text
    for name in ("department_officer", "supervisor"):
        (row,) = [each for each in inbox_of(house.actor(name)) if each.code == CauseCode.KEY_ELSEWHERE]
        assert f"{key} was used from address 10.21.0.1" in row.text, name
    forged = Client().get("/api/v1/key/", REMOTE_ADDR="10.21.0.1", HTTP_X_FORWARDED_FOR="10.20.0.1", **call)
    assert forged.status_code == 403
    new, _text = rotate_key(actor=house.actor("supervisor"), key_id=key.pk)
    assert new.networks == key.networks


@pytest.mark.parametrize("wrong", ["10.20.0.0/33", "office", "0.0.0.0/0", "::/0"])
def test_networks_are_checked(house: House, issue: Any, wrong: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        issue(networks=["10.20.0.0/16", wrong])
    assert set(refusal.value.message_dict) == {"networks"}
