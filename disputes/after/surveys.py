"""Surveys: a signed link asks a party, without a login, whether what was agreed is kept. The answer decides nothing.

Sending one moves no clock, opening it changes nothing. Its answer ends the follow-up; one that says that it has broken out
again waits on Today for an officer's decision (``judge_follow_up``).
"""

import contextlib
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import record
from disputes.after.planning import SURVEY, lock_follow_up, refuse_ended
from disputes.after.questions import asked
from disputes.after.recording import FOLLOWED_UP, LONGEST
from disputes.choices import FollowUpWay, Satisfied
from disputes.models import Dispute, FollowUp
from enterprises.concerned import officers_of
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.deadlines.selectors import limit_in_force
from foundation.inbox.notifying import notify
from foundation.links.models import SignedLink
from foundation.links.operations import make_link, withdraw_links
from foundation.texts import unstorable

ANSWERED, BROKE_OUT = "dispute.survey_answered", "dispute.survey_relapse"  # causes of notifications
SEND, WITHDRAW = "send_survey", "withdraw_survey"  # acts of the log
YES, NO = "yes", "no"


class SurveyForm(forms.Form):
    """What the holder of the link answers."""

    kept = forms.ChoiceField(
        label=gettext_lazy("Is what was agreed being kept?"),
        choices=[
            (YES, gettext_lazy("Yes, it is being kept")),
            (NO, gettext_lazy("No: something was not paid or done, or the dispute has broken out again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("Are you satisfied with how it was settled?"),
        choices=Satisfied.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    said = forms.CharField(
        label=gettext_lazy("What else should the police station know?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, shown: Any = None) -> None:
        super().__init__(data)

    def clean_said(self) -> str:
        said = str(self.cleaned_data["said"])
        if why := unstorable(said):
            raise forms.ValidationError(why)
        return said


@transaction.atomic
@as_declared
def send_survey(*, actor: Actor, id: int) -> tuple[FollowUp, str]:
    """Make the link of a survey, to be passed on by the officer, and return it with its token. One sent before ends.

    Its limit runs from the day the survey is planned for, if that is still to come.

    Raise NotAllowed, Http404, WrongState for a follow-up that is no survey or has ended.
    """
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute, found = lock_follow_up(actor, id)
    refuse_ended(found)
    if found.way != FollowUpWay.SURVEY:
        raise WrongState(_("This follow-up is no survey."))
    first_on = max(timezone.localdate(), found.planned_on)
    last_on = limit_in_force(actor, "survey-answer").from_day(first_on).last_on
    end = dt.datetime.combine(
        (last_on or first_on) + dt.timedelta(days=1),
        dt.time.min,
        timezone.get_current_timezone(),
    )
    _link, token = make_link(
        actor=actor,
        purpose=SURVEY,
        object_id=found.pk,
        enterprise_id=found.enterprise_id,
        station_id=found.station_id,
        shown={"station": dispute.station.name, "question": found.question},
        expires_at=end,
    )
    record(actor, dispute, SEND, {"planned_on": found.planned_on.isoformat()})
    return found, token


@transaction.atomic
@as_declared
def withdraw_survey(*, actor: Actor, id: int) -> None:
    """Let the link of a survey work no longer. Without one nothing happens."""
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute, found = lock_follow_up(actor, id)
    if withdraw_links(actor=actor, purpose=SURVEY, object_id=found.pk, station_id=found.station_id):
        record(actor, dispute, WITHDRAW, {"planned_on": found.planned_on.isoformat()})


def spoken(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a survey's page says, in the reader's language where the program's own question is asked."""
    return {**shown, "question": asked(shown["question"])}


def lock_survey(actor: Actor, link: SignedLink) -> None:
    """Lock what a survey is about, before its link: whoever sends one or ends its follow-up locks in this order, too."""
    with contextlib.suppress(WrongState):  # voided since, which take_survey finds as well
        lock_follow_up(actor, link.object_id)


def take_survey(actor: Actor, link: SignedLink) -> None:
    """Read the answer of a survey into its follow-up, as the system. One that was ended meanwhile, or of a voided dispute, stays."""
    try:
        dispute, found = lock_follow_up(actor, link.object_id)
    except WrongState:  # voided since: nobody waits for the answer, and the schedule is not to ask for ever
        return
    if not found.is_open or link.answered_at is None:
        return
    answer = link.answer
    found.done_on, found.done_at = timezone.localdate(link.answered_at), link.answered_at
    found.reached, found.satisfied, found.relapse = True, answer["satisfied"], answer["kept"] == NO
    found.said = answer["said"]
    found.save(update_fields=["done_on", "done_at", "reached", "satisfied", "relapse", "said", "changed_at"])
    record(actor, dispute, FOLLOWED_UP[found.way], {"done_on": found.done_on.isoformat()})
    _tell(actor, dispute, found)


def _tell(actor: Actor, dispute: Dispute, found: FollowUp) -> None:
    to = officers_of(dispute.enterprise_id, dispute.station_id, also=[dispute.lead_id, found.officer_id])
    notify(
        BROKE_OUT if found.relapse else ANSWERED,
        to=to,
        key=str(found.pk),
        object_id=dispute.pk,
        values={"object": dispute.kind},  # in the language of whoever reads it
        actor=actor,
    )


def link_of(found: FollowUp) -> SignedLink | None:
    """Return the link of a survey that works now, None if there is none. One query."""
    rows = SignedLink.objects.filter(
        station_id=found.station_id, purpose=SURVEY, object_id=found.pk, withdrawn_at=None, answered_at=None
    )
    return rows.filter(expires_at__gt=timezone.now()).first()
