"""Users of every role, in two stations of one bureau and in a second bureau."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from enterprises.models import Enterprise
from foundation.accounts import selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.models import AuditEntry, Department, User
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests.factories import DepartmentFactory, EnterpriseFactory, RoleGrantFactory, UserFactory
from tests.fixtures import City, revealed


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Use a fast password hasher."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class House:
    """The city with one user per role; the names say role and organisation."""

    city: City
    enterprise: Enterprise
    department: Department
    people: dict[str, User] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """Return a client logged in as this user."""
        client = Client()
        client.force_login(self.people[name])
        return client

    def actor(self, name: str) -> Actor:
        actor = selectors.actor_for(user=self.people[name], grant_id=None)
        assert actor is not None
        return actor


@pytest.fixture
def house(city: City) -> House:
    first, second, bureau = city.first, city.second, city.bureau
    enterprise = EnterpriseFactory(station=first, name="Qinghe Foundry")
    department = DepartmentFactory(bureau=bureau)
    made = House(city, enterprise, department)
    in_enterprise = {"station": first, "enterprise_id": enterprise.pk, "enterprise_name": enterprise.name}
    for name, role, where in (
        ("officer", Role.OFFICER, {"station": first}),
        ("chief", Role.CHIEF, {"station": first}),
        ("officer_second", Role.OFFICER, {"station": second}),
        ("chief_second", Role.CHIEF, {"station": second}),
        ("supervisor", Role.SUPERVISOR, {"station": None, "bureau": bureau}),
        ("security_manager", Role.SECURITY_MANAGER, in_enterprise),
        ("enterprise_staff", Role.ENTERPRISE_STAFF, in_enterprise),
        (
            "department_officer",
            Role.DEPARTMENT_OFFICER,
            {"station": None, "bureau": bureau, "department": department},
        ),
        ("operator", Role.OPERATOR, {"station": None, "bureau": None}),
        ("officer_elsewhere", Role.OFFICER, {"station": city.elsewhere}),
        ("supervisor_elsewhere", Role.SUPERVISOR, {"station": None, "bureau": city.other_bureau}),
    ):
        person = made.people[name] = UserFactory(username=name, full_name=f"Full {name}")
        RoleGrantFactory(user=person, role=role, **where)
    return made


def version_in(client: Client, url: str) -> str:
    """Return the version of the record in the form at this URL."""
    return client.get(url).context["form"].fields["version"].initial


def log_of(city: City) -> list[AuditEntry]:
    """Return every entry of the city, read in each scope that may read it, oldest first."""
    scopes = [
        Scope((city.first.pk, city.second.pk), bureau=city.bureau.pk, audience=Audience.SYSTEM),
        Scope((city.elsewhere.pk,), bureau=city.other_bureau.pk, audience=Audience.SYSTEM),
        Scope(audience=Audience.OPERATOR),
    ]
    found: dict[int, AuditEntry] = {}
    for scope in scopes:
        with station_scope(scope):
            found |= {entry.pk: entry for entry in revealed(AuditEntry.objects.all())}
    return [found[key] for key in sorted(found)]


def acts_of(city: City) -> list[str]:
    """Return the names of all actions in the log, oldest first, except the log-ins of the tests' own clients."""
    return [entry.action for entry in log_of(city) if entry.action != AuditAction.LOG_IN]
