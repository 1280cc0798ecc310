"""Reads of notifications: always those of the role a person acts in."""

from collections.abc import Collection
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, Model, OuterRef, Q, QuerySet, When

from foundation.contributions.audit import kind_of
from foundation.contributions.notifications import causes
from foundation.database import caching
from foundation.inbox.models import Notification
from foundation.tenancy.policies import StationPolicy

MOST_COUNTED = 100  # the badge says 99+ then
COUNT_KEPT_S = 60
MOST_FORGOTTEN = 100  # counts; of more people at once they may be a minute old


def list_notifications(actor: Any, *, unread: bool = False) -> QuerySet[Notification]:
    """Return the notifications of the actor's role, newest first.

    ``unread`` leaves out, besides what was read, what is about something that the role no longer sees.
    """
    found = Notification.objects.filter(grant_id=actor.grant_id)
    return found.filter(read_at=None).exclude(_out_of_reach()) if unread else found


def with_reach(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Return the same, with ``is_gone``: the role no longer sees what it is about. The scope decides.

    ``is_hidden``: neither does it read any more what the line says of it, because another station keeps it now.
    """
    of_stations = [model for model in _kinds_behind() if _is_of_a_station(model)]
    return rows.annotate(
        is_gone=Case(When(_out_of_reach(), then=True), default=False),
        is_hidden=Case(When(_out_of_reach(of_stations), then=True), default=False),
    )


def _is_of_a_station(model: type[Model]) -> bool:
    return any(isinstance(each, StationPolicy) for each in model._meta.constraints)


def _out_of_reach(models: Collection[type[Model]] | None = None) -> Q:
    """Return the condition that a notification leads to a record, of these kinds or any, outside the open scope."""
    gone = Q(pk__in=[])
    for model, codes in _kinds_behind().items():
        if models is not None and model not in models:
            continue
        seen = Q(Exists(model._default_manager.filter(pk=OuterRef("object_id"))))
        gone |= Q(code__in=codes, object_id__gt=0) & ~seen
    return gone


@cache
def _kinds_behind() -> dict[type[Model], list[str]]:
    """Return the kinds of records to which notifications lead, each with the codes of its causes."""
    found: dict[type[Model], list[str]] = {}
    for cause in causes:
        kind = kind_of(cause.kind or cause.code.partition(".")[0])
        if kind is not None and cause.page and cause.takes_id:
            found.setdefault(kind.model, []).append(cause.code)
    return found


def count_unread(actor: Any) -> int:
    """Return how many are unread, at most ``MOST_COUNTED``. One read of an index that holds only unread ones."""
    return list_notifications(actor, unread=True).order_by()[:MOST_COUNTED].count()


def unread_count(actor: Any) -> int:
    """Return the same for the badge of every page: cached, so that a page costs no further query."""
    return caching.remembered(_key(actor.grant_id), lambda: count_unread(actor), COUNT_KEPT_S)


def is_within_reach(notification: Notification) -> bool:
    """Return whether what a notification is about is in the open scope; so is what has no page of its own."""
    return not Notification.objects.filter(_out_of_reach(), pk=notification.pk).exists()


def forget_counts(grant_ids: Collection[int]) -> None:
    """Let the badges of these roles be counted again, now and when the transaction is committed."""
    if len(grant_ids) <= MOST_FORGOTTEN:
        for grant_id in grant_ids:
            forget = partial(caching.forget, _key(grant_id))
            forget()
            transaction.on_commit(forget, robust=True)


def _key(grant_id: int) -> caching.Key:
    return "inbox:unread", grant_id
