"""Two files on one matter: one survives, the other is voided and leads to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements.reading import agreements_of
from disputes.filing.risk import reviews_of
from disputes.mediation.ways import count_again
from disputes.models import Dispute
from disputes.people.masking import TITLE_FIELDS, names_one_of
from disputes.people.selectors import names_in, parties_of
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


def _refuse_named(actor: Actor, *files: Dispute) -> None:
    """Raise ValidationError at ``into`` if the title or place of a file names a party of the other, as it may not of its own."""
    people = names_in([party for each in files for party in parties_of(actor, each)])
    if any(names_one_of(getattr(each, name), people) for each in files for name in TITLE_FIELDS):
        words = _(
            "The title or place of one file names a party of the other. Correct it first, without the name."
        )
        raise ValidationError({"into": words})


@transaction.atomic
def merge_into(*, actor: Actor, id: int, version: int | None, into: int, reason: str) -> Dispute:
    """Merge a dispute into another one of the same enterprise. Return the one that survives.

    Everything recorded with the first counts from now on with the second, and the first leads to it. Merging twice changes
    nothing. The first drops out of every measure, so nobody merges what they reported themselves (as voiding).

    Raise NotAllowed, Http404, StaleRecord, WrongState for one that was voided or merged elsewhere, for an open one into a
    settled one, in which nobody would see that it is open, and if both have an agreement in force, ValidationError at ``into`` or ``reason``.
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
    if survivor.settled_on is not None and dispute.settled_on is None:
        raise WrongState(
            _(
                "This file is open and the other one is settled. Merge the other one into this one, or reopen it first."
            )
        )
    _refuse_named(actor, dispute, survivor)
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
        if latest := next(iter(reviews_of(record)), None):  # its measures and its next review come along
            record.risk, record.risk_next_on = latest.level, latest.next_on
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
