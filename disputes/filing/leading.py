"""Who leads a dispute: an officer of the station that looks after the enterprise."""

from collections.abc import Collection
from contextlib import nullcontext

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.models import Dispute
from enterprises.operations.register import lock_in_order
from enterprises.selectors import list_officers
from facts.operations import change_fact
from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.audit import kind_of_model
from foundation.inbox.notifying import together

LEAD = "lead"  # act of the log
LONGEST_NAME = 80


def name_lead(*, actor: Actor, id: int, version: int | None, officer_id: int, reason: str = "") -> Dispute:
    """Name the officer who leads a dispute; 0 for the liaison officer of the enterprise.

    Raise as change_fact, ValidationError at ``officer_id`` for somebody who is no officer of the station.
    """

    def change(dispute: Dispute) -> None:
        if not officer_id:
            dispute.lead_id, dispute.lead_name = 0, ""
            return
        officer = list_officers(actor, dispute.station_id).filter(pk=officer_id).first()
        if officer is None:
            raise ValidationError({"officer_id": _("Choose an officer of the station.")})
        dispute.lead_id, dispute.lead_name = officer.pk, str(officer)[:LONGEST_NAME]

    return change_fact(
        actor=actor,
        permission=Permission.LEAD_DISPUTES,
        model=Dispute,
        id=id,
        version=version,
        action=kind_of_model(Dispute).action(LEAD),
        change=change,
        reason=reason,
    )


def led_at(stations: Collection[int]) -> QuerySet[Dispute]:
    """Return the disputes of stations that somebody has to lead on: one that is settled still has follow-ups and payments to come."""
    return Dispute.objects.filter(station_id__in=stations, voided_at=None, closed_on=None).order_by()


def hand_over_leads(*, actor: Actor, officer_id: int, station_id: int, successor: User | None) -> int:
    """Give the disputes that an officer leads and that are not closed to a successor, or to the liaison officers. Return how many.

    Called within the station's scope, by whoever takes the role away.
    """
    rows = led_at([station_id]).filter(lead_id=officer_id)
    lock_in_order(rows.values_list("enterprise_id", flat=True))
    mine = list(rows.select_for_update(of=("self",), no_key=True).select_related("enterprise").order_by("pk"))
    with together(f"lead:{timezone.now().isoformat()}") if len(mine) > 1 else nullcontext():
        for dispute in mine:
            before = {"lead_name": dispute.lead_name}
            dispute.lead_id = successor.pk if successor else 0
            dispute.lead_name = str(successor)[:LONGEST_NAME] if successor else ""
            dispute.version += 1
            dispute.save()
            auditing.record(
                actor=actor,
                action=kind_of_model(Dispute).action(LEAD),
                target=dispute,
                before=before,
                after={"lead_name": dispute.lead_name},
            )
    return len(mine)
