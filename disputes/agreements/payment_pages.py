"""Pages of payments: recording one, correcting it, taking it back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.agreements import paying
from disputes.agreements.forms import amount_field
from disputes.agreements.pages import NeedsAgreement
from disputes.agreements.performance import Standing, yuan_of
from disputes.agreements.reading import Concluded
from disputes.choices import PaymentWay
from disputes.models import Dispute, Payment
from facts.attachments import attach
from foundation.attachments.reading import LARGEST
from foundation.ids import id_of
from foundation.ui.forms import FORM_KEY, ReasonForm, choices_of, key_of, reason_field, today_field
from foundation.ui.views import ActPage, Compared, CreatePage, FormPage, RecordForm
from foundation.words import Words


class PaymentForm(forms.Form):
    """A payment. ``again`` is asked only where the same one is there already."""

    use_required_attribute = False

    paid_on = today_field(gettext_lazy("Paid on"))
    amount = amount_field(gettext_lazy("Amount (yuan)"))
    number = forms.TypedChoiceField(
        label=gettext_lazy("For which instalment"), coerce=int, empty_value=None, required=False
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How it was paid"), choices=PaymentWay.choices, initial=PaymentWay.TRANSFER
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=paying.LONGEST_REMARK, required=False)
    file = forms.FileField(
        label=gettext_lazy("Proof: photo or file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
    )
    again = forms.BooleanField(
        label=gettext_lazy("This is another payment"), required=False, widget=forms.HiddenInput
    )
    agreement = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


def _instalment(standing: Standing) -> str:
    """Return what an instalment is called where one is chosen."""
    said = {"number": standing.instalment.number, "day": standing.instalment.due_on}
    if not standing.open:
        return _("Instalment %(number)d, due on %(day)s, paid") % said
    owed = f"{yuan_of(standing.open):,}"
    return _("Instalment %(number)d, due on %(day)s, %(owed)s yuan owed") % (said | {"owed": owed})


class CorrectionForm(PaymentForm):
    """What the payment was, and why it is corrected."""

    reason = reason_field()


class PaymentPage(NeedsAgreement, FormPage):
    """A form of a payment, with its proof. ``found`` is its agreement."""

    form_class: Any = PaymentForm
    template_name = "ui/act.html"
    dialog_template = "_confirm.html"
    record: Dispute

    @property
    def found(self) -> Concluded | None:
        """The agreement under which it was made."""
        return self.in_force

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        found, chosen = self.found, form.initial.get("number")
        stands = found.performance_on(timezone.localdate()).standings if found else ()
        numbers = [
            (each.instalment.number, _instalment(each))
            for each in stands
            if each.open or form.is_bound or each.instalment.number == chosen
        ]
        choices_of(form, "number").choices = [("", _("The earliest that is owed")), *numbers]
        if form.data.get("again"):
            form.fields["again"].widget = forms.CheckboxInput()
        return form

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.get_about(), **context)

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        super().take_errors(form, error)
        if "again" in form.errors:
            form.fields["again"].widget = forms.CheckboxInput()

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Return the arguments of the operation, with the proof, which is added to the files of the dispute."""
        values = self.values(form)
        file = values.pop("file", None)
        values["agreement_id"] = values.pop("agreement", None) or 0  # a form that does not say so is stale
        proof: Model | None = None
        if file:
            file.seek(0)
            proof = attach(
                actor=self.actor,
                permission=Permission.RECORD_PAYMENTS,
                model=Dispute,
                id=self.record.pk,
                name=file.name,
                data=file.read(LARGEST + 1),
            )
        return values | {
            "number": values.get("number") or 0,
            "proof_id": proof.pk if proof else 0,
            "form_key": self.key(form),
        }

    def key(self, form: BaseForm) -> str:
        """Return the key that is stored with the payment."""
        return key_of(form.cleaned_data.get(FORM_KEY))


class PaymentRecord(PaymentPage, CreatePage):
    """Record a payment. It begins with what is owed of the earliest instalment, or of the one whose row was clicked."""

    key_is_stored = True
    title = gettext_lazy("Record a payment")
    submit_label = gettext_lazy("Record the payment")
    done_text = gettext_lazy("The payment was recorded.")

    def get_refusal(self) -> Words:
        if words := super().get_refusal():
            return words
        found = self.in_force
        if found and found.agreement.effective_on is None:
            return paying.NOT_SIGNED
        return (
            "" if found and found.total > found.paid else _("Everything is paid: nothing is owed any more.")
        )

    def get_initial(self) -> dict[str, Any]:
        found, number = self.in_force, id_of(self.request.GET.get("number", "")[:4])
        if found is None:
            return super().get_initial()
        stands = found.performance_on(timezone.localdate())
        rows = [each for each in stands.standings if each.open]
        first = next((each for each in rows if each.instalment.number == number), rows[0] if rows else None)
        begin: dict[str, Any] = {"agreement": found.agreement.pk}
        if first:
            way = next(one.way for one in found.instalments if one.number == first.instalment.number)
            named = first.instalment.number if rows and first is not rows[0] else ""
            begin |= {"amount": yuan_of(first.open), "number": named, "way": way}
        return super().get_initial() | begin

    def perform(self, form: BaseForm) -> Payment:
        return paying.record_payment(actor=self.actor, id=self.record.pk, **self.arguments(form))


class OfPayment(NeedsAgreement):
    """A page about one payment, also under an agreement that was replaced since."""

    needs_agreement = False

    @cached_property
    def found(self) -> Concluded:
        """The agreement under which it was made. Raise Http404."""
        found = self.agreements.with_payment(self.kwargs["payment"])
        if found is None:
            raise Http404(f"dispute {self.record.pk} has no payment {self.kwargs['payment']}")
        return found

    @cached_property
    def wrong(self) -> Payment:
        """The payment."""
        return next(each for each in self.found.payments if each.pk == self.kwargs["payment"])

    def get_refusal(self) -> Words:
        return super().get_refusal() or (paying.TAKEN_BACK if self.wrong.taken_back_at else "")


class PaymentCorrect(Compared, OfPayment, PaymentPage, RecordForm):
    """Correct a payment, as it stands now: another one takes its place, and the wrong one stays with the reason."""

    read_with_record = ("agreements", "found", "wrong")
    form_class = CorrectionForm
    title = gettext_lazy("Correct the payment")
    submit_label = gettext_lazy("Correct it")
    done_text = gettext_lazy("The payment was corrected.")

    @cached_property
    def wrong(self) -> Payment:
        found = self.agreements.latest_payment(self.kwargs["payment"])
        if found is None:
            raise Http404(f"dispute {self.record.pk} has no payment {self.kwargs['payment']}")
        return found

    @cached_property
    def found(self) -> Concluded:
        found = self.agreements.with_payment(self.wrong.pk)
        assert found  # it is one of its payments
        return found

    def get_version(self) -> int:  # type: ignore[override]  # the row that stands now
        return self.wrong.pk

    def key(self, form: BaseForm) -> str:
        return self.key_of_content(form)

    def get_initial(self) -> dict[str, Any]:
        wrong = self.wrong
        return super().get_initial() | {
            "paid_on": wrong.paid_on,
            "amount": yuan_of(wrong.fen),
            "number": wrong.number or "",
            "way": wrong.way,
            **self.masked({"remark": wrong.remark}),
        }

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        del form.fields["again"], form.fields["agreement"]
        return form

    def perform(self, form: BaseForm) -> Payment:
        values = self.restored(self.arguments(form), {"remark": self.wrong.remark})
        values.pop("agreement_id")
        return paying.correct_payment(
            actor=self.actor,
            id=self.record.pk,
            payment_id=self.version(form) or self.kwargs["payment"],
            **values,
        )


class PaymentTakeBack(OfPayment, ActPage):
    """Take back a payment that never was."""

    form_class = ReasonForm
    title = gettext_lazy("Take this payment back?")
    text = gettext_lazy("It then counts as never paid. The row stays, with your name and reason.")
    submit_label = gettext_lazy("Take it back")
    done_text = gettext_lazy("The payment was taken back.")
    danger = True

    def get_about(self) -> str:
        return _("%(amount)s yuan of %(day)s") % {
            "amount": f"{yuan_of(self.wrong.fen):,}",
            "day": self.wrong.paid_on.isoformat(),
        }

    def perform(self, form: BaseForm) -> Payment:
        return paying.take_back_payment(
            actor=self.actor, id=self.record.pk, payment_id=self.kwargs["payment"], **self.values(form)
        )
