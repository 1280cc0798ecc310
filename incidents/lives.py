"""The life of an incident: recorded, verified."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.asks import Answer, Day
from facts.lives import Act, Life, State, Unless, Wording
from incidents.access import Permission
from incidents.choices import IncidentKind, IncidentState
from incidents.models import Incident

UNVERIFIED, VERIFIED = IncidentState.UNVERIFIED, IncidentState.VERIFIED


def _is_verified(incident: Incident) -> str:
    if incident.verified_on is None:
        return ""
    return _("This incident was already verified on %(day)s.") % {"day": incident.verified_on}


def _is_case(incident: Incident) -> bool:
    return incident.kind == IncidentKind.CRIMINAL_CASE


INCIDENT_LIFE = Life(
    Incident,
    states=(
        State(UNVERIFIED, "yellow", lambda today: Q(verified_on=None)),
        State(VERIFIED, "green", lambda today: Q(verified_on__isnull=False)),
    ),
    acts=(
        Act(
            "verify",
            states={UNVERIFIED},
            to={VERIFIED},
            permission=Permission.VERIFY_INCIDENTS,
            by_another=True,
            unless=Unless("it is verified", _is_verified),
            wording=Wording(
                gettext_lazy("Verify"),
                gettext_lazy("It counts in the rating of the quarter that includes this date."),
                asks=(
                    Day("verified_on", gettext_lazy("Verified on")),
                    Answer(
                        "at_fault",
                        gettext_lazy("Is the enterprise at fault?"),
                        required=lambda incident: True,
                    ),
                    Answer(
                        "duty_fulfilled",
                        gettext_lazy("Did the enterprise fulfil its duty?"),
                        required=_is_case,
                    ),
                ),
                title=gettext_lazy("Verify the incident"),
            ),
            past=gettext_lazy("Verified"),
            done=gettext_lazy("The incident was verified."),
            icon="circle-check",
        ),
    ),
)
