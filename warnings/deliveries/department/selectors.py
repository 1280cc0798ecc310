"""Reads of the department's pages: who asks comes first."""

import json
import re
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from deliveries import selectors
from deliveries.access import Permission
from deliveries.models import Event, Receipt, Subscription
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import Audience
from ratings.selectors import standards
from ratings.standards.parsing import InvalidStandard, book_of
from ratings.standards.rulebook import Rulebook

WAITING = Q(acknowledged_at=None)
UNANSWERED = ~WAITING & Q(feedback="")
STATES = {"": Q(), "waiting": WAITING, "unanswered": UNANSWERED}  # the tabs of the inbox


def inbox(actor: Actor) -> QuerySet[Receipt]:
    """The messages of the department, newest first; of each what the list says, not the message itself."""
    return selectors.receipts(actor).select_related(None).select_related("subscription").order_by("-id")


def waiting_count(actor: Actor) -> int:
    """How many messages wait to be acknowledged: the figure in the navigation."""
    if actor.audience is not Audience.DEPARTMENT or not allows(actor, Permission.RECEIVE_MESSAGES):
        return 0
    return selectors.receipts(actor).filter(WAITING).order_by().count()


def naming(rows: QuerySet[Receipt], text: str) -> QuerySet[Receipt]:
    """Return those of the messages that name an enterprise or station, by a part of its name or credit code.

    The bodies are JSON text, so the search is one for text behind the right keys, and opens none of them.
    """
    events = Event.objects.filter(subscription_id=OuterRef("subscription_id"), sequence=OuterRef("sequence"))
    text = json.dumps(text, ensure_ascii=False)[1:-1]  # as it stands in the body
    pattern = '"(name|credit_code)" ?: ?"[^"]*' + _literally(text)
    # the plain search finds candidates fast, the pattern looks where the text stands
    plain = Q(body__contains=text) | Q(body__contains=text.upper())
    either = Q(body__regex=pattern) | Q(body__regex='"credit_code" ?: ?"[^"]*' + _literally(text.upper()))
    return rows.filter(Exists(events.filter(plain).filter(either)))


def _literally(text: str) -> str:
    """Text as a regular expression of PostgreSQL that finds nothing but itself."""
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def inbox_counts(actor: Actor) -> dict[str, int]:
    """The figures of the inbox's tabs: all, waiting, acknowledged without an answer."""
    rows = selectors.receipts(actor).select_related(None).order_by()
    return rows.aggregate(
        all=Count("id"), waiting=Count("id", filter=WAITING), unanswered=Count("id", filter=UNANSWERED)
    )


def next_waiting(actor: Actor, *, besides: Receipt) -> Receipt | None:
    """The oldest message that waits to be acknowledged, another than this one."""
    return selectors.receipts(actor).filter(WAITING).exclude(pk=besides.pk).order_by("id").first()


def my_subscriptions(actor: Actor) -> list[Subscription]:
    """The department's subscriptions, those that have ended last."""
    return list(selectors.subscriptions(actor).select_related(None).order_by("-active", "id"))


def book_of_message(actor: Actor, data: dict[str, Any]) -> Rulebook | None:
    """The standard a message was judged by, for the words of its codes; None where it cannot be read."""
    named = data.get("standard") or {}
    found = standards(actor).filter(code=str(named.get("code", "")), version=named.get("version") or 0)
    body = found.values_list("body", flat=True).first()
    try:
        return book_of(body) if body else None
    except InvalidStandard:
        return None
