"""The pages of API keys: who sees, issues, replaces and revokes which; a key is shown once."""

import datetime as dt
import json
import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from foundation.accounts import access, operations
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.keys import authenticate
from foundation.accounts.models import ApiKey, Department
from foundation.accounts.selectors import actor_for
from tests.accounts.conftest import House, log_of
from tests.factories import DepartmentFactory, RoleGrantFactory

TEXT = re.compile(r"anqi_[0-9a-f]{8}_[0-9a-f]{48}")
SCOPES = ["ratings:read", "events:read"]


@pytest.fixture(autouse=True)
def scopes() -> None:
    assert set(SCOPES) <= set(access.scopes())


def words(answer: HttpResponse) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def issued(
    house: House, department: Department | None = None, actor: Actor | None = None, **fields: Any
) -> tuple[ApiKey, str]:
    wanted = {
        "department_id": (department or house.department).pk,
        "title": "Warning desk",
        "scopes": SCOPES,
        "expires_on": timezone.localdate() + dt.timedelta(days=200),
    }
    wanted["whole_bureau"] = "stations" not in fields
    return operations.issue_key(actor=actor or house.actor("supervisor"), **wanted | fields)


def form_of(house: House, who: str, **fields: Any) -> dict[str, Any]:
    """Return the form as this user's browser sends it."""
    shown = house.client(who).get(reverse("accounts:key_issue"))
    return {
        "form_key": re.search(r'name="form_key" value="([0-9a-f-]{36})"', words(shown))[1],
        "department": house.department.pk,
        "title": "Warning desk",
        "scopes": SCOPES,
        "whole_bureau": "false" if "stations" in fields else "true",
        "expires_on": str(timezone.localdate() + dt.timedelta(days=100)),
    } | fields


@pytest.mark.parametrize("who", ["supervisor"])
def test_a_key_is_issued_and_shown_once(house: House, who: str, caplog: pytest.LogCaptureFixture) -> None:
    client, area = house.client(who), house.city.second
    data = form_of(house, who, stations=[area.pk])
    answer = client.post(reverse("accounts:key_issue"), data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (text,) = set(TEXT.findall(words(answer)))
    key = ApiKey.objects.get()
    assert (key.department, key.title, key.stations) == (house.department, "Warning desk", [area.pk])
    assert sorted(key.scopes) == sorted(SCOPES)
    assert authenticate(f"Bearer {text}").actor is not None
    listed = words(client.get(reverse("accounts:keys")))
    for part in (f"anqi_{key.prefix}…", "Warning desk", area.name, str(access.scopes()["ratings:read"])):
        assert part in listed, part
    secret = text.rpartition("_")[2]
    for place in (listed, words(client.get(reverse("accounts:audit"))), caplog.text):
        assert secret not in place
        assert key.digest not in place
    told = json.dumps(
        [[entry.action, entry.before, entry.after, entry.object_label] for entry in log_of(house.city)]
    )
    assert AuditAction.ISSUE_API_KEY in told
    assert secret not in told
    assert key.digest not in told


def test_a_form_sent_twice_gives_one_key(house: House, django_capture_on_commit_callbacks: Any) -> None:
    client, data = house.client("supervisor"), form_of(house, "supervisor")
    with django_capture_on_commit_callbacks(execute=True):
        assert TEXT.search(words(client.post(reverse("accounts:key_issue"), data)))
    again = client.post(reverse("accounts:key_issue"), data)
    assert again.status_code == 422
    assert not TEXT.search(words(again))
    assert "This form was already submitted" in words(again)
    assert ApiKey.objects.count() == 1
    fresh = re.search(r'name="form_key" value="([0-9a-f-]{36})"', words(again))[1]
    assert fresh != data["form_key"]
    assert TEXT.search(words(client.post(reverse("accounts:key_issue"), data | {"form_key": fresh})))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 61}, "title"),
        ({"department": ""}, "department"),
        ({"department": "9" * 40}, "department"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["ratings:write"]}, "scopes"),
        ({"stations": ["999999"]}, "stations"),
        ({"stations": ["x"]}, "stations"),
        ({"expires_on": "soon"}, "expires_on"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
    ],
)
def test_invalid_values_are_reported_at_their_field(house: House, change: dict, name: str) -> None:
    client, data = house.client("supervisor"), form_of(house, "supervisor", title="Kept words")
    answer = client.post(reverse("accounts:key_issue"), data | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    if "title" not in change:
        assert "Kept words" in words(answer)
    assert not ApiKey.objects.exists()
    again = client.post(reverse("accounts:key_issue"), data)
    assert TEXT.search(words(again)), "what was refused may be sent again"


def test_the_other_bureau_gets_no_key_and_no_area(house: House) -> None:
    foreign = DepartmentFactory(bureau=house.city.other_bureau, name="Foreign department")
    client = house.client("supervisor")
    shown = words(client.get(reverse("accounts:key_issue")))
    assert "Foreign department" not in shown
    assert house.city.elsewhere.name not in shown
    for change in ({"department": foreign.pk}, {"stations": [house.city.elsewhere.pk]}):
        answer = client.post(reverse("accounts:key_issue"), form_of(house, "supervisor", **change))
        assert answer.status_code == 422
    theirs = RoleGrantFactory(role=Role.SUPERVISOR, bureau=house.city.other_bureau, station=None)
    key, _text = issued(house, foreign, actor_for(user=theirs.user, grant_id=None))
    for name in ("key_rotate", "key_revoke"):
        url = reverse(f"accounts:{name}", args=[key.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"reason": "Because"}).status_code == 404
    assert "Foreign department" not in words(client.get(reverse("accounts:keys"), {"department": foreign.pk}))
    key.refresh_from_db()
    assert (key.revoked_at, key.replaced_by_id) == (None, None)


def test_an_operator_ends_keys_and_gets_none(house: House) -> None:
    """With a key an operator would read ratings."""
    key, _text = issued(house)
    client = house.client("operator")
    assert client.get(reverse("accounts:key_issue")).status_code == 403
    rotate = reverse("accounts:key_rotate", args=[key.pk])
    assert client.post(rotate, {"overlap": "7"}).status_code == 403
    assert rotate not in words(client.get(reverse("accounts:keys")))
    revoke = reverse("accounts:key_revoke", args=[key.pk])
    assert client.post(revoke, {"reason": "Stolen"}).status_code == 302
    key.refresh_from_db()
    assert not key.is_live


@pytest.mark.parametrize("who", ["officer", "chief", "security_manager", "enterprise_staff"])
def test_nobody_else_sees_a_key(house: House, who: str) -> None:
    key, _text = issued(house)
    client = house.client(who)
    for name, arguments in (
        ("keys", []),
        ("key_issue", []),
        ("key_rotate", [key.pk]),
        ("key_revoke", [key.pk]),
    ):
        url = reverse(f"accounts:{name}", args=arguments)
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "Because"}).status_code in (403, 405)
    assert ApiKey.objects.get().is_live


def test_a_department_sees_its_keys_and_issues_none(house: House) -> None:
    own, _text = issued(house, title="Own desk")
    other, _text = issued(house, DepartmentFactory(bureau=house.city.bureau), title="Their desk")
    client = house.client("department_officer")
    listed = words(client.get(reverse("accounts:keys")))
    assert "Own desk" in listed
    assert "Their desk" not in listed
    assert reverse("accounts:key_issue") not in listed
    assert client.get(reverse("accounts:key_issue")).status_code == 403
    assert client.post(reverse("accounts:key_issue"), {"title": "Mine"}).status_code == 403
    for name in ("key_rotate", "key_revoke"):
        assert (
            client.post(reverse(f"accounts:{name}", args=[other.pk]), {"reason": "Because"}).status_code
            == 404
        )
    assert TEXT.search(words(client.post(reverse("accounts:key_rotate", args=[own.pk]))))
    assert ApiKey.objects.count() == 3


def test_an_empty_list_says_what_to_do(house: House) -> None:
    assert reverse("accounts:key_issue") in words(house.client("supervisor").get(reverse("accounts:keys")))
    page = words(house.client("department_officer").get(reverse("accounts:keys")))
    assert "Your bureau supervisor issues keys" in page


def test_replacing_shows_the_new_key_once(house: House) -> None:
    old, text = issued(house)
    client, url = house.client("supervisor"), reverse("accounts:key_rotate", args=[old.pk])
    asked = words(client.get(url))
    assert f"anqi_{old.prefix}" in asked
    assert ApiKey.objects.count() == 1
    answer = client.post(url)
    assert answer.headers["Cache-Control"] == "no-store"
    (fresh,) = set(TEXT.findall(words(answer)))
    assert fresh != text
    assert authenticate(f"Bearer {fresh}").actor is not None
    assert authenticate(f"Bearer {text}").actor is not None
    old.refresh_from_db()
    assert timezone.now() < old.expires_at <= timezone.now() + dt.timedelta(days=7)
    again = client.post(url)
    assert again.url == reverse("accounts:keys")
    listed = words(client.get(again.url))
    assert "has already been replaced" in listed
    assert not TEXT.search(listed)
    assert ApiKey.objects.count() == 2
    assert fresh.rpartition("_")[2] not in json.dumps(
        [[entry.before, entry.after] for entry in log_of(house.city)]
    )


def test_revoking_needs_a_reason_and_ends_the_key_at_once(house: House) -> None:
    key, text = issued(house)
    client, url = house.client("supervisor"), reverse("accounts:key_revoke", args=[key.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert authenticate(f"Bearer {text}").actor is not None
    dialog = client.get(url, headers={"HX-Request": "true"})
    assert "<html" not in words(dialog)
    done = client.post(url, {"reason": "Laptop stolen"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == reverse("accounts:keys")
    assert authenticate(f"Bearer {text}").actor is None
    again = client.post(url, {"reason": "Twice"})
    assert again.status_code == 422
    assert "already been revoked" in words(again)
    revoked = [entry.reason for entry in log_of(house.city) if entry.action == AuditAction.REVOKE_API_KEY]
    assert revoked == ["Laptop stolen"]
    assert client.post(reverse("accounts:key_rotate", args=[key.pk])).status_code == 302
    assert ApiKey.objects.count() == 1


def test_keys_by_state_and_words(house: House) -> None:
    today = timezone.localdate()
    issued(house, title="Far")
    issued(house, title="Near", expires_on=today + dt.timedelta(days=12))
    gone, _text = issued(house, title="Gone")
    operations.revoke_key(actor=house.actor("operator"), key_id=gone.pk, reason="Over")
    client = house.client("supervisor")

    def titles(**query: Any) -> set[str]:
        answer = client.get(reverse("accounts:keys"), query)
        assert answer.status_code == 200
        return {key.title for key in answer.context["page_obj"]}

    assert titles() == {"Far", "Near"}
    assert titles(state="soon") == {"Near"}
    assert titles(state="ended") == {"Gone"}
    assert titles(state="all") == {"Far", "Near", "Gone"}
    assert titles(q="far") == {"Far"}
    assert titles(q=f"anqi_{gone.prefix}", state="all") == {"Gone"}
    assert titles(state="nonsense") == titles(department="x") == set(), (
        "an unknown value is an error, never all"
    )
    assert "Select a valid choice" in words(client.get(reverse("accounts:keys"), {"state": "nonsense"}))
    assert titles(q="\x00") == set()
    assert "Expires in 12 days" in words(client.get(reverse("accounts:keys")))
    assert f'<time datetime="{today + dt.timedelta(days=12)}">' in words(client.get(reverse("accounts:keys")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_pages_cost_the_same(house: House, rows: int, django_assert_max_num_queries: Any) -> None:
    for number in range(rows):
        department = DepartmentFactory(bureau=house.city.bureau)
        key, _text = issued(house, department, title=f"K{number}", stations=[house.city.first.pk])
    for who in ("supervisor", "operator", "department_officer"):
        client = house.client(who)
        client.get("/people/me/")
        with django_assert_max_num_queries(
            13
        ):  # one looks for the view that opens first, once in ten minutes
            assert client.get(reverse("accounts:keys")).status_code == 200
    client = house.client("supervisor")
    client.get("/people/me/")
    for name, arguments in (("key_issue", []), ("key_rotate", [key.pk]), ("key_revoke", [key.pk])):
        with django_assert_max_num_queries(18):
            assert client.get(reverse(f"accounts:{name}", args=arguments)).status_code == 200


def test_a_key_is_bound_to_networks_on_its_page(house: House) -> None:
    client = house.client("supervisor")
    wrong = client.post(reverse("accounts:key_issue"), form_of(house, "supervisor", networks="10.20.0.0/99"))
    assert "10.20.0.0/16, one on each line" in wrong.content.decode()
    client.post(
        reverse("accounts:key_issue"), form_of(house, "supervisor", networks="10.20.0.0/16\n10.30.0.1")
    )
    assert ApiKey.objects.get().networks == ["10.20.0.0/16", "10.30.0.1/32"]
    assert "10.20.0.0/16" in client.get(reverse("accounts:keys")).content.decode()
