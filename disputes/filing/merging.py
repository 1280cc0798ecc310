"""Two files on one matter: one survives, the other is voided and leads to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements.reading import agreements_of
from disputes.mediation.ways import count_again
from disputes.models import Dispute
from disputes.people.telling import tell_sides
from disputes.selectors import list_disputes
from facts.operations import change_fact, lock_enterprise, lock_fact, void_fact
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.contributions.audit import kind_of_model

MERGE = "merge"  # act of the log
MOST_OFFERED = 50


def others(actor: Actor, dispute: Dispute) -> list[Dispute]:
    """Return the disputes of the same enterprise into which this one may be merged, the latest first. One query."""
    rows = list_disputes(actor, enterprise_id=dispute.enterprise_id).exclude(pk=dispute.pk)
    return list(rows.select_related(None)[:MOST_OFFERED])


@transaction.atomic
def merge_into(*, actor: Actor, id: int, version: int | None, into: int, reason: str) -> Dispute:
    """Merge a dispute into another one of the same enterprise. Return the one that survives.

    Everything recorded with the first counts from now on with the second, and the first leads to it. Merging twice changes
    nothing. The first drops out of every measure, so nobody merges what they reported themselves (as voiding).

    Raise NotAllowed, Http404, StaleRecord, WrongState for one that was voided or merged elsewhere and if both have an
    agreement in force, ValidationError at ``into`` or ``reason``.
    """
    require(actor, Permission.CORRECT_DISPUTES)
    reason = required_reason(reason)
    dispute = lock_fact(actor, Dispute, id)
    lock_enterprise(actor, dispute.enterprise_id)  # whoever merges them the other way round waits here
    if dispute.merged_into_id == into != 0:
        return lock_fact(actor, Dispute, into)
    survivor = next((each for each in others(actor, dispute) if each.pk == into), None)
    if survivor is None:
        raise ValidationError({"into": _("Choose a dispute of the same enterprise.")})
    if dispute.merged_into_id:
        raise WrongState(_("This file was merged into another one already."))
    if agreements_of(dispute).in_force and agreements_of(survivor).in_force:
        raise WrongState(_("Both files have an agreement in force. Void the one that does not count first."))
    absorbed = dispute.file_ids
    void_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=id,
        version=version,
        reason=reason,
    )
    Dispute.objects.filter(pk=dispute.pk, enterprise_id=dispute.enterprise_id).update(
        merged_into_id=survivor.pk
    )
    Dispute.objects.filter(merged_into_id=dispute.pk, enterprise_id=dispute.enterprise_id).update(
        merged_into_id=survivor.pk
    )

    def change(record: Dispute) -> Mapping[str, tuple[Any, Any]]:
        record.absorbed = [*record.absorbed, *absorbed]
        return {"merged": (None, str(dispute))}

    tell_sides(dispute)
    tell_sides(survivor)
    merged = change_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=survivor.pk,
        version=None,
        action=kind_of_model(Dispute).action(MERGE),
        change=change,
        reason=reason,
    )
    count_again(actor, merged)
    return merged
