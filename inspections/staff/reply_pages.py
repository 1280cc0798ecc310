"""What the police do with replies and complaints: entering a reply from paper or a call, answering a complaint."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from facts.operations import VOIDED
from facts.staff.files import attach_all, files_field
from facts.staff.views import OfFact
from foundation.ui.views import CreatePage, Crumb, OfRecord, Page, SentOnce
from inspections import complaining, replies
from inspections.access import Permission
from inspections.calling import person_to_call
from inspections.choices import ReplyWay
from inspections.models import Complaint, Inspection, Reply

COMPLAINTS = _("Complaints about inspections")


class EnteredReplyForm(forms.Form):
    """A reply of the enterprise that came on paper or by telephone."""

    way = forms.ChoiceField(
        label=_("How it came"),
        choices=[each for each in ReplyWay.choices if each[0] != ReplyWay.PORTAL],
        widget=forms.RadioSelect,
        initial=ReplyWay.CALL,
    )
    by = forms.CharField(label=_("Who of the enterprise replied"), max_length=80)
    said = forms.CharField(
        label=_("What was replied"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


class InspectionReply(OfFact, CreatePage):
    """Enter what the enterprise replied on paper or by telephone, with a photo of the paper."""

    permission = Permission.ENTER_REPLIES
    form_class: Any = EnteredReplyForm
    title = _("Enter the enterprise's reply")
    done_text = _("The reply was recorded.")
    text = _("The enterprise reads it in its portal, with your name as who entered it.")
    record: Inspection

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"by": person_to_call(self.record.enterprise)}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields["file"] = files_field(_("Photo of the paper, or other files"), required=False)
        return form

    def perform(self, form: BaseForm) -> Reply:
        values = self.values(form)
        files = values.pop("file", None) or []
        made = replies.reply_to(actor=self.actor, id=self.record.pk, **values)
        attach_all(self, files, permission=Permission.RECORD_INSPECTIONS)
        return made


class Complaints(Page, TemplateView):
    """The complaints that the reader answers: those that wait first."""

    permission = Permission.ANSWER_COMPLAINTS
    title = COMPLAINTS
    template_name = "inspections/complaints.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(complaints=complaining.list_complaints(self.actor), **context)


class AnswerForm(forms.Form):
    """The answer to a complaint."""

    answer = forms.CharField(label=_("Answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))


class ComplaintPage(OfRecord, SentOnce):
    """One complaint and its answer, or the form to answer it."""

    permission = Permission.ANSWER_COMPLAINTS
    form_class = AnswerForm
    template_name = "inspections/complaint.html"
    title = _("Complaint about an inspection")
    submit_label = _("Answer")
    done_text = _("The complaint was answered. The enterprise reads it in its portal.")
    record: Complaint

    def find_record(self) -> Complaint:
        return complaining.get_complaint(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("inspections:complaints")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(COMPLAINTS, self.get_back_url()), Crumb(self.record.enterprise.name)]

    def perform(self, form: BaseForm) -> Complaint:
        return complaining.answer_complaint(actor=self.actor, id=self.record.pk, **self.values(form))


def reply_urls(pages: Any) -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("<int:id>/reply/", InspectionReply.as_view(pages=pages), name="inspection_reply"),
        path("complaints/", Complaints.as_view(), name="complaints"),
        path("complaints/<int:id>/", ComplaintPage.as_view(), name="complaint"),
    ]
