"""Erasing personal values from the audit log."""

from django.db import transaction

from foundation.accounts import auditing
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import AuditValue
from foundation.accounts.reasons import required_reason
from foundation.contributions.audit import kind_of
from foundation.tenancy.scope import Audience, Scope, station_scope


@transaction.atomic
def erase_personal_values(*, object_type: str, object_id: int, reason: str) -> int:
    """Erase what the log's entries about an object say about a person. Return the number of values.

    The entries stay, and fit their seals. Entries of earlier versions have the values in clear, and are not touched.
    Raise LookupError (no such kind), ValidationError (no reason).
    """
    kind = kind_of(object_type)
    if kind is None:
        raise LookupError(f"The log has no kind {object_type}.")
    reason = required_reason(reason)
    with station_scope(Scope(audience=Audience.SEALER)):
        values = AuditValue.objects.filter(object_type__in=kind.codes, object_id=object_id)
        last = values.order_by("bureau_id").last()
        if last is None:
            return 0
        number = values.delete()[0]
    written = auditing.entry(
        actor=system_actor(bureau_id=last.bureau_id),
        action=AuditAction.ERASE_VALUES,
        target=None,
        after={"values": number},
        reason=reason,
        place=(last.bureau_id, last.station_id),
    )
    written.object_type, written.object_id = kind.code, object_id
    written.enterprise_id = last.enterprise_id
    auditing.write([written], actor=system_actor(bureau_id=last.bureau_id))
    return number
