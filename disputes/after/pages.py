"""Pages of follow-ups: planning, recording what came of one, the link of a survey, deciding about its answer."""

from typing import Any

from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disputes.access import Permission
from disputes.after import planning, recording, surveys
from disputes.after.forms import DoneForm, JudgeForm, PlanForm, ReasonForm
from disputes.after.papers import COVER, FOLLOW_UP, cover_of, record_of
from disputes.after.questions import QUESTIONS
from disputes.choices import FollowUpWay, Risk
from disputes.models import Dispute, FollowUp
from disputes.staff.masked import MaskedPage
from enterprises.selectors import list_officers
from facts.four_eyes import refusal_of_row
from facts.staff.views import OfFact
from foundation.accounts.access import WrongState
from foundation.ui.forms import FORM_KEY, key_of
from foundation.ui.views import ActPage, ButtonPage, CreatePage, OfRecord, ShownOnce, chosen_in
from papers.operations.making import make_listing
from papers.staff.paper_pages import MadeFile


class FollowUpPlan(MaskedPage, OfFact, CreatePage):
    """One more follow-up of a dispute."""

    title = gettext_lazy("Plan a follow-up")
    form_class = PlanForm
    submit_label = pgettext_lazy("follow-up", "Plan it")
    done_text = gettext_lazy("The follow-up is planned.")
    key_is_stored = True
    record: Dispute

    def get_form_kwargs(self) -> dict[str, Any]:
        team = list(list_officers(self.actor, self.record.station_id))
        return super().get_form_kwargs() | {"team": team}

    def get_initial(self) -> dict[str, Any]:
        return {
            "way": FollowUpWay.CALL,
            "officer": self.record.lead_id or self.actor.user_id,
            "question": QUESTIONS[FollowUpWay.CALL],
        }

    def perform(self, form: BaseForm) -> FollowUp:
        key = key_of(form.cleaned_data.get(FORM_KEY))
        return planning.plan_follow_up(actor=self.actor, id=self.record.pk, key=key, **self.values(form))


class FollowUpsPropose(OfFact, ButtonPage):
    """Takes the follow-ups that are proposed for the level in the URL."""

    done_text = gettext_lazy("The follow-ups are planned.")
    record: Dispute

    def perform(self) -> Any:
        level = chosen_in(self.request, "level", Risk.values, Risk.MEDIUM)
        return planning.take_proposal(actor=self.actor, id=self.record.pk, level=level)


class OfFollowUp(MaskedPage, OfRecord):
    """A page about one follow-up."""

    permission = Permission.FOLLOW_UP_DISPUTES
    record: FollowUp

    def find_record(self) -> FollowUp:
        rows = FollowUp.objects.filter(station_id__in=self.actor.stations)
        found = rows.select_related("dispute", "enterprise").filter(pk=self.kwargs["id"]).first()
        if found is None or (found.dispute.is_voided and not found.dispute.merged_into_id):
            raise Http404("no such follow-up")
        return found

    def get_back_url(self) -> str:
        return reverse("disputes:detail", args=[self.record.dispute.merged_into_id or self.record.dispute_id])

    def get_about(self) -> str:
        return f"{self.record.dispute} · {self.record.enterprise.name}"


class FollowUpDone(OfFollowUp, ActPage):
    """Record what a follow-up found."""

    title = gettext_lazy("Record the follow-up")
    form_class = DoneForm
    submit_label = gettext_lazy("Record the follow-up")

    def get_refusal(self) -> str:
        return _refused(self.record)

    def get_text(self) -> str:
        return f"{self.record.get_way_display()} · {self.record.asked}"

    def get_done_text(self) -> str:
        if self.result.relapse:
            return _("The follow-up was recorded, and the dispute is open again.")
        return _("The follow-up was recorded.")

    def perform(self, form: BaseForm) -> FollowUp:
        return recording.record_follow_up(actor=self.actor, id=self.record.pk, **self.values(form))


class FollowUpDrop(OfFollowUp, ActPage):
    """Take a follow-up off the plan, with a reason."""

    title = gettext_lazy("Drop this follow-up?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Drop the follow-up")
    done_text = gettext_lazy("The follow-up was dropped.")

    def get_refusal(self) -> str:
        return _refused(self.record)

    def perform(self, form: BaseForm) -> FollowUp:
        return planning.drop_follow_up(actor=self.actor, id=self.record.pk, **self.values(form))


class FollowUpVoid(OfFollowUp, ActPage):
    """Void a follow-up that was recorded wrongly."""

    title = gettext_lazy("Void this follow-up?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Void the follow-up")
    done_text = gettext_lazy("The follow-up was voided. Plan it anew if it is still to be done.")
    danger = True

    def get_refusal(self) -> str:
        return refusal_of_row(self.actor, self.record.station_id, [self.record.done_by_id])

    def perform(self, form: BaseForm) -> FollowUp:
        return recording.void_follow_up(actor=self.actor, id=self.record.pk, **self.values(form))


class FollowUpJudge(OfFollowUp, ActPage):
    """Decide what follows from a survey that said that it has broken out again."""

    title = gettext_lazy("Decide about the answer")
    form_class = JudgeForm
    submit_label = gettext_lazy("Record the decision")
    done_text = gettext_lazy("The decision was recorded.")

    def get_refusal(self) -> str:
        if self.record.voided_at or not self.record.waits_for_decision:
            return _("This was decided already.")
        return ""

    def get_text(self) -> str:
        said = f" “{self.record.said}”" if self.record.said else ""
        words = _(
            "The survey of %(day)s says that something was not kept, or that it has broken out again."
        ) % {"day": self.record.done_on}
        return f"{words}{said}"

    def perform(self, form: BaseForm) -> FollowUp:
        return recording.judge_follow_up(actor=self.actor, id=self.record.pk, **self.values(form))


class SurveySend(ShownOnce, OfFollowUp, ButtonPage):
    """Makes the link of a survey and shows it once."""

    shown_template = "disputes/survey_link.html"

    def perform(self) -> Any:
        return surveys.send_survey(actor=self.actor, id=self.record.pk)

    def get_shown(self) -> dict[str, Any]:
        found, token = self.result
        link = surveys.link_of(found)
        url = self.request.build_absolute_uri(reverse("links:link", args=[token]))
        words = _("%(station)s asks you a short question about the settlement. Please answer here: %(url)s")
        return {
            "link": url,
            "words": words % {"station": found.dispute.station.name, "url": url},
            "last_on": link.last_on if link else None,
            "back_url": self.get_back_url(),
            "about": self.get_about(),
        }


class SurveyWithdraw(OfFollowUp, ButtonPage):
    """Lets the link of a survey work no longer."""

    done_text = gettext_lazy("The link works no longer.")

    def perform(self) -> None:
        surveys.withdraw_survey(actor=self.actor, id=self.record.pk)


class FollowUpRecord(OfFollowUp, MadeFile):
    """The record of a follow-up as a Word file, made anew."""

    permission = Permission.VIEW_DISPUTES

    def get_name(self) -> str:
        return f"{FOLLOW_UP.official_title} {self.record.dispute_id}-{self.record.pk}"

    def make(self, record: FollowUp) -> bytes:
        return make_listing(self.actor, FOLLOW_UP, record_of(self.actor, record))


class DisputeCover(OfFact, MadeFile):
    """Cover and contents of the dispute's file, made anew."""

    def get_name(self) -> str:
        return f"{COVER.official_title} {self.record.pk}"

    def make(self, record: Dispute) -> bytes:
        return make_listing(self.actor, COVER, cover_of(self.actor, record))


def _refused(found: FollowUp) -> str:
    try:
        planning.refuse_ended(found)
    except WrongState as error:
        return str(error)
    return ""
