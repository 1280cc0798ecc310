"""Inspections in the portal of the enterprise: what was found, by whom, the papers; reading, replying, complaining."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from enterprises.selectors import own_inactivity
from facts.attachments import list_attachments
from facts.staff.files import FileShow, attach_all, files_field
from foundation.ui.views import ButtonPage, CreatePage, Crumb, OfRecord, Page, RecordPage
from foundation.words import Words
from inspections import complaining, replies
from inspections.access import Permission
from inspections.checklists.answering import answers_of, record_of
from inspections.checklists.content import Answered
from inspections.choices import ReplyKind
from inspections.lives import HAZARD_LIFE
from inspections.models import Complaint, Inspection, Reply
from inspections.records import papers_about
from inspections.selectors import ANSWERED_WITHIN, hazards_of
from inspections.signing import signings_of
from inspections.staff.tables import CONCLUSION_TONES

SHOWN = 20  # inspections of a page
TITLE = _("Inspections by the police")


class OfOwnInspection(OfRecord):
    """A page about an inspection of the own enterprise."""

    pages: Any = None  # those of inspections, as the pages of files ask for them
    record: Inspection

    def find_record(self) -> Inspection:
        return replies.get_own_inspection(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("inspections:own_inspection", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:own_inspections")), Crumb(self.record, self.get_back_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(fact=self.record, **context)


class OwnInspections(Page, TemplateView):
    """The inspections of the own enterprise, the latest first, and to which of them it has replied."""

    permission = Permission.VIEW_OWN_INSPECTIONS
    title = TITLE
    template_name = "inspections/own_inspections.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = Paginator(replies.own_inspections(self.actor), SHOWN).get_page(self.request.GET.get("page"))
        shown = list(page.object_list)
        said = replies.kinds_of(shown)
        asked_since = timezone.localdate() - ANSWERED_WITHIN  # nobody asks for a word about older ones
        rows = [
            {
                "inspection": each,
                "tone": CONCLUSION_TONES.get(each.conclusion, ""),
                "said": said.get(each.pk, set()),
                "is_asked": each.inspected_on >= asked_since,
            }
            for each in shown
        ]
        return super().get_context_data(page=page, inspections=rows, **context)


class OwnInspection(OfOwnInspection, RecordPage):
    """One inspection: what failed first, then who inspected, the papers, what was replied, and complaints."""

    permission = Permission.VIEW_OWN_INSPECTIONS
    template_name = "inspections/own_inspection.html"

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:1]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        actor, inspection = self.actor, self.record
        hazards = hazards_of(actor, inspection)
        items = answers_of(actor, inspection)
        said = replies.replies_to(inspection)
        complaints = complaining.complaints_about(actor, inspection)
        return super().get_context_data(
            tone=CONCLUSION_TONES.get(inspection.conclusion, ""),
            hazards=[(each, HAZARD_LIFE.tone(each.state)) for each in hazards],
            checked=record_of(actor, inspection),
            items=[each for each in items if each.answer and each.answer != Answered.FAIL],
            signing=next(iter(signings_of(actor, inspection)), None),
            papers=list(dict.fromkeys(papers_about(actor, inspection, hazards).values())),
            has_read=next((each for each in said if each.kind == ReplyKind.READ), None),
            replies=[each for each in said if each.kind == ReplyKind.REPLY],
            reply_due_on=replies.reply_due_on(actor, inspection),
            files=[each for each in list_attachments(actor, inspection) if not each.is_voided],
            complaints=complaints,
            may_complain=all(each.answered_at for each in complaints),
            is_away=own_inactivity(actor) is not None,
            **context,
        )


class OwnInspectionRead(OfOwnInspection, ButtonPage):
    """Confirm that the enterprise has read the inspection."""

    permission = Permission.REPLY_TO_INSPECTIONS
    done_text = _("You confirmed that you have read it. The station sees it.")

    def perform(self) -> Reply:
        return replies.confirm_read(actor=self.actor, id=self.record.pk)


class ReplyForm(forms.Form):
    """The words of a reply."""

    said = forms.CharField(
        label=_("Your reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), required=False
    )


class OwnInspectionReply(OfOwnInspection, CreatePage):
    """Reply to the inspection, with photos."""

    permission = Permission.REPLY_TO_INSPECTIONS
    form_class: Any = ReplyForm
    title = _("Reply to the inspection")
    submit_label = _("Send the reply")
    done_text = _("Your reply was sent to the station.")

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields["file"] = files_field(_("Photos or files"), required=False)
        return form

    def get_text(self) -> Words:
        due_on = replies.reply_due_on(self.actor, self.record)
        words = _("Reply until %(day)s. A later reply is taken, too, and marked as late.")
        return words % {"day": due_on.isoformat()} if due_on else ""

    def perform(self, form: BaseForm) -> Reply:
        values = self.values(form)
        files = values.pop("file", None) or []
        made = replies.reply_to(actor=self.actor, id=self.record.pk, **values)
        attach_all(self, files, permission=self.permission)  # type: ignore[arg-type]  # it has what is asked
        return made


class ComplaintForm(forms.Form):
    """What was wrong."""

    said = forms.CharField(
        label=pgettext_lazy("complaint", "What was wrong"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class OwnInspectionComplain(OfOwnInspection, CreatePage):
    """Complain about the inspection."""

    permission = Permission.COMPLAIN
    form_class = ComplaintForm
    title = _("Complain about the inspection")
    submit_label = _("Send the complaint")
    done_text = _("Your complaint was sent. The answer stands here.")
    text = _(
        "It goes to a station chief who did not inspect, else to the bureau. The officers who inspected do not see it."
    )

    def perform(self, form: BaseForm) -> Complaint:
        return complaining.complain(actor=self.actor, id=self.record.pk, **self.values(form))


class OwnInspectionFile(FileShow):
    """A photo or file that the enterprise added to its reply."""

    def find_record(self) -> Inspection:
        return replies.get_own_inspection(self.actor, self.kwargs["id"])


def own_urls(pages: Any) -> list[URLPattern]:
    """Return the addresses of these pages."""
    own = "own/<int:id>/"
    return [
        path("own/", OwnInspections.as_view(), name="own_inspections"),
        path(own, OwnInspection.as_view(), name="own_inspection"),
        path(f"{own}read/", OwnInspectionRead.as_view(), name="own_inspection_read"),
        path(f"{own}reply/", OwnInspectionReply.as_view(pages=pages), name="own_inspection_reply"),
        path(f"{own}complain/", OwnInspectionComplain.as_view(), name="own_inspection_complain"),
        path(
            f"{own}files/<int:file>/",
            OwnInspectionFile.as_view(pages=pages, permission=Permission.VIEW_OWN_INSPECTIONS),
            name="own_inspection_file",
        ),
    ]
