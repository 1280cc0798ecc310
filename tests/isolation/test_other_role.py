"""A page shown under one role and used under another, chosen in a second tab: nothing is written, nothing mixed up.

By introspection: every form and every htmx control of every page of every role.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.access import Role
from foundation.accounts.models import AuditEntry, RoleGrant, User
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests import factories
from tests.isolation.test_front_door import KIT_ROLES, Side, address, frozen, person_of, routes, side

# about the person, whatever the role
PERSONAL = ("/people/forgot/", "/accounts/", "/people/act-as/", "/language/", "/i18n/")
LOOKING_UP = (
    "/deliveries/colours/codes/"  # a list of codes that is too long for an address; nothing is written
)


@dataclass
class Form:
    """A form that posts, or an element that htmx sends."""

    page: str
    method: str
    url: str
    is_htmx: bool = False
    css: str = ""
    data: dict[str, str] = field(default_factory=dict)
    text: str = ""


class Reader(HTMLParser):
    """Collects the forms and htmx controls of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.controls: list[Form] = []
        self.headers = ""
        self.within: Form | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in attributes}
        if tag == "body":
            self.headers = attrs.get("hx-headers", "")
        if tag == "form" and attrs.get("method", "").lower() == "post":
            url = urljoin(self.page, attrs.get("action") or self.page)
            self.within = Form(self.page, "post", url, css=attrs.get("class", ""))
            self.forms.append(self.within)
        elif self.within and tag in ("input", "textarea", "select", "button") and attrs.get("name"):
            self.within.data.setdefault(attrs["name"], attrs.get("value") or "Typed for long")
        for method in ("get", "post"):
            if f"hx-{method}" in attrs:
                url = urljoin(self.page, attrs[f"hx-{method}"] or self.page)
                self.controls.append(Form(self.page, method, url, is_htmx=True))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.within = None

    def handle_data(self, data: str) -> None:
        if self.within:
            self.within.text += data


def grant_at(where: Side, user: User) -> RoleGrant:
    """Return a second role of another kind: officer of this side's station."""
    return factories.RoleGrantFactory(
        user=user, role=Role.OFFICER, bureau=where.bureau, station=where.station
    )


def read(client: Client, mine: Side) -> list[Reader]:
    """Open every page of a role."""
    with_object, plain = routes()
    paths = [address(route, pattern, mine, mine) for route, pattern in with_object]
    paths += [f"/{route}" for route, _pattern in plain]
    found = []
    for path in paths:
        response = client.get(path)
        if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
            reader = Reader(path)
            reader.feed(response.content.decode())
            found.append(reader)
    return found


def entries(mine: Side, other: Side) -> int:
    scope = Scope((mine.station.pk, other.station.pk), bureau=mine.bureau.pk, audience=Audience.SYSTEM)
    with station_scope(scope):
        return AuditEntry.objects.exclude(action="user.act_as").count()


@pytest.mark.django_db
@pytest.mark.parametrize("role", KIT_ROLES)
def test_every_form_and_fragment_belongs_to_the_role_it_was_shown_under(role: str) -> None:
    mine = side("Mine")
    other = side("Other", bureau=mine.bureau)
    client = person_of(mine, role)
    grant = RoleGrant.objects.get(user_id=client.session["_auth_user_id"])
    second = grant_at(other, grant.user)
    readers = [reader for reader in read(client, mine) if not reader.page.startswith(PERSONAL)]
    left_out = (*PERSONAL, LOOKING_UP)
    forms = [form for reader in readers for form in reader.forms if not form.url.startswith(left_out)]
    controls = [
        control
        for reader in readers
        for control in reader.controls
        if not control.url.startswith(PERSONAL) and (control.method == "get" or "preview" in control.url)
    ]
    assert readers
    assert forms
    whole = [reader for reader in readers if reader.headers]
    assert [reader.page for reader in whole if reader.headers != f'{{"X-Acting": "{grant.pk}"}}'] == []
    assert [form.page for form in forms if form.data.get("acting") != str(grant.pk)] == []
    named = [form for form in forms if "anqi-form" in form.css]
    assert [form.page for form in named if grant.organisation not in form.text] == []

    assert client.post(reverse("accounts:act_as"), {"grant": second.pk}).status_code == 302
    before, audited, wrong = frozen(mine), entries(mine, other), []
    offer = f'name="show_as" value="{grant.pk}"'
    for form in forms:
        answer = client.post(form.url, form.data)
        if answer.status_code != 422 or offer not in answer.content.decode():
            wrong.append(f"{form.page} posts {form.url} -> {answer.status_code}")
    for control in controls:
        headers = {"HX-Request": "true", "X-Acting": str(grant.pk)}
        answer = getattr(client, control.method)(control.url, headers=headers)
        if answer.headers.get("HX-Retarget") != "#role-changed":
            wrong.append(f"{control.page} fetches {control.url} -> {answer.status_code}")
    assert not wrong
    assert (frozen(mine), entries(mine, other)) == (before, audited)


def sent(client: Client, url: str, grant: Any, **more: Any) -> Any:
    return client.post(url, {"acting": grant.pk, **more})


@pytest.mark.django_db
def test_a_fragment_is_refused_beside_the_list_and_the_notice_switches_back() -> None:
    mine = side("Mine")
    other = side("Other", bureau=mine.bureau)
    client = person_of(mine, Role.CHIEF)
    grant = RoleGrant.objects.get(user_id=client.session["_auth_user_id"])
    second = grant_at(other, grant.user)
    client.post(reverse("accounts:act_as"), {"grant": second.pk})
    htmx = {"HX-Request": "true", "X-Acting": str(grant.pk)}

    refused = client.get(reverse("enterprises:list"), {"q": "o"}, headers=htmx)
    body = refused.content.decode()
    assert str(grant) in body
    assert str(second) in body
    assert "Other" not in body.replace(str(second), "")
    assert refused.headers["HX-Push-Url"] == "false"

    switched = client.post(reverse("accounts:act_as"), {"grant": grant.pk}, headers=htmx)
    assert "anqi:message" in switched.headers["HX-Trigger"]
    assert switched.content.decode().strip().startswith('<div id="role-changed"')
    assert "Mine" in client.get(reverse("enterprises:list"), headers=htmx).content.decode()
