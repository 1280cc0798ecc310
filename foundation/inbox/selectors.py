"""Reads of notifications: always those of the role a person acts in."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from foundation.contributions.audit import kind_of
from foundation.database import caching
from foundation.inbox.models import Notification

MOST_COUNTED = 100  # the badge says 99+ then
COUNT_KEPT_S = 60
MOST_FORGOTTEN = 100  # counts; of more people at once they may be a minute old


def list_notifications(actor: Any, *, unread: bool = False) -> QuerySet[Notification]:
    """Return the notifications of the actor's role, newest first."""
    found = Notification.objects.filter(grant_id=actor.grant_id)
    return found.filter(read_at=None) if unread else found


def count_unread(actor: Any) -> int:
    """Return how many are unread, at most ``MOST_COUNTED``. One read of an index that holds only unread ones."""
    return list_notifications(actor, unread=True).order_by()[:MOST_COUNTED].count()


def unread_count(actor: Any) -> int:
    """Return the same for the badge of every page: cached, so that a page costs no further query."""
    return caching.remembered(_key(actor.grant_id), lambda: count_unread(actor), COUNT_KEPT_S)


def is_within_reach(notification: Notification) -> bool:
    """Return whether what a notification is about is in the open scope; so is what has no page of its own."""
    cause = notification.cause
    if cause is None or not (cause.page and cause.takes_id):
        return True
    kind = kind_of(cause.code.partition(".")[0])
    return kind is None or kind.model._default_manager.filter(pk=notification.object_id).exists()


def forget_counts(grant_ids: Collection[int]) -> None:
    """Let the badges of these roles be counted again, now and when the transaction is committed."""
    if len(grant_ids) <= MOST_FORGOTTEN:
        for grant_id in grant_ids:
            forget = partial(caching.forget, _key(grant_id))
            forget()
            transaction.on_commit(forget, robust=True)


def _key(grant_id: int) -> caching.Key:
    return "inbox:unread", grant_id
