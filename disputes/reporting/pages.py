"""What officers do with reports of enterprises: read them, take them on, confirm a payment, decline, enter one themselves."""

from typing import Any

from django.forms import BaseForm
from django.http import Http404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.agreements.payment_pages import PaymentRecord
from disputes.models import Dispute, EnterpriseReport, Payment
from disputes.people.masking import masked
from disputes.people.sealed import shown
from disputes.reporting import answering, submitting
from disputes.reporting.forms import DeclineForm, EnteredReportForm, TakeForm
from disputes.reporting.own_pages import ReportFile
from disputes.reporting.tables import TITLE, Reports
from disputes.selectors import list_disputes, open_disputes, proposed_deadline
from facts.selectors import enterprise_or_none
from foundation.accounts.access import allows
from foundation.ui.forms import FORM_KEY, choices_of, key_of
from foundation.ui.views import ActPage, Button, CreatePage, Crumb, OfRecord, RecordPage
from foundation.words import Words, sentences

MOST_OFFERED = 50
SHOWN = 400  # characters of what the enterprise wrote


class OfReport(OfRecord):
    """A page about one report."""

    record: EnterpriseReport

    def find_record(self) -> EnterpriseReport:
        return submitting.get_report(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("disputes:report", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [
            Crumb(gettext_lazy("Disputes"), reverse("disputes:list")),
            Crumb(TITLE, reverse("disputes:reports")),
        ]

    def get_about(self) -> str:
        return f"{self.record.title} · {self.record.enterprise.name}"


class ReportPage(OfReport, RecordPage):
    """What an enterprise told, with what the station can answer. Whom to call is shown; who is named in its words is masked."""

    permission = Permission.VIEW_DISPUTES
    template_name = "disputes/reporting/report.html"

    def get_title(self) -> Words:
        return self.record.title

    @cached_property
    def dispute(self) -> Dispute | None:
        """The dispute it belongs to, or was taken on as."""
        return answering.surviving(self.actor, self.record.dispute_id) if self.record.dispute_id else None

    def get_buttons(self) -> list[Button]:
        report = self.record
        if not report.waits or not allows(self.actor, Permission.ANSWER_REPORTS):
            return []
        decline = Button(
            _("Decline it"), reverse("disputes:report_decline", args=[report.pk]), "ban", is_primary=False
        )
        if not report.is_payment:
            url = reverse("disputes:report_take", args=[report.pk])
            return [Button(_("Take it on"), url, "circle-check"), decline]
        if self.dispute is None:
            return [decline]
        url = reverse("disputes:report_payment", args=[self.dispute.pk, report.pk])
        return [Button(_("Record this payment"), url, "cash"), decline]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report, file = self.record, answering.file_of(self.record)
        people = answering.named_in(self.actor, self.dispute)
        return super().get_context_data(
            report=report,
            dispute=self.dispute,
            said=masked(report.said, people),
            phone=shown(report.sealed_phone),
            file_name=masked(file.name, people) if file else "",
            **context,
        )


class ReportTake(OfReport, ActPage):
    """Take a report on as a dispute: a new one, or one of the enterprise that is led already."""

    permission = Permission.ANSWER_REPORTS
    form_class = TakeForm
    title = gettext_lazy("Take it on")
    text = gettext_lazy(
        "The enterprise reads in its portal that you lead it, and sees stage and days from then on."
    )
    submit_label = gettext_lazy("Take it on")
    done_text = gettext_lazy("Taken on. The enterprise has been told.")
    result: EnterpriseReport

    def get_refusal(self) -> Words:
        return "" if self.record.waits else _("It was answered already.")

    def get_initial(self) -> dict[str, Any]:
        report = self.record
        parts = []  # a dispute shows its kind before its title
        if report.people:
            parts.append(_("%(number)d people") % {"number": report.people})
        if report.amount:
            parts.append(_("%(amount)s yuan") % {"amount": f"{report.amount:,.2f}".removesuffix(".00")})
        return super().get_initial() | {
            "summary": _(", ").join(parts) or report.get_kind_display(),
            "opened_on": report.told_on,
            "due_on": max(proposed_deadline(self.actor, report.told_on), timezone.localdate()),
        }

    def get_text(self) -> str:
        """What follows from it, and what the enterprise wrote: a title is made of it."""
        said = masked(self.record.said, answering.named_in(self.actor, None))
        return sentences(self.text, f"“{Truncator(said).chars(SHOWN)}”") if said else str(self.text)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        rows = list_disputes(self.actor, enterprise_id=self.record.enterprise_id).filter(open_disputes())
        led = [
            (str(each.pk), _("belongs to: %(dispute)s") % {"dispute": f"{each} · {each.opened_on}"})
            for each in rows.select_related(None)[:MOST_OFFERED]
        ]
        choices_of(form, "into").choices = [("", _("a new dispute")), *led]
        if not led:
            del form.fields["into"]
        return form

    def get_success_url(self) -> str:
        return reverse("disputes:detail", args=[self.result.dispute_id])

    def perform(self, form: BaseForm) -> EnterpriseReport:
        return answering.take_on(actor=self.actor, id=self.record.pk, **self.values(form))


class ReportDecline(OfReport, ActPage):
    """Decline a report, with a reason."""

    permission = Permission.ANSWER_REPORTS
    form_class = DeclineForm
    title = gettext_lazy("Decline it?")
    text = gettext_lazy("The enterprise reads the reason in its portal. What it sent stays on record.")
    submit_label = gettext_lazy("Decline it")
    done_text = gettext_lazy("Declined. The enterprise has been told.")
    danger = True

    def get_refusal(self) -> Words:
        return "" if self.record.waits else _("It was answered already.")

    def perform(self, form: BaseForm) -> EnterpriseReport:
        return answering.decline(actor=self.actor, id=self.record.pk, **self.values(form))


class ReportPayment(PaymentRecord):
    """Record the payment that a proof of the enterprise shows. The form begins with what it says."""

    title = gettext_lazy("Record this payment")

    @cached_property
    def report(self) -> EnterpriseReport:
        found = submitting.get_report(self.actor, self.kwargs["report"])
        dispute = answering.surviving(self.actor, found.dispute_id) if found.is_payment else None
        if dispute is None or dispute.pk != self.record.pk:
            raise Http404(f"report {found.pk} is no proof for this dispute")
        return found

    def get_refusal(self) -> Words:
        return (_("It was answered already.") if not self.report.waits else "") or super().get_refusal()

    def get_initial(self) -> dict[str, Any]:
        report = self.report
        return super().get_initial() | {
            "amount": report.amount,
            "paid_on": report.happened_on,
            "way": report.paid_by,
            "number": "",
            "remark": _("Proof %(number)s of the enterprise") % {"number": report.number},
        }

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        del form.fields["file"]
        return form

    def perform(self, form: BaseForm) -> Payment:
        values = self.arguments(form)
        for name in ("proof_id", "form_key"):
            values.pop(name)
        return answering.confirm_payment(
            actor=self.actor, id=self.report.pk, dispute_id=self.record.pk, **values
        )


class ReportCreate(CreatePage):
    """Enter what an enterprise told on signed paper or by telephone."""

    permission = Permission.RECORD_DISPUTES
    form_class: Any = EnteredReportForm
    title = gettext_lazy("Enter what an enterprise reports")
    text = gettext_lazy(
        "From signed paper or a call. The enterprise reads it in its portal, with your name as who entered it."
    )
    done_text = gettext_lazy("Recorded. Now take it on, or decline it.")
    key_is_stored = True
    result: EnterpriseReport

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        named = self.given("enterprise")
        asked = enterprise_or_none(self.actor, named)
        if named and asked is None:
            raise Http404("another enterprise")
        return super().get_initial() | ({"enterprise": asked} if asked else {})

    def get_trail(self) -> list[Crumb]:
        return [
            Crumb(gettext_lazy("Disputes"), reverse("disputes:list")),
            Crumb(TITLE, reverse("disputes:reports")),
        ]

    def get_back_url(self) -> str:
        return reverse("disputes:reports")

    def get_success_url(self) -> str:
        return reverse("disputes:report", args=[self.result.pk])

    def perform(self, form: BaseForm) -> EnterpriseReport:
        values = self.values(form)
        enterprise = values.pop("enterprise")
        return submitting.report_dispute(
            actor=self.actor,
            enterprise_id=enterprise.pk,
            key=key_of(form.cleaned_data.get(FORM_KEY)),
            **values,
        )


def report_urls(pages: Any) -> list[URLPattern]:
    """Return the addresses of these pages."""
    one = "reports/<int:id>/"
    return [
        path("reports/", Reports.as_view(), name="reports"),
        path("reports/new/", ReportCreate.as_view(), name="report_create"),
        path(one, ReportPage.as_view(), name="report"),
        path(f"{one}file/", ReportFile.as_view(permission=Permission.VIEW_DISPUTES), name="report_file"),
        path(f"{one}take/", ReportTake.as_view(), name="report_take"),
        path(f"{one}decline/", ReportDecline.as_view(), name="report_decline"),
        path(
            "<int:id>/payments/proof/<int:report>/",
            ReportPayment.as_view(pages=pages, permission=Permission.RECORD_PAYMENTS),
            name="report_payment",
        ),
    ]
