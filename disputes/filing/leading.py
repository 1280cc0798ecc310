"""Who leads a dispute: an officer of the station that looks after the enterprise."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.models import Dispute
from enterprises.selectors import list_officers
from facts.operations import change_fact
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model

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
