"""Reads across apps: the log of an enterprise."""

from django.db.models import QuerySet

from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry


def list_log(actor: Actor, enterprise_id: int, *, before_id: int | None = None) -> QuerySet[AuditEntry]:
    """Return what was done to an enterprise and its records, latest first. Row-level security: police only."""
    rows = AuditEntry.objects.filter(enterprise_id=enterprise_id).order_by("-id")
    return rows if before_id is None else rows.filter(id__lt=before_id)


def last_entry_id(actor: Actor) -> int:
    """Return the id of the latest entry of the log about the actor's stations, 0 if there is none."""
    entries = AuditEntry.objects.filter(bureau_id=actor.bureau_id, station_id__in=actor.stations)
    return entries.order_by("-id").values_list("id", flat=True).first() or 0
