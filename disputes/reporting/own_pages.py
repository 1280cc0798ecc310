"""What an enterprise's people do about disputes in their portal: report one, ask for mediation, prove a payment."""

from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.access import Permission
from disputes.models import DisputeSide, EnterpriseReport
from disputes.people.sealed import shown
from disputes.reporting import submitting
from disputes.reporting.answering import file_of
from disputes.reporting.forms import OwnPaymentForm, OwnReportForm
from enterprises.concerned import contact_of
from enterprises.selectors import own_inactivity
from facts.attachments import AWAY
from facts.models import Attachment
from facts.staff.files import FileShow
from foundation.accounts.models import User
from foundation.attachments.reading import LARGEST
from foundation.ui.forms import FORM_KEY, key_of
from foundation.ui.views import CreatePage, Crumb, OfRecord, RecordPage
from foundation.words import Words

TITLE = pgettext_lazy("portal", "Disputes")


class OwnReporting(CreatePage):
    """A form that tells the station something. It is answered by a receipt."""

    permission = Permission.REPORT_OWN
    key_is_stored = True
    result: EnterpriseReport

    def refusal(self) -> Words:
        """Return why nothing can be told; empty if it can."""
        return str(AWAY) if own_inactivity(self.actor) is not None else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("disputes:own_disputes")

    def get_success_url(self) -> str:
        return reverse("disputes:own_report", args=[self.result.pk])


class OwnReportCreate(OwnReporting):
    """Report a dispute, or ask for mediation."""

    form_class = OwnReportForm
    title = _("Report a dispute")
    text = _(
        "Your police station reads it and answers here. Report early: what has just begun is settled soonest."
    )
    submit_label = _("Send to the station")
    done_text = _("The station has your report.")

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        return super().get_initial() | {"contact": self.actor.name, "phone": user.phone}

    def perform(self, form: BaseForm) -> EnterpriseReport:
        return submitting.report_dispute(
            actor=self.actor,
            enterprise_id=self.actor.enterprise_id or 0,
            key=key_of(form.cleaned_data.get(FORM_KEY)),
            **self.values(form),
        )


class OwnPayment(OwnReporting, OfRecord):
    """Send the proof of a payment in a dispute in which the enterprise owes something."""

    form_class = OwnPaymentForm
    template_name = "disputes/reporting/own_payment.html"
    title = _("Send proof of a payment")
    text = _("The station checks it and records the payment. Until then you still owe the amount.")
    submit_label = _("Send to the station")
    done_text = _("The station has your proof of payment.")
    record: DisputeSide

    def find_record(self) -> DisputeSide:
        return submitting.get_own_side(self.actor, self.kwargs["id"])

    def refusal(self) -> Words:
        return super().refusal() or submitting.refusal_to_prove(self.record)

    def perform(self, form: BaseForm) -> EnterpriseReport:
        values = self.values(form)
        file = values.pop("file")
        file.seek(0)
        return submitting.report_payment(
            actor=self.actor,
            dispute_id=self.record.dispute_id,
            key=key_of(form.cleaned_data.get(FORM_KEY)),
            name=file.name,
            data=file.read(LARGEST + 1),
            **values,
        )


class OwnReport(RecordPage):
    """The receipt of a report: its number, what was told, what happens next, and what the station answered."""

    permission = Permission.REPORT_OWN
    template_name = "disputes/reporting/own_report.html"
    record: EnterpriseReport

    def find_record(self) -> EnterpriseReport:
        return submitting.get_report(self.actor, self.kwargs["id"])

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("disputes:own_disputes"))]

    @cached_property
    def whom(self) -> Any:
        """Whom the enterprise can ask. The foot of the page need not read it again."""
        found = contact_of(self.actor)
        self.request.contact = found  # type: ignore[attr-defined]
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report, file = self.record, file_of(self.record)
        return super().get_context_data(
            report=report,
            said=report.said,
            phone=shown(report.sealed_phone),
            file_name=file.name if file else "",
            whom=self.whom,
            **context,
        )


class ReportFile(FileShow):
    """The photo or file of a proof of payment, for whoever sees the report."""

    def find_record(self) -> Any:
        return submitting.get_report(self.actor, self.kwargs["id"])

    def find_file(self) -> Attachment:
        found = file_of(self.record)
        if found is None:
            raise Http404(f"report {self.record.pk} has no file")
        return found


def own_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("own/report/", OwnReportCreate.as_view(), name="own_report_create"),
        path("own/reports/<int:id>/", OwnReport.as_view(), name="own_report"),
        path(
            "own/reports/<int:id>/file/",
            ReportFile.as_view(permission=Permission.REPORT_OWN),
            name="own_report_file",
        ),
        path("own/<int:id>/payment/", OwnPayment.as_view(), name="own_payment"),
    ]
