"""A department officer's client, and messages to read."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from deliveries.models import Receipt, Subscription
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Bureau, Department
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.factories import (
    DepartmentFactory,
    EventFactory,
    ReceiptFactory,
    RoleGrantFactory,
    SubscriptionFactory,
)


class Desk:
    """A department with a subscription, and the client of one of its officers."""

    def __init__(self, bureau: Bureau | None = None, **filters: Any) -> None:
        self.department: Department = DepartmentFactory(**({"bureau": bureau} if bureau else {}))
        self.bureau = self.department.bureau
        self.row: Subscription = SubscriptionFactory(department=self.department, **filters)
        self.client = person(Role.DEPARTMENT_OFFICER, bureau=self.bureau, department=self.department)

    def scope(self) -> Any:
        return station_scope(Scope(NO_STATION, bureau=self.bureau.pk, audience=Audience.SYSTEM))

    def now(self) -> Subscription:
        with self.scope():
            return Subscription.objects.get(pk=self.row.pk)

    def write(self, *ratings: dict[str, Any], row: Subscription | None = None, **fields: Any) -> Receipt:
        """Write a message with these ratings as publishing does."""
        row = row or self.row
        with self.scope():
            row.refresh_from_db()
        sequence = row.last_sequence + 1
        figures = dict.fromkeys(("green", "yellow", "red", "grey"), 0)
        for each in ratings:
            figures[each["colour"]] += 1
        body = {
            "type": fields.get("kind", "rating.published"),
            "data": {"group_codes": ["G"], "sequence": sequence, "ratings": ratings},
        }
        whose = {"bureau": self.bureau, "department": self.department, "subscription": row}
        event = EventFactory(
            **whose,
            sequence=sequence,
            size=len(ratings),
            enterprise_ids=[each["enterprise"] for each in ratings if "enterprise" in each],
            body=json.dumps(body, ensure_ascii=False),
            message_id=f"msg_{row.pk}_{sequence}",
        )
        receipt = ReceiptFactory(**whose, event=event, size=len(ratings), **(figures | fields))
        with self.scope():
            Subscription.objects.filter(pk=row.pk).update(last_sequence=sequence)
            row.refresh_from_db()
        return receipt

    def receipt(self, sequence: int = 1) -> Receipt:
        with self.scope():
            return Receipt.objects.get(subscription=self.row, sequence=sequence)

    def get(self, name: str, *args: Any, **query: Any) -> Any:
        return self.client.get(reverse(f"deliveries:{name}", args=args), query)

    def post(self, name: str, *args: Any, **data: Any) -> Any:
        return self.client.post(reverse(f"deliveries:{name}", args=args), data)

    def give_feedback(self, text: str) -> Any:
        """Send feedback on the first message as a whole."""
        return self.post("feedback", self.row.pk, 1, text=text)

    def shown(self, name: str, *args: Any, **query: Any) -> str:
        answer = self.get(name, *args, **query)
        assert answer.status_code == 200
        return answer.content.decode()

    def acts(self, action: str) -> int:
        with self.scope():
            return AuditEntry.objects.filter(action=action).count()


def person(role: str, **where: Any) -> Client:
    grant = RoleGrantFactory(role=role, **({"bureau": None, "station": None} | where))
    client = Client()
    client.force_login(grant.user)
    return client


def rating(
    name: str = "宏远机械", colour: str = "red", before: str | None = "green", **more: Any
) -> dict[str, Any]:
    return {
        "name": name,
        "credit_code": "91350100M000100Y43",
        "site": "",
        "industry": "C34",
        "station": {"code": "s1", "name": "Harbour station"},
        "colour": colour,
        "previous_colour": before,
        "score": 61.5,
        "groups": {"G": 0.38},
        "reasons": [{"criterion": "G1", "reason": "lost"}],
        "decided_by": "",
        "flags": [],
        "revision": 1,
        "replaces": None,
    } | more
