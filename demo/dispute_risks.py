"""How likely the open disputes of the demo are to grow, who leads them, and what is done against it."""

import datetime as dt

from demo.organisations import Organisation
from disputes.choices import RiskReason
from disputes.filing.leading import name_lead
from disputes.filing.risk import MeasureGiven, review_risk
from disputes.filing.rules import reasons_in_figures
from disputes.models import Dispute
from enterprises.selectors import list_officers
from foundation.accounts.actors import system_actor
from foundation.tenancy.scope import station_scope

MOST = 6  # disputes of a station
MORE = (
    (RiskReason.THREATS, "每日到现场巡查一次，掌握动态"),
    (RiskReason.REPEATED, "与双方代表保持联系，遇有聚集苗头即到场劝导"),
    (None, ""),
)


def assess(organisation: Organisation, today: dt.date) -> int:
    """Review the risk of the latest open disputes of each station and name who leads them. Return how many."""
    number = 0
    for station in organisation.stations:
        actor = system_actor(bureau_id=organisation.bureau.pk, stations=[station.pk])
        with station_scope(actor.scope()):
            officers = list(list_officers(actor, station.pk).exclude(police_number="")[:3])
            rows = Dispute.objects.filter(station_id=station.pk, settled_on=None, voided_at=None)
            for place, dispute in enumerate(rows.order_by("-opened_on", "-pk")[:MOST]):
                reason, measure = MORE[place % len(MORE)]
                reasons = reasons_in_figures(dispute.people, dispute.amount) | ({reason} if reason else set())
                lead = officers[place % len(officers)] if officers else None
                given = (
                    MeasureGiven(measure, str(lead or ""), today + dt.timedelta(days=14)) if measure else None
                )
                review_risk(actor=actor, id=dispute.pk, version=None, reasons=reasons, measure=given)
                if lead:
                    name_lead(actor=actor, id=dispute.pk, version=None, officer_id=lead.pk)
                number += 1
    return number
