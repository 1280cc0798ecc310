"""Reads of the department's pages. The first argument is the actor who asks."""

import datetime as dt
import json
import re
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from deliveries import selectors
from deliveries.access import Permission
from deliveries.models import Event, Receipt, Subscription, TestEvent
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.identifiers import compact
from foundation.tenancy.scope import Audience
from ratings.selectors import standards
from ratings.standards.parsing import book_or_none
from ratings.standards.rulebook import Rulebook

WAITING = Q(acknowledged_at=None)
UNANSWERED = ~WAITING & Q(answered_at=None)
STATES = {"": Q(), "waiting": WAITING, "unanswered": UNANSWERED}  # the tabs of the inbox


def inbox(actor: Actor) -> QuerySet[Receipt]:
    """Return the receipts of the department's messages, newest first; the list does not read the messages."""
    return selectors.receipts(actor).select_related(None).select_related("subscription").order_by("-id")


def waiting_count(actor: Actor) -> int:
    """Return the number of messages to acknowledge, for the navigation."""
    if actor.audience is not Audience.DEPARTMENT or not allows(actor, Permission.RECEIVE_MESSAGES):
        return 0
    return selectors.receipts(actor).filter(WAITING).order_by().count()


def naming(rows: QuerySet[Receipt], text: str) -> QuerySet[Receipt]:
    """Return the receipts of messages that contain an enterprise or station with this text in its name or credit code.

    The bodies are JSON text: the search matches the text after the right keys, without parsing any body.
    """
    events = Event.objects.filter(subscription_id=OuterRef("subscription_id"), sequence=OuterRef("sequence"))
    code = compact(text)
    text = json.dumps(text, ensure_ascii=False)[1:-1]  # as escaped in the body
    pattern = '"(name|credit_code)" ?: ?"[^"]*' + _literally(text)
    # The substring search finds candidates fast, the pattern checks the key before the text.
    plain, either = Q(body__contains=text), Q(body__regex=pattern)
    if code.isascii() and code.isalnum():
        plain |= Q(body__contains=code)
        either |= Q(body__regex=f'"credit_code" ?: ?"[^"]*{code}')
    return rows.filter(Exists(events.filter(plain).filter(either)))


def _literally(text: str) -> str:
    """Return a PostgreSQL regular expression that matches exactly this text."""
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def inbox_counts(actor: Actor) -> dict[str, int]:
    """Return the figures of the inbox's tabs: all, to acknowledge, acknowledged without feedback."""
    rows = selectors.receipts(actor).select_related(None).order_by()
    return rows.aggregate(
        all=Count("id"), waiting=Count("id", filter=WAITING), unanswered=Count("id", filter=UNANSWERED)
    )


def next_waiting(actor: Actor, *, besides: Receipt) -> Receipt | None:
    """Return the oldest message to acknowledge, other than ``besides``."""
    return selectors.receipts(actor).filter(WAITING).exclude(pk=besides.pk).order_by("id").first()


TESTS_SHOWN_FOR = dt.timedelta(days=7)
OF_TEST = ("requested_at", "sent_at", "answered_at", "outcome", "status")


def subscriptions_with_tests(actor: Actor) -> list[Any]:
    """Return the department's subscriptions, each with ``test``, its last test event of the last days, or None.

    ``test`` has the fields of a line in the inbox alone, and its ``state``. One query.
    """
    recent = TestEvent.objects.filter(
        subscription_id=OuterRef("pk"), requested_at__gt=timezone.now() - TESTS_SHOWN_FOR
    ).order_by("-id")
    fields = JSONObject(pk="pk", **{name: name for name in OF_TEST})
    rows: list[Any] = list(_mine(actor).annotate(last_test=Subquery(recent.values(told=fields)[:1])))
    for row in rows:
        row.test = _test_of(row)
    return rows


def _test_of(row: Any) -> TestEvent | None:
    if not row.last_test:
        return None
    told = {
        name: parse_datetime(value) if value and name.endswith("_at") else value
        for name, value in row.last_test.items()
    }
    test: Any = TestEvent(subscription=row, **told)
    test.state = selectors.state_of_test(test)
    return test


def _mine(actor: Actor) -> QuerySet[Subscription]:
    return selectors.subscriptions(actor).select_related(None).order_by("-active", "id")


def my_subscriptions(actor: Actor) -> list[Subscription]:
    """Return the department's subscriptions, ended ones last."""
    return list(_mine(actor))


def book_of_message(actor: Actor, data: dict[str, Any]) -> Rulebook | None:
    """Return the standard behind a message, for the meaning of its codes; None if it cannot be read."""
    named = data.get("standard") or {}
    found = standards(actor).filter(code=str(named.get("code", "")), version=named.get("version") or 0)
    body = found.values_list("body", flat=True).first()
    return book_or_none(body) if body else None
