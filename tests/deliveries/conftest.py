"""A department with a receiver, and messages without an evaluation for tests of the transport."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from deliveries.models import Attempt, Event, Receipt, Subscription
from deliveries.operations import confirm_address, rotate_secret, set_address
from deliveries.operations.pushing import Pushed, push
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.deliveries.receivers import Receiver, receiving
from tests.factories import BureauFactory, DepartmentFactory, SubscriptionFactory
from tests.ratings.conftest import case

__all__ = ["case"]

OPERATOR = Actor(9, "Operator", Role.OPERATOR)
LOCAL = ["127.0.0.0/8"]


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBHOOKS_PLAIN_HTTP", True)


class Line:
    """One subscription with its receiver."""

    def __init__(self, receiver: Receiver, bureau: Bureau, **filters: Any) -> None:
        self.receiver, self.bureau = receiver, bureau
        self.department = DepartmentFactory(bureau=bureau)
        self.row = SubscriptionFactory(department=self.department, **filters)
        self.officer = Actor(
            5, "Officer", Role.DEPARTMENT_OFFICER, bureau.pk, department_id=self.department.pk
        )
        self.pk = self.row.pk
        self.move(receiver.url)
        receiver.secret = self.operate(rotate_secret, actor=self.officer, keep_old=dt.timedelta(0))

    def scope(self) -> AbstractContextManager[Scope]:
        return station_scope(Scope(NO_STATION, bureau=self.bureau.pk, audience=Audience.SYSTEM))

    def move(self, url: str) -> None:
        """Set an address, as the operator does, and confirm it, as the department does."""
        self.operate(set_address, version=self.now().version, url=url, allowed_hosts=LOCAL)
        self.operate(confirm_address, actor=self.officer, version=self.now().version)

    def write(self, count: int = 1) -> None:
        """Write messages as publishing does, but without ratings."""
        with self.scope():
            row = Subscription.objects.select_for_update().get(pk=self.pk)
            for _number in range(count):
                row.last_sequence += 1
                told = {"bureau_id": row.bureau_id, "department_id": row.department_id, "subscription": row}
                told |= {"sequence": row.last_sequence, "kind": "rating.published", "period_code": "2026Q3"}
                payload = {
                    "type": "rating.published",
                    "data": {"sequence": row.last_sequence, "name": "企业"},
                }
                Event.objects.create(
                    **told,
                    size=1,
                    body=json.dumps(payload, ensure_ascii=False),
                    message_id=f"msg_{self.pk}_{row.last_sequence}",
                    created_at=timezone.now(),
                )
                Receipt.objects.create(**told, size=1, written_at=timezone.now())
            row.save()

    def push(self, **more: Any) -> Pushed:
        return push(bureau_id=self.bureau.pk, subscription_id=self.pk, **more)

    def now(self) -> Subscription:
        with self.scope():
            return Subscription.objects.get(pk=self.pk)

    def change(self, **fields: Any) -> None:
        with self.scope():
            Subscription.objects.filter(pk=self.pk).update(**fields)

    def attempts(self) -> list[Attempt]:
        with self.scope():
            return list(Attempt.objects.filter(subscription_id=self.pk).order_by("id"))

    def system(self) -> Actor:
        return system_actor(bureau_id=self.bureau.pk)

    def operate(self, operation: Any, actor: Actor = OPERATOR, **arguments: Any) -> Any:
        with station_scope(actor.scope()):
            return operation(actor=actor, subscription_id=self.pk, **arguments)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def line(transactional_db: None, receiver: Receiver) -> Line:
    return Line(receiver, BureauFactory())
