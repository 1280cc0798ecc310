"""What the lives of findings have in common: confirmed by another, withdrawn by two."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.asks import Day
from facts.lives import State
from foundation.accounts.actors import Actor
from inspections.choices import FindingState
from inspections.models.finding import Finding

SUSPECTED, CONFIRMED, WITHDRAWN = FindingState.SUSPECTED, FindingState.CONFIRMED, FindingState.WITHDRAWN
WITHDRAWN_ON = Day("withdrawn_on", gettext_lazy("Withdrawn on"))
STATES = (
    State(SUSPECTED, "yellow", lambda today: Q(confirmed_on=None, withdrawn_on=None)),
    State(CONFIRMED, "red", lambda today: Q(confirmed_on__isnull=False, withdrawn_on=None)),
    State(WITHDRAWN, "secondary", lambda today: Q(withdrawn_on__isnull=False)),
)


def was_asked_to_withdraw(finding: Finding) -> str:
    """Return who asked to withdraw a finding and waits for the decision; "" if nobody does."""
    if not finding.waits_for_withdrawal:
        return ""
    words = _("%(person)s asked for it on %(day)s, and nobody has decided yet.")
    day = date_format(timezone.localtime(finding.withdrawal_asked_at), "Y-m-d")
    return words % {"person": finding.withdrawal_asked_by, "day": day}


def refuses_withdrawing(finding: Finding) -> str:
    """Return why a confirmed finding is not withdrawn before somebody has asked for it; "" if it may be."""
    if finding.state is not CONFIRMED or finding.waits_for_withdrawal:
        return ""
    return _("What was confirmed is withdrawn by two people: one asks for it, another decides.")


def refuses_withdrawing_to(finding: Finding, actor: Actor) -> str:
    """Return why this person does not withdraw a confirmed finding: it was their own request; "" if they may."""
    is_own = actor.user_id and actor.user_id == finding.withdrawal_asked_by_id
    if finding.state is CONFIRMED and is_own:
        return _("You asked for this yourself, so somebody else of your station decides.")
    return ""


def was_not_asked_to_withdraw(finding: Finding) -> str:
    """Return that nobody has asked to withdraw a finding; "" if somebody has."""
    return "" if finding.waits_for_withdrawal else _("Nobody has asked to withdraw it.")
