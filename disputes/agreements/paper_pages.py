"""Issuing the papers of an agreement: a dialog that says what is issued, then the paper."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from disputes.agreements import issuing
from disputes.agreements.pages import NeedsAgreement
from foundation.ui.forms import FORM_KEY, key_of
from foundation.ui.views import CreatePage
from foundation.words import Words
from papers.models import Paper
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import letterhead_of


class PaperPage(NeedsAgreement, CreatePage):
    """Issue one paper. Leads to it; also if it was issued before and nothing has changed since."""

    form_class: Any = forms.Form
    template_name = "ui/act.html"
    dialog_template = "_confirm.html"
    key_is_stored = True
    submit_label = gettext_lazy("Issue")
    done_text = ""
    text = gettext_lazy(
        "It gets its number and today's date, and is kept as it is. What changes later is its next version."
    )

    def get_refusal(self) -> Words:
        return super().get_refusal() or ("" if letterhead_of(self.actor.station_id) else NO_LETTERHEAD)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def key(self, form: BaseForm) -> str:
        return key_of(form.cleaned_data.get(FORM_KEY))

    def get_success_url(self) -> str:
        return reverse("papers:paper", args=[self.result.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.get_about(), **context)


class AgreementPaper(PaperPage):
    """The agreement on paper, in the form of its kind."""

    title = gettext_lazy("Issue the paper of the agreement")

    def perform(self, form: BaseForm) -> Paper:
        return issuing.issue_agreement(
            actor=self.actor,
            id=self.record.pk,
            agreement_id=self.kwargs["agreement"],
            form_key=self.key(form),
        )


class ConfirmationPaper(PaperPage):
    """The joint request for judicial confirmation."""

    title = gettext_lazy("Issue the request to the court")

    def perform(self, form: BaseForm) -> Paper:
        return issuing.issue_request(
            actor=self.actor,
            id=self.record.pk,
            agreement_id=self.kwargs["agreement"],
            form_key=self.key(form),
        )


class PaymentReceipt(PaperPage):
    """The receipt of a payment."""

    title = gettext_lazy("Issue the receipt")
    needs_agreement = False  # also of a payment under one that was replaced

    def perform(self, form: BaseForm) -> Paper:
        return issuing.issue_receipt(
            actor=self.actor, id=self.record.pk, payment_id=self.kwargs["payment"], form_key=self.key(form)
        )
