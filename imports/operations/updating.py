"""Bringing one record up to date by the operation of every correction, and back to what it said before."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise
from facts.access import Permission
from facts.models import Fact
from facts.operations import correct_fact
from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.database.fields import field_of
from imports.choices import AuditAction

_STORED_AS_TEXT = (dt.date, Decimal)


def update_record(actor: Actor, row: Enterprise | Fact, values: Mapping[str, Any], *, reason: str) -> int:
    """Give a locked record these values. Return its version afterwards."""
    if isinstance(row, Fact):
        return correct_fact(
            actor=actor,
            permission=Permission.IMPORT_FACTS,
            model=type(row),
            id=row.pk,
            version=row.version,
            reason=reason,
            values=values,
        ).version
    version, own = row.version, dict(values)
    kept = own.pop("source_values", None)
    if own:
        edited = edit_enterprise(actor=actor, enterprise_id=row.pk, version=row.version, imported=True, **own)
        version = edited.version
    if kept is not None:  # a field of no form
        Enterprise.objects.filter(pk=row.pk).update(source_values=kept, changed_at=timezone.now())
        before, after = {"source_values": row.source_values}, {"source_values": kept}
        auditing.record(
            actor=actor, action=AuditAction.UPDATE_ENTERPRISE, target=row, before=before, after=after
        )
    return version


def remembered(row: Enterprise | Fact, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says in these fields, as JSON stores it."""
    said = {name: getattr(row, name) for name in values}
    return {name: str(each) if isinstance(each, _STORED_AS_TEXT) else each for name, each in said.items()}


def restored(row: Enterprise | Fact, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that JSON stored as the fields have them."""
    return {name: field_of(type(row), name).to_python(value) for name, value in values.items()}
