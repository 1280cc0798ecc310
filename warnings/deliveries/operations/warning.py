"""Notices that no act causes: messages that are late by an hour, and an old secret that ends soon. Each once."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from deliveries.choices import CauseCode, Paused
from deliveries.models import Subscription
from deliveries.selectors import LATE
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import station_scope

SECRET_WARNED_BEFORE = dt.timedelta(days=14)


def warn_of_late(*, bureau_id: int) -> int:
    """Notify departments and operators of pushes that have failed for more than an hour, once for each row of failures.

    One that is paused was announced with its pause. Return how many are late.
    """
    now = timezone.now()
    with station_scope(system_actor(bureau_id=bureau_id).scope()):
        late = list(
            Subscription.objects.filter(
                bureau_id=bureau_id, active=True, paused_why=Paused.NOT, failing_since__lt=now - LATE
            ).exclude(url="")
        )
    for row in late:
        values = {"object": str(row), "number": str(row.next_sequence), "waiting": str(row.waiting)}
        for code, to in (
            (CauseCode.LATE, Q(department_id=row.department_id)),
            (CauseCode.LATE_PLATFORM, Q(role=Role.OPERATOR)),
        ):
            key = f"{row.pk}:{row.failing_since:%Y%m%dT%H%M%S}"
            notify(code, to=to, key=key, object_id=row.pk, values=values)
    return len(late)


def warn_of_ending_secrets(*, bureau_id: int) -> int:
    """Notify departments whose old secret stops signing within two weeks, once for each. Return how many do."""
    now = timezone.now()
    with station_scope(system_actor(bureau_id=bureau_id).scope()):
        ending = list(
            Subscription.objects.filter(
                bureau_id=bureau_id,
                active=True,
                previous_until__gt=now,
                previous_until__lte=now + SECRET_WARNED_BEFORE,
            ).exclude(url="")
        )
    for row in ending:
        until = timezone.localtime(row.previous_until)
        notify(
            CauseCode.SECRET_ENDS,
            to=Q(department_id=row.department_id),
            key=f"{row.pk}:{until:%Y%m%dT%H%M%S}",
            object_id=row.pk,
            values={"object": str(row), "until": f"{until:%Y-%m-%d %H:%M}"},
        )
    return len(ending)
