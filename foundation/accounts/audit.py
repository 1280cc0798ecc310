"""Writing the audit log: one call per act, in the transaction of the act."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models

from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.tenancy.appending import append

_HIDDEN = {"password", "token_hash"}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return value.pk
    return value


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The concrete fields of an object as JSON values, secrets left out."""
    return {
        field.attname: _plain(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if field.name not in _HIDDEN
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as (before, after)."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def entry(
    *,
    actor: Actor,
    action: str,
    target: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """An unsaved audit entry; bulk operations save many at once.

    Station and enterprise come from the target where it has them, else from the actor.
    """
    is_enterprise = target._meta.label == "enterprises.Enterprise"
    enterprise_id = target.pk if is_enterprise else getattr(target, "enterprise_id", None)
    station_id = getattr(target, "station_id", None)
    bureau_id = target.pk if target._meta.label == "accounts.Bureau" else getattr(target, "bureau_id", None)
    return AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        bureau_id=bureau_id or actor.bureau_id,
        station_id=station_id or 0,
        enterprise_id=enterprise_id or 0,
        address=actor.address,
        request_id=actor.request_id,
        action=action,
        object_type=target._meta.label,
        object_id=target.pk or 0,
        object_label=str(target)[:200],
        reason=reason,
        before=before or {},
        after=after or {},
    )


def record(**fields: Any) -> AuditEntry:
    """Write one audit entry; same arguments as :func:`entry`."""
    written = entry(**fields)
    # RETURNING would need the row to be visible to the writer, which a platform entry need not be
    append([written])
    return written
