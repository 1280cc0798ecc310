"""Reads of notifications: always those of the role a person acts in."""

from typing import Any

from django.db.models import QuerySet

from foundation.inbox.models import Notification

MOST_COUNTED = 100  # the badge says 99+ then


def list_notifications(actor: Any, *, unread: bool = False) -> QuerySet[Notification]:
    """Return the notifications of the actor's role, newest first."""
    found = Notification.objects.filter(grant_id=actor.grant_id)
    return found.filter(read_at=None) if unread else found


def unread_count(actor: Any) -> int:
    """Return how many are unread, at most ``MOST_COUNTED``. One read of an index that holds only unread ones."""
    return list_notifications(actor, unread=True).order_by()[:MOST_COUNTED].count()
