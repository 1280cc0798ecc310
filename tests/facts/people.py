"""Logged-in users and the kinds of fact, for the tests of facts."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from disputes.models import Dispute
from enterprises.models import Enterprise
from facts.staff.pages import FactPages, kinds
from facts.staff.views import FactBoard
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Bureau, Department, Station, User
from foundation.accounts.selectors import actor_for
from foundation.contributions.audit import kind_of_model
from foundation.tenancy.scope import Audience, Scope, station_scope
from incidents.models import Incident
from inspections.models import Hazard, Inspection, Penalty, SelfCheck
from service.models import Activity
from tests import factories
from tests.fixtures import revealed
from tests.suite import is_wanted


def today() -> dt.date:
    return timezone.localdate()


def ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def ahead(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


class Person:
    """A user with a role, a client and an actor."""

    def __init__(
        self,
        role: str,
        *,
        station: Station | None = None,
        bureau: Bureau | None = None,
        enterprise: Enterprise | None = None,
        department: Department | None = None,
        name: str = "",
    ) -> None:
        self.user: User = factories.UserFactory(**({"full_name": name} if name else {}))
        fields: dict[str, Any] = {"user": self.user, "role": role, "station": station}
        if enterprise:
            fields |= {
                "station": enterprise.station,
                "enterprise_id": enterprise.pk,
                "enterprise_name": enterprise.name,
            }
        if bureau:
            fields |= {"bureau": bureau}
        if department:
            fields |= {"department": department}
        factories.RoleGrantFactory(**fields)
        self.client = Client()
        self.client.force_login(self.user)

    @property
    def actor(self) -> Actor:
        actor = actor_for(user=self.user, grant_id=None)
        assert actor
        return actor

    def get(self, name: str, *args: Any, htmx: bool = False, **query: Any) -> Any:
        return self.client.get(
            reverse(name, args=args), query, headers={"HX-Request": "true"} if htmx else {}
        )

    def post(self, name: str, /, *args: Any, htmx: bool = False, query: str = "", **data: Any) -> Any:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(reverse(name, args=args) + query, data, headers=headers)

    def act(self, operation: Callable[..., Any], **arguments: Any) -> Any:
        """Call an operation as this user, in their scope."""
        actor = self.actor
        with station_scope(actor.scope()):
            return operation(actor=actor, **arguments)


def officer(station: Station, name: str = "") -> Person:
    return Person(Role.OFFICER, station=station, name=name)


def numbered(person: Person, number: str) -> Person:
    """Give a person a police number, without which nobody inspects by checklist or mediates for the police."""
    person.user.police_number = number
    person.user.save(update_fields=["police_number"])
    return person


def chief(station: Station) -> Person:
    return Person(Role.CHIEF, station=station)


def supervisor(bureau: Bureau) -> Person:
    return Person(Role.SUPERVISOR, bureau=bureau)


def manager(enterprise: Enterprise) -> Person:
    return Person(Role.SECURITY_MANAGER, enterprise=enterprise)


def fresh(thing: models.Model) -> Any:
    """Return the row as it is now, read by the system."""
    scope = Scope((thing.station_id,), audience=Audience.SYSTEM)
    with station_scope(scope):
        return type(thing).objects.get(pk=thing.pk)


def rows(model: type[models.Model], station: Station) -> list[Any]:
    """Return all rows of a station, oldest first."""
    with station_scope(Scope((station.pk,), audience=Audience.SYSTEM)):
        return list(model.objects.order_by("pk"))


def log(station: Station, **conditions: Any) -> list[AuditEntry]:
    """Return the audit entries of a station's enterprises, oldest first."""
    with station_scope(Scope((station.pk,), bureau=station.bureau_id, audience=Audience.SYSTEM)):
        return revealed(AuditEntry.objects.filter(enterprise_id__gt=0, **conditions).order_by("id"))


@dataclass(frozen=True)
class Noun:
    """One kind of fact: its URLs, its factory, valid input, and what makes it invalid."""

    model: type[models.Model]
    factory: Any
    list: str
    create: str
    detail: str
    correct: str
    void: str
    day: str
    data: dict[str, Any]
    change: tuple[str, str]  # a field and a new value for it
    another: dict[str, str] = field(default_factory=dict)  # what makes it another record of the same day

    def __str__(self) -> str:
        return kind_of_model(self.model).code

    @property
    def everything(self) -> dict[str, str]:
        """The query of the list that shows records in every state."""
        pages = next(kind for kind in kinds if kind.model is self.model)
        return {"state": "all"} if issubclass(pages.list_view, FactBoard) else {}

    def valid(self, **more: Any) -> dict[str, Any]:
        return {**self.data, self.day: today().isoformat(), **more}


def _noun(
    model: Any, factory: Any, app: str, one: str, many: str, day: str, change: tuple[str, str], **data: Any
) -> Noun:
    names = (
        [f"{app}:list", f"{app}:create", f"{app}:detail", f"{app}:correct", f"{app}:void"]
        if not one
        else [
            f"{app}:{many}",
            f"{app}:{one}_create",
            f"{app}:{one}",
            f"{app}:{one}_correct",
            f"{app}:{one}_void",
        ]
    )
    return Noun(model, factory, *names, day=day, data=data, change=change)


NO_HAZARDS = {"hazards-TOTAL_FORMS": "1", "hazards-INITIAL_FORMS": "0"}
INSPECTION = _noun(
    Inspection,
    factories.InspectionFactory,
    "inspections",
    "inspection",
    "inspections",
    "inspected_on",
    ("inspectors", "Wang, Zhao"),
    kind="routine",
    conclusion="qualified",
    inspectors="Li, Wang",
    note="All well",
    **NO_HAZARDS,
)
HAZARD = _noun(
    Hazard,
    factories.HazardFactory,
    "inspections",
    "hazard",
    "hazards",
    "found_on",
    ("place", "Gate 9"),
    item="Alarm dead",
    place="Store 3",
    origin="police",
    due_on=str(ahead(9)),
)
SELF_CHECK = _noun(
    SelfCheck,
    factories.SelfCheckFactory,
    "inspections",
    "self_check",
    "self_checks",
    "checked_on",
    ("findings", "One lamp out"),
    target="vehicle",
    checked_by="Guard Sun",
    findings="None",
)
SELF_CHECK = replace(SELF_CHECK, another={"target": "funds"})
ACTIVITY = _noun(
    Activity,
    factories.ActivityFactory,
    "service",
    "activity",
    "activities",
    "held_on",
    ("topic", "Fire drill at night"),
    kind="drill",
    topic="Fire drill",
    attendance="40",
)
ACTIVITY = replace(ACTIVITY, another={"topic": "Fire drill of the night shift"})
DISPUTE = _noun(
    Dispute,
    factories.DisputeFactory,
    "disputes",
    "",
    "",
    "opened_on",
    ("summary", "Wages of March"),
    kind="wages",
    summary="Wages of February",
    people="12",
    amount="8400.50",
)
INCIDENT = _noun(
    Incident,
    factories.IncidentFactory,
    "incidents",
    "",
    "",
    "occurred_on",
    ("summary", "A parcel"),
    kind="police_call",
    summary="A bicycle",
    at_fault="unknown",
    duty_fulfilled="unknown",
)
PENALTY = _noun(
    Penalty,
    factories.PenaltyFactory,
    "inspections",
    "penalty",
    "penalties",
    "decided_on",
    ("number", "No. 13"),
    number="No. 12",
    basis="421-19",
    kind="warning",
    target="unit",
)
_KNOWN = [INSPECTION, HAZARD, SELF_CHECK, ACTIVITY, DISPUTE, INCIDENT, PENALTY]


def _noun_of(pages: FactPages) -> Noun:
    """Return a kind that this module does not list: its input is what its factory writes."""
    names = [f"{pages.app}:{pages.name_of(page)}" for page in ("list", "create", "detail", "correct", "void")]
    made = factories.factory_of(pages.model)
    written = _defaults(made)
    data = {name: value for name, value in written.items() if name in pages.fields and name != pages.day}
    changed = next(
        name
        for name in pages.fields
        if isinstance(field := pages.model._meta.get_field(name), models.CharField | models.TextField)
        and not field.choices
    )
    return Noun(pages.model, made, *names, day=pages.day, data=data, change=(changed, "Changed words"))


def _defaults(made: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(made).items()
        if isinstance(value, str | int | bool) and name[0] != "_"
    }


get_resolver().url_patterns  # noqa: B018  (the kinds are known once the addresses are)
NOUNS = [
    *_KNOWN,
    *(_noun_of(pages()) for pages in kinds if pages.model not in {noun.model for noun in _KNOWN}),
]
NOUNS = [noun for noun in NOUNS if is_wanted(noun.model)]
