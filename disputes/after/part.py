"""The follow-ups on the page of a dispute."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.after.planning import LOADED, SURVEY, follow_ups_of, level_of, proposal
from disputes.choices import FollowUpWay, Stage
from disputes.models import Dispute, FollowUp
from disputes.parts import Clock, Of, Part, register
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.links.models import SignedLink
from foundation.ui.views import Button

ICONS = {FollowUpWay.VISIT: "walk", FollowUpWay.CALL: "phone", FollowUpWay.SURVEY: "clipboard-list"}


SENT, ANSWERED = "sent", "answered"  # links of surveys


@register
class FollowUps(Part):
    """What is planned, what was found, and the proposal for a dispute that was just settled."""

    code, order, template = "follow_up", 60, "disputes/_follow_ups.html"

    def load(self, actor: Actor, dispute: Dispute) -> tuple[list[FollowUp], dict[int, str]]:
        """Return the follow-ups, and what became of the link of each open survey that has one: SENT or ANSWERED."""
        if dispute.settled_on is None and not dispute.earlier and not dispute.absorbed:
            return [], {}  # it was never settled
        found = follow_ups_of(dispute)
        dispute.__dict__[LOADED] = found  # whether it may be closed is asked on the same page
        surveys = [each.pk for each in found if each.way == FollowUpWay.SURVEY and each.is_open]
        sent: dict[int, str] = {}
        if surveys:
            rows = SignedLink.objects.filter(
                station_id=dispute.station_id,
                purpose=SURVEY,
                object_id__in=surveys,
                withdrawn_at=None,
            )
            # an answer is read into its follow-up by a task, in a moment
            sent = {
                each: ANSWERED if at else SENT for each, at in rows.values_list("object_id", "answered_at")
            }
        return found, sent

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        found, sent = of.loaded[self.code]
        dispute = of.dispute
        if not found and dispute.settled_on is None:
            return None
        may = (
            allows(of.actor, Permission.FOLLOW_UP_DISPUTES)
            and dispute.settled_on is not None
            and dispute.closed_on is None
            and not dispute.is_voided
        )
        level = level_of(dispute)
        proposed = proposal(of.actor, dispute, level) if may and not found else []
        return {
            "items": [(each, ICONS[FollowUpWay(each.way)], sent.get(each.pk, "")) for each in found],
            "done": sum(each.done_on is not None for each in found),
            "may": may,
            "may_judge": allows(of.actor, Permission.FOLLOW_UP_DISPUTES) and not dispute.is_voided,
            "level": level,
            "proposed": [
                (each, ICONS[FollowUpWay(each.way)], FollowUpWay(each.way).label) for each in proposed
            ],
        }

    def clocks(self, of: Of) -> Iterable[Clock]:
        found, _sent = of.loaded[self.code]
        if of.dispute.settled_on is None or of.dispute.closed_on:
            return
        may = allows(of.actor, Permission.FOLLOW_UP_DISPUTES)
        for each in found:
            url = reverse("disputes:follow_up_done", args=[each.pk]) if may else ""
            if each.is_open:
                yield Clock(
                    _("Follow-up: %(way)s") % {"way": each.get_way_display()}, each.planned_on, url=url
                )

    def stage(self, of: Of) -> Stage | None:
        found, _sent = of.loaded[self.code]
        if of.dispute.closed_on:
            return Stage.CLOSED
        return Stage.FOLLOW_UP if of.dispute.settled_on and any(each.done_on for each in found) else None

    def buttons(self, of: Of) -> Iterable[Button]:
        """Offer what is due first: the decision about a survey, else the next follow-up."""
        found, _sent = of.loaded[self.code]
        if not allows(of.actor, Permission.FOLLOW_UP_DISPUTES):
            return
        if judged := next((each for each in found if each.waits_for_decision), None):
            yield Button(
                _("Decide about the answer"), reverse("disputes:follow_up_judge", args=[judged.pk]), "gavel"
            )
        if of.dispute.settled_on is None or of.dispute.closed_on:
            return
        if not found:
            yield Button(_("Plan follow-ups"), "#follow-ups-title", "calendar-plus", dialog=False)
        waiting = next((each for each in found if each.is_open and each.planned_on <= of.today), None)
        if waiting:
            url = reverse("disputes:follow_up_done", args=[waiting.pk])
            yield Button(_("Record the follow-up"), url, "phone-check")
