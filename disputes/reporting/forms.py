"""The forms of what an enterprise tells: in its portal, entered by an officer, and the station's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.agreements.forms import amount_field
from disputes.choices import PaymentWay, ReportAbout, ReportWay
from disputes.kinds import offered_kinds
from disputes.reporting.submitting import LONGEST, LONGEST_NAME, LONGEST_PHONE
from enterprises.pickers import EnterpriseField
from foundation.accounts.actors import Actor
from foundation.ui.forms import day_field, reason_field, today_field

NEW = ""  # of ``into``: the report becomes a dispute of its own


class OwnReportForm(forms.Form):
    """A dispute that the enterprise reports, or its request for mediation. One screen."""

    use_required_attribute = False
    half: tuple[str, ...] = ("people", "amount", "happened_on", "kind", "contact", "phone")

    about = forms.ChoiceField(
        label=_("What do you want?"),
        choices=[
            (ReportAbout.DISPUTE.value, _("Report a dispute, so that the station knows")),
            (ReportAbout.MEDIATION.value, _("Ask the station to mediate")),
        ],
        widget=forms.RadioSelect,
        initial=ReportAbout.DISPUTE,
    )
    said = forms.CharField(
        label=_("What happened?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who demands what from whom, and since when. Identity numbers are not needed here."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of dispute"), choices=lambda: [("", _("Choose")), *offered_kinds()]
    )
    happened_on = day_field(_("It began on"), required=False)
    people = forms.IntegerField(
        label=_("How many people"),
        required=False,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    amount = amount_field(_("How much money (yuan)"), required=False)
    contact = forms.CharField(label=_("Whom to call"), max_length=LONGEST_NAME, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=LONGEST_PHONE,
        error_messages={"required": _("Enter the number under which the station can reach you.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class EnteredReportForm(OwnReportForm):
    """The same as an officer enters it: from signed paper or a call."""

    half = (*OwnReportForm.half, "by", "told_on")

    way = forms.ChoiceField(
        label=pgettext_lazy("report", "How it came"),
        choices=[each for each in ReportWay.choices if each[0] != ReportWay.PORTAL],
        widget=forms.RadioSelect,
        initial=ReportWay.CALL,
    )
    by = forms.CharField(label=_("Who told it"), max_length=LONGEST_NAME, required=False)
    told_on = today_field(_("Told on"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        first: dict[str, forms.Field] = {"enterprise": EnterpriseField(actor=actor, in_address=True)}
        first |= {name: self.fields.pop(name) for name in ("way", "by", "told_on")}
        self.fields = {**first, **self.fields}
        self.fields["phone"].required = False  # the officer was told already, and knows whom to ask
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.label = _("What the enterprise wants")
        about.choices = [each for each in ReportAbout.choices if each[0] != ReportAbout.PAYMENT]


class OwnPaymentForm(forms.Form):
    """A payment that the enterprise made, with its proof."""

    use_required_attribute = False
    half = ("amount", "paid_on")

    amount = amount_field(_("Amount (yuan)"))
    paid_on = today_field(_("Paid on"))
    way = forms.ChoiceField(
        label=_("How it was paid"), choices=PaymentWay.choices, initial=PaymentWay.TRANSFER
    )
    file = forms.FileField(
        label=_("Proof: photo or PDF"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
        help_text=_("The receipt of the bank, the list with signatures, or a screenshot."),
    )
    remark = forms.CharField(
        label=_("Remark"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=pgettext_lazy("proof of payment", "For whom it was, if not for all"),
    )


class TakeForm(forms.Form):
    """What the report is taken on as."""

    use_required_attribute = False

    into = forms.TypedChoiceField(
        label=_("Take it on as"), coerce=int, empty_value=None, required=False, widget=forms.Select
    )
    summary = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("What it is about, without a name: it stands in lists."),
    )
    opened_on = day_field(_("Opened on"), required=False)
    due_on = day_field(_("To be settled by"), required=False)


class DeclineForm(forms.Form):
    """Why a report is declined."""

    reason = reason_field(help_text=_("The enterprise reads it."))
