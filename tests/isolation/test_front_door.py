"""Isolation through the pages: every URL × every role, at another station, another bureau, another enterprise.

By introspection: a new view is covered at once, and one with an unknown kind of object fails by its route. The other
half of the matrix, unfiltered managers under row-level security alone, is tests/tenancy/test_isolation_models.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from deliveries.models import Subscription, Wish
from disputes.models import Dispute, EnterpriseReport, FollowUp, Screening
from enterprises.models import Enterprise
from facts.models import Fact
from foundation.accounts.access import EVERY_ROLE, STATION_ROLES, Role
from foundation.accounts.checks import project_views
from foundation.accounts.models import ApiKey, Bureau, Department, RoleGrant, Station, User
from foundation.bulk.models import BulkRun
from foundation.exports.models import Export
from foundation.inbox.models import Notification
from foundation.lists.models import SavedView
from foundation.lots.models import Draw
from foundation.tenancy.scope import Audience, Scope, station_scope
from imports.models import Import
from inspections.checkins.models import CheckIn
from inspections.models import Absence, Complaint, Inspection, KeyPosition, PlannedVisit
from papers.models import Paper
from ratings.models import Evaluation, Standard
from tests import factories
from tests.isolation.secret_columns import reading
from tests.suite import is_wanted, mostly

MARK = "ZQX-foreign-外站"
REFUSED = {403, 404, 405}
# every kind of fact; the views of its pages say which one they show
FACTS: list[type[models.Model]] = [model for model in apps.get_models() if issubclass(model, Fact)]
# the object that the id in another view's URL names: beginning of the route and of the URL name, model; first match
OBJECTS: list[tuple[str, str, type[models.Model]]] = [
    ("file", "", Enterprise),
    ("bureau", "station_today", Station),
    ("enterprises", "", Enterprise),
    ("imports", "", Import),
    ("warning", "run", Evaluation),
    ("warning", "evaluation", Evaluation),
    ("warning", "standard", Standard),
    ("warning", "rating", Enterprise),
    ("people", "user", User),
    ("people", "inbox", Notification),
    ("people", "view_", SavedView),
    ("people", "download", Export),
    ("people", "bulk", BulkRun),
    ("people", "colleague", RoleGrant),
    ("people", "bureau", Bureau),
    ("people", "station_create", Bureau),
    ("people", "department_create", Bureau),
    ("people", "station", Station),
    ("people", "department", Department),
    ("people", "key", ApiKey),
    ("deliveries", "colour", Enterprise),
    ("deliveries", "feedback_enterprise", Subscription),
    ("deliveries", "wish", Wish),
    ("deliveries", "", Subscription),
    ("disputes", "follow_up_", FollowUp),
    ("disputes", "screening_", Screening),
    ("disputes", "own_payment", Dispute),
    ("disputes", "own_report", EnterpriseReport),
    ("disputes", "report", EnterpriseReport),
    ("papers", "", Paper),
    ("inspections", "plan_absence", Absence),
    ("inspections", "plan_afterwards", Inspection),
    ("inspections", "plan_", PlannedVisit),
    ("inspections", "pick_place_at", Enterprise),
    ("inspections", "key_position_add", Enterprise),
    ("inspections", "key_position", KeyPosition),
    ("draws", "", Draw),
    ("inspections", "complaint", Complaint),
    ("inspections", "own_inspection", Inspection),
    ("field/at", "sign", Enterprise),
    ("field/at", "visit", CheckIn),
]
CHECKED = "key"  # a kind of checklist
TEXTS = {
    "name",
    "topic",
    "item",
    "summary",
    "note",
    "findings",
    "description",
    "full_name",
    "title",
    "profile",
}


# A chief sees all that an officer sees, a security manager all that the enterprise's staff see, in the same scope: what
# the database refuses to the one, it refuses to the other (tests/tenancy tries every audience).
ROLES = sorted(EVERY_ROLE - {Role.OFFICER, Role.ENTERPRISE_STAFF})
# What the kit does for every page alike is tried in the role that may least; the others are drills.
KIT_ROLES = mostly(sorted(EVERY_ROLE), {Role.SECURITY_MANAGER})
# A bureau beside the own one is another station too.
PLACES = mostly(["other station", "other bureau"], {"other station"})
SHARED = (Import, Evaluation, Standard, Department)  # all stations of a bureau may see these


@dataclass
class Side:
    """One station with an object of every kind, or another enterprise at the same station."""

    bureau: Bureau
    station: Station
    objects: dict[type[models.Model], models.Model] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def id_of(self, model: type[models.Model]) -> int:
        return self.objects[model].pk


def marked(model: type[models.Model], mark: str, **fields: Any) -> models.Model:
    """Create an object of this model with the mark in every text field."""
    limits = {each.name: each.max_length for each in model._meta.concrete_fields if each.name in TEXTS}
    texts = {name: mark[: limit or None] for name, limit in limits.items() if name not in fields}
    return factories.factory_of(model)(**texts | fields)


def side(mark: str, bureau: Bureau | None = None, station: Station | None = None) -> Side:
    own_bureau = bureau is None
    bureau = bureau or marked(Bureau, mark)
    station = station or marked(Station, mark, bureau=bureau)
    made = Side(bureau, station, {Bureau: bureau, Station: station})
    enterprise = marked(Enterprise, mark, station=station)
    made.objects[Enterprise] = enterprise
    for model in FACTS:
        made.objects[model] = marked(model, mark, enterprise=enterprise)
    for model in SHARED:
        made.objects[model] = marked(model, mark if own_bureau else "Shared", bureau=bureau)
    department = made.objects[Department]
    made.objects[ApiKey] = marked(ApiKey, mark, department=department)
    # of one station, because a department may know every enterprise that its subscription covers
    told = made.objects[Subscription] = marked(
        Subscription, mark, department=department, stations=[station.pk]
    )
    whose = {"bureau": bureau, "department": department, "subscription": told}
    ratings = f'{{"data": {{"ratings": [{{"name": "{mark}", "colour": "red"}}]}}}}'
    event = factories.EventFactory(**whose, sequence=1, body=ratings)  # so that SLUGS names a message
    factories.ReceiptFactory(**whose, event=event, feedback=mark)
    factories.AnswerFactory(**whose, event=event, text=mark)
    made.objects[Wish] = factories.WishFactory(bureau=bureau, department=department, why=mark)
    person = marked(User, mark)
    factories.RoleGrantFactory(user=person, role=Role.OFFICER, station=station, bureau=bureau)
    made.objects[User] = person
    in_enterprise = {"enterprise_id": enterprise.pk, "enterprise_name": mark[:80]}
    staff = factories.RoleGrantFactory(
        user__full_name=mark[:80], role=Role.ENTERPRISE_STAFF, station=station, bureau=bureau, **in_enterprise
    )
    made.objects[RoleGrant] = staff
    made.objects[Export] = factories.ExportFactory(grant=staff, title=mark)
    made.objects[BulkRun] = factories.BulkRunFactory(grant=staff, title=mark)
    made.objects[Paper] = factories.PaperFactory(enterprise=enterprise, enterprise_name=mark)
    made.objects[KeyPosition] = marked(KeyPosition, mark, enterprise=enterprise)
    made.objects[Complaint] = factories.ComplaintFactory(
        enterprise=enterprise, inspection=made.objects[Inspection], said=mark
    )
    made.objects[FollowUp] = factories.FollowUpFactory(
        enterprise=enterprise, dispute=made.objects[Dispute], question=mark
    )
    made.objects[Screening] = factories.ScreeningFactory(enterprise=enterprise, screened_by=mark[:80])
    made.objects[EnterpriseReport] = factories.EnterpriseReportFactory(enterprise=enterprise, said=mark)
    made.objects[CheckIn] = factories.CheckInFactory(enterprise=enterprise, approval=mark[:120])
    made.objects[PlannedVisit] = marked(PlannedVisit, mark, enterprise=enterprise, officer_name=mark)
    made.objects[Absence] = factories.AbsenceFactory(station=station, officer_name=mark)
    made.objects[Draw] = factories.DrawFactory(
        bureau=bureau, station=station, stations=[station.pk], pool=[[1, mark]]
    )
    if own_bureau:
        asks = {"code": "A01", "ask": mark, "hazard": mark}
        sections = [{"name": mark, "name_en": "", "questions": [asks]}]
        factories.ChecklistFactory(bureau=bureau, kind=CHECKED, sections=sections)
    made.objects[SavedView] = factories.SavedViewFactory(grant=staff, name=mark[:40])
    made.objects[Notification] = factories.NotificationFactory(grant=staff, values={"object": mark})
    return made


def person_of(where: Side, role: str) -> Client:
    """Return a client logged in with one role on this side."""
    given: dict[str, Any] = {"bureau": None, "station": None}
    if role in STATION_ROLES:
        given = {"bureau": where.bureau, "station": where.station}
    elif role == Role.SUPERVISOR:
        given = {"bureau": where.bureau, "station": None}
    elif role == Role.DEPARTMENT_OFFICER:
        given = {"bureau": where.bureau, "station": None, "department": where.objects[Department]}
    elif role != Role.OPERATOR:
        enterprise = where.objects[Enterprise]
        given = {"bureau": where.bureau, "station": where.station, "enterprise_id": enterprise.pk}
        given["enterprise_name"] = enterprise.name
    grant = factories.RoleGrantFactory(role=role, **given)
    client = Client(raise_request_exception=False)
    client.force_login(grant.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def shown_by(pattern: Any) -> Any:
    """Return what a view is about: the kind of fact whose pages it belongs to, else the view itself."""
    pages = getattr(pattern.callback, "view_initkwargs", {}).get("pages")
    return pages.model if pages else pattern.callback


def object_of(route: str, pattern: Any) -> type[models.Model]:
    if (shown := shown_by(pattern)) in FACTS:
        return shown
    for beginning, name, model in OBJECTS:
        if route.startswith(f"{beginning}/") and (pattern.name or "").startswith(name):
            return model
    raise AssertionError(f"tests/isolation does not know whose id /{route} takes: add it to OBJECTS")


def routes() -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Return URLs that name an object, and URLs that do not."""
    with_object, plain = [], []
    for route, pattern in project_views():
        if route.startswith("api/") or not is_wanted(shown_by(pattern)):
            continue  # called by keys, not users: tests/rest
        names = set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)
        # a code or kind alone is one of the program's own: a time limit, a kind of rows
        if names - {"token", "file", "code", "kind"}:
            with_object.append((route, pattern))
        elif names == {"kind"} and route.startswith(
            "inspections/checklists/"
        ):  # the bureau's own list of a kind
            plain.append((route.replace("<slug:kind>", CHECKED), pattern))
        elif not names and not route.startswith("accounts/^"):
            plain.append((route, pattern))
    return with_object, plain


SLUGS = {
    "tab": "overview",
    "act": "disable",
    "period_code": "2026Q1",
    "criterion": "A4",
    "code": "A4",
    "colour": "red",
    "sequence": 1,
}


def address(route: str, pattern: Any, foreign: Side, mine: Side) -> str:
    """Return the URL with foreign ids in all its places."""
    path = route
    if "(?P<" in route:  # a regular expression
        return f"/{route.split('^')[0]}{foreign.id_of(object_of(route, pattern))}/{SLUGS['act']}/"
    for name in pattern.pattern.regex.groupindex:
        model = Enterprise if name == "enterprise_id" else object_of(route, pattern)
        value = str(SLUGS.get(name, foreign.id_of(model)))
        converter = pattern.pattern.converters.get(name)
        kind = type(converter).__name__.removesuffix("Converter").lower() if converter else ""
        for shape in (f"<{kind}:{name}>", f"<{name}>", f"<str:{name}>", f"<slug:{name}>"):
            path = path.replace(shape, value)
    return "/" + path


def frozen(foreign: Side) -> dict:
    """Return all rows of the foreign side, to check later that none was changed."""
    with station_scope(Scope((foreign.station.pk,), bureau=foreign.bureau.pk, audience=Audience.SYSTEM)):
        return {
            model: list(model._base_manager.filter(pk=row.pk).values())
            for model, row in foreign.objects.items()
        }


@pytest.fixture
def world(db: None) -> dict[str, Side]:
    mine = side("Mine")
    return {
        "mine": mine,
        "other station": side(f"{MARK}-station", bureau=mine.bureau),
        "other bureau": side(f"{MARK}-bureau"),
    }


@pytest.fixture(autouse=True)
def secrets_stay_unread(db: None) -> Iterator[None]:
    """These tests open every page, so they also watch which columns are read."""
    with reading() as found:
        yield
    assert not found


def shared_by_bureau(model: type[models.Model]) -> bool:
    """Return whether all stations of a bureau may read the rows."""
    return model in (*SHARED, Bureau)


@pytest.mark.parametrize(
    "role", mostly([role for role in ROLES if role != Role.OPERATOR], {Role.SECURITY_MANAGER})
)
@pytest.mark.parametrize("where", PLACES)
def test_a_foreign_id_in_a_url_is_not_found(world: dict[str, Side], role: str, where: str) -> None:
    if role == Role.SUPERVISOR and where == "other station":
        pytest.skip("a supervisor sees all stations of the bureau")
    client, foreign = person_of(world["mine"], role), world[where]
    before, wrong = frozen(foreign), []
    for route, pattern in routes()[0]:
        model = object_of(route, pattern)
        if where == "other station" and shared_by_bureau(model):
            continue
        path = address(route, pattern, foreign, world["mine"])
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            if response.status_code not in REFUSED or MARK in response.content.decode(errors="ignore"):
                wrong.append(f"{method} {path} -> {response.status_code}")
    assert not wrong
    assert frozen(foreign) == before


def test_own_ids_are_found(world: dict[str, Side]) -> None:
    """Without this, the matrix would pass if the owner were refused too."""
    client, mine = person_of(world["mine"], Role.CHIEF), world["mine"]
    found, answers = set(), []
    for route, pattern in routes()[0]:
        response = client.get(address(route, pattern, mine, mine))
        answers.append((address(route, pattern, mine, mine), response.status_code))
        if response.status_code == 200:
            found.add(object_of(route, pattern))
    assert not [answer for answer in answers if answer[1] >= 500]
    assert {model for model in (Enterprise, *FACTS) if is_wanted(model)} <= found, [
        answer for answer in answers if answer[1] != 200
    ]


@pytest.mark.parametrize(
    "role", mostly([Role.SECURITY_MANAGER, Role.ENTERPRISE_STAFF], {Role.SECURITY_MANAGER})
)
def test_an_enterprise_does_not_see_its_neighbour(world: dict[str, Side], role: str) -> None:
    client, mine = person_of(world["mine"], role), world["mine"]
    neighbour = side(MARK, bureau=mine.bureau, station=mine.station)
    before, wrong = frozen(neighbour), []
    for route, pattern in routes()[0]:
        if shared_by_bureau(object_of(route, pattern)) or object_of(route, pattern) is Station:
            continue
        path = address(route, pattern, neighbour, mine)
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            if response.status_code not in REFUSED or MARK in response.content.decode(errors="ignore"):
                wrong.append(f"{method} {path} -> {response.status_code}")
    assert not wrong + pages_that_show(client, MARK, neighbour)
    assert frozen(neighbour) == before


FORGED = (
    "station",
    "enterprise",
    "enterprise_id",
    "officer",
    "liaison",
    "user",
    "actor",
    "bureau",
    "department",
)


def forged_filters(foreign: Side) -> str:
    """Return the query that filters by every foreign id there is."""
    ids = {
        "station": foreign.station.pk,
        "bureau": foreign.bureau.pk,
        "enterprise": foreign.id_of(Enterprise),
        "enterprise_id": foreign.id_of(Enterprise),
        "department": foreign.id_of(Department),
    }
    return "&".join(f"{name}={ids.get(name, foreign.id_of(User))}" for name in FORGED)


def pages_that_show(client: Client, mark: str, *foreign: Side) -> list[str]:
    """Return the pages without an object that show the mark: plain, searched, wrongly sorted, filtered by foreign ids.

    A page that is not the role's says so whatever it is asked, so it is asked once.
    """
    queries = ["q=zq", "q=ZQX", *map(forged_filters, foreign), "sort=-station__name&page=2&colour=x"]
    wrong = []
    for route, _pattern in routes()[1]:
        for query in ("", *queries):
            response = client.get(f"/{route}?{query}")
            if response.status_code >= 500 or mark in response.content.decode(errors="ignore"):
                wrong.append(f"get /{route}?{query} -> {response.status_code}")
            if response.status_code in REFUSED:
                break
    return wrong


@pytest.mark.parametrize(
    "role", mostly([role for role in ROLES if role != Role.OPERATOR], {Role.SECURITY_MANAGER})
)
def test_lists_searches_and_forged_filters_show_nothing_foreign(world: dict[str, Side], role: str) -> None:
    client, foreign = person_of(world["mine"], role), [world["other bureau"]]
    if role == Role.SUPERVISOR:  # who sees all stations of the bureau
        assert not pages_that_show(client, f"{MARK}-bureau", *foreign)
    else:
        assert not pages_that_show(client, MARK, world["other station"], *foreign)


def test_a_station_finds_its_own_by_the_same_search(world: dict[str, Side]) -> None:
    client = person_of(world["mine"], Role.OFFICER)
    for name in ("enterprises:list", "desk:search"):
        assert "Mine" in client.get(reverse(name) + "?q=mi").content.decode()


CREATE = ("create", "new")


@pytest.mark.parametrize("role", mostly([Role.CHIEF, Role.SECURITY_MANAGER], {Role.SECURITY_MANAGER}))
@pytest.mark.parametrize("where", PLACES)
def test_a_foreign_enterprise_in_a_form_writes_nothing(world: dict[str, Side], role: str, where: str) -> None:
    """Nested ids: every form that creates something, posted with a foreign enterprise."""
    client, foreign = person_of(world["mine"], role), world[where]
    today = "2026-02-10"
    days = {field.name for model in FACTS for field in model._meta.fields if field.name.endswith("_on")}
    fields = {
        **dict.fromkeys(days - {"closed_on", "voided_on"}, today),
        **dict.fromkeys(("from_on", "on"), today),
        **dict.fromkeys(("item", "topic", "summary", "name", "reason", "place"), "Text"),
        "kind": "routine",
        "target": "general",
        "form-TOTAL_FORMS": "0",
        "form-INITIAL_FORMS": "0",
        "enterprises": foreign.id_of(Enterprise),
        "enterprise": foreign.id_of(Enterprise),
        "enterprise_id": foreign.id_of(Enterprise),
        "inspection": foreign.id_of(Inspection),
        "station": foreign.station.pk,
        "to_station": foreign.station.pk,
        "officer": foreign.id_of(User),
    }
    wrong = []

    def count() -> dict:
        with station_scope(Scope((foreign.station.pk,), bureau=foreign.bureau.pk, audience=Audience.SYSTEM)):
            return {
                model: model._base_manager.filter(enterprise=foreign.id_of(Enterprise)).count()
                for model in FACTS
            }

    before = count()
    for route, pattern in routes()[1]:
        if route.startswith("people/me") or "act-as" in route:
            continue
        for kind in ("routine", "education", "wages", "police_call", "main"):
            response = client.post(f"/{route}", fields | {"kind": kind})
            if response.status_code >= 500 or MARK in response.content.decode(errors="ignore"):
                wrong.append(f"/{route} {pattern.name} -> {response.status_code}")
            if response.status_code in REFUSED:  # nobody may post here, whatever it is
                break
    assert not wrong
    assert count() == before
