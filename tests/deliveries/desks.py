"""A bureau with a department and a subscription, and a client for each role that sees its deliveries."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from deliveries.models import Subscription
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Department
from foundation.tenancy.scope import Audience
from tests.factories import (
    AttemptFactory,
    DepartmentFactory,
    EnterpriseFactory,
    ReceiptFactory,
    RoleGrantFactory,
    SubscriptionFactory,
)
from tests.fixtures import City, scope_of_bureau

PUSHED = {"url": "https://hooks.example/anqi", "allowed_hosts": ["hooks.example"]}
PAGES_OF_BUREAU = ("subscriptions", "receipts", "subscription_create")
PAGES_OF_SUBSCRIPTION = ("subscription", "subscription_edit", "subscription_end")
PAGES_OF_DELIVERY = (
    "delivery",
    "delivery_address",
    "delivery_pause",
    "delivery_resume",
    "delivery_skip",
    "delivery_replay",
)


@dataclass
class Desk:
    """A bureau with a department and a subscription, and a client for each role."""

    city: City
    department: Department
    row: Subscription
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        if role not in self.clients:
            given: dict[str, Any] = {"bureau": self.city.bureau, "station": None}
            if role in (Role.OFFICER, Role.CHIEF):
                given["station"] = self.city.first
            elif role == Role.DEPARTMENT_OFFICER:
                given["department"] = self.department
            elif role == Role.OPERATOR:
                given["bureau"] = None
            elif role in (Role.SECURITY_MANAGER, Role.ENTERPRISE_STAFF):
                enterprise = EnterpriseFactory(station=self.city.first)
                given |= {"station": self.city.first, "enterprise_id": enterprise.pk, "enterprise_name": "E"}
            client = self.clients[role] = Client()
            client.force_login(RoleGrantFactory(role=role, **given).user)
        return self.clients[role]

    def get(self, role: str, name: str, *args: Any, **query: Any) -> HttpResponse:
        return self.client(role).get(reverse(f"deliveries:{name}", args=args), query)

    def post(self, role: str, name: str, *args: Any, **data: Any) -> HttpResponse:
        return self.client(role).post(reverse(f"deliveries:{name}", args=args), data)

    def now(self, pk: int = 0) -> Subscription:
        with scope_of_bureau(self.city.bureau, Audience.SYSTEM):
            return Subscription.objects.get(pk=pk or self.row.pk)

    def change(self, **fields: Any) -> None:
        with scope_of_bureau(self.city.bureau, Audience.SYSTEM):
            Subscription.objects.filter(pk=self.row.pk).update(**fields)

    def all(self) -> list[Subscription]:
        with scope_of_bureau(self.city.bureau, Audience.SYSTEM):
            return list(Subscription.objects.order_by("id"))

    def log(self) -> list[AuditEntry]:
        with scope_of_bureau(self.city.bureau, Audience.SYSTEM):
            return list(AuditEntry.objects.filter(object_type="subscription").order_by("id"))

    def told(self, **fields: Any) -> Any:
        return ReceiptFactory(
            bureau=self.city.bureau, department=self.department, subscription=self.row, **fields
        )

    def tried(self, **fields: Any) -> Any:
        return AttemptFactory(
            bureau=self.city.bureau, department=self.department, subscription=self.row, **fields
        )


@pytest.fixture
def desk(city: City) -> Desk:
    department = DepartmentFactory(bureau=city.bureau, name="Fire brigade")
    row = SubscriptionFactory(department=department, title="Reds", colours=["red"], **PUSHED)
    return Desk(city, department, row)


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())
