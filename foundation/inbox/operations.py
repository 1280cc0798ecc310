"""Marking notifications as read, and deleting old ones."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from foundation.inbox.models import Notification
from foundation.inbox.notifying import system_scope
from foundation.inbox.selectors import forget_counts, list_notifications
from foundation.tenancy.scope import station_scope

KEPT = dt.timedelta(days=400)  # a year, and the time until everybody has seen it


@transaction.atomic
def mark_read(*, actor: Any, notification_id: int) -> Notification:
    """Mark one as read; reading it again changes nothing. Raise Notification.DoesNotExist."""
    found = list_notifications(actor).get(pk=notification_id)
    list_notifications(actor).filter(pk=found.pk, read_at=None).update(read_at=timezone.now())
    forget_counts([actor.grant_id])
    return found


@transaction.atomic
def mark_all_read(*, actor: Any, up_to: int) -> int:
    """Mark everything up to the newest one that the person saw as read. Return how many were unread."""
    number = list_notifications(actor).filter(pk__lte=up_to, read_at=None).update(read_at=timezone.now())
    forget_counts([actor.grant_id])
    return number


def forget_old(*, bureau_id: int | None) -> int:
    """Delete the notifications of a bureau, or of the platform (None), that are older than ``KEPT``."""
    with station_scope(system_scope(bureau_id)):
        own = Q(bureau=None) if bureau_id is None else Q(bureau_id=bureau_id)
        return Notification.objects.filter(own, at__lt=timezone.now() - KEPT).delete()[0]
