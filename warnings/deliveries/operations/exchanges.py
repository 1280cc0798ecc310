"""Keeping attempts: codes and figures for half a year, what was sent and answered for a week."""

import datetime as dt

from django.utils import timezone

from deliveries.models import Attempt, Exchange
from deliveries.models.exchange import KEPT_DAYS
from deliveries.sending import Parcel, Result
from foundation.accounts.actors import system_actor
from foundation.tenancy.scope import station_scope

KEPT = dt.timedelta(days=KEPT_DAYS)


def keep_attempt(parcel: Parcel, answer: Result) -> Attempt:
    """Record an attempt and, if a receiver was reached, what was sent and answered. Needs the bureau's scope."""
    whose = {"bureau_id": parcel.bureau_id, "department_id": parcel.department_id}
    now = timezone.now()
    attempt = Attempt.objects.create(
        **whose,
        subscription_id=parcel.subscription_id,
        sequence=parcel.sequence,
        message_id=parcel.message_id,
        at=now,
        duration_ms=answer.duration_ms,
        outcome=answer.outcome,
        fault=answer.fault,
        detail=answer.detail,
        status=answer.status,
        address=answer.address,
        signed_with=list(parcel.signed_with),
    )
    found = answer.exchanged
    if found.request_headers or found.certificate:
        Exchange.objects.create(
            **whose,
            attempt=attempt,
            at=now,
            request_headers=found.request_headers,
            response_headers=found.reply.headers,
            body=found.reply.body,
            body_size=found.reply.body_size,
            certificate=found.certificate,
        )
    return attempt


def erase_expired(*, bureau_id: int) -> int:
    """Erase what was sent and answered longer than ``KEPT`` ago; return the number of attempts it was erased from."""
    with station_scope(system_actor(bureau_id=bureau_id).scope()):
        return Exchange.objects.filter(bureau_id=bureau_id, at__lt=timezone.now() - KEPT).delete()[0]
