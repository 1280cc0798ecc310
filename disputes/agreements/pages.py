"""Pages of an agreement: recording it, signing it, settling by it, voiding it, and the court's confirmation."""

from collections.abc import Sequence
from typing import Any

import structlog
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.agreements import (
    checking,
    concluding,
    locking,
    settling,
    signing,
    sweeping,
    undoing,
)
from disputes.agreements.forms import ROWS, AgreementForm, ProposalForm, row_count
from disputes.agreements.performance import yuan_of
from disputes.agreements.reading import Agreements, Concluded, agreement_of, agreements_of
from disputes.agreements.sign_form import SignForm
from disputes.choices import AgreementKind, SignedOn
from disputes.mediation.choices import WayKind
from disputes.mediation.ways import session_days, way_on, ways_of
from disputes.models import Agreement, Dispute
from disputes.staff.masked import MaskedForm
from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.accounts.access import WrongState
from foundation.accounts.models import User
from foundation.attachments.reading import LARGEST, too_large
from foundation.downloads import private_file
from foundation.faults import by_field
from foundation.ui.forms import FORM_KEY, ReasonForm, day_field, key_of, raw_values, renew, take_errors
from foundation.ui.views import ActPage, CreatePage, Difference, Page, SentOnce, in_words
from foundation.words import Words, labelled

logger = structlog.get_logger(__name__)
LOST = gettext_lazy("This file is lost. Tell whoever runs Anqi.")
SHOWN = "agreement"  # the field with the agreement that a page showed
DIVIDE, ADD_ROW = "divide", "add_row"  # buttons that change the rows of the form and save nothing


class OfDisputePage(MaskedForm, OfFact):
    """A page about a dispute and its agreement. Its parties are masked; the papers name them."""

    record: Dispute

    @cached_property
    def agreements(self) -> Agreements:
        return agreements_of(self.record)

    @property
    def in_force(self) -> Concluded | None:
        return self.agreements.in_force

    def get_back_url(self) -> str:
        return f"{super().get_back_url()}#agreement" if self.in_force else super().get_back_url()

    def get_refusal(self) -> Words:
        return VOIDED if self.record.is_voided else ""


class NeedsAgreement(OfDisputePage):
    """A page that needs an agreement in force."""

    needs_agreement = True

    def get_refusal(self) -> Words:
        words = super().get_refusal()
        return words or ("" if self.in_force or not self.needs_agreement else locking.NONE_IN_FORCE)


class OnShown(NeedsAgreement):
    """An act on the agreement in force. Its form carries which one was shown, so that a stale page is refused."""

    def get_form(self, form_class: Any = None) -> BaseForm:
        form: BaseForm = super().get_form(form_class)  # type: ignore[misc]
        form.fields[SHOWN] = forms.IntegerField(
            required=False,
            widget=forms.HiddenInput,
            initial=self.in_force.agreement.pk if self.in_force else 0,
        )
        return form

    def values(self, form: BaseForm) -> dict[str, Any]:
        """Return the arguments of the operation. A form that does not say what it showed is stale."""
        found: dict[str, Any] = super().values(form)  # type: ignore[misc]
        return found | {"agreement_id": found.pop(SHOWN, None) or 0}


class AgreementCreate(OfDisputePage, CreatePage):
    """Record what the sides agreed; where an agreement is in force, the one that follows it."""

    form_class: Any = AgreementForm
    template_name = "disputes/agreements/agreement.html"
    key_is_stored = True
    submit_label = gettext_lazy("Record the agreement")
    done_text = gettext_lazy("The agreement was recorded.")
    proposal_errors: Sequence[str] = ()
    is_computed = False  # the rows shown are the server's answer to what was typed
    others: Sequence[Difference] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    @cached_property
    def replaced(self) -> Concluded | None:
        """The agreement that the one of this form follows. Of a form that is sent again that is not its own."""
        found = self.in_force
        key = key_of(self.request.POST.get(FORM_KEY))
        if found is None or not key or found.agreement.form_key != key:
            return found
        before = found.agreement.replaces_id
        return next((each for each in self.agreements.all if each.agreement.pk == before), None)

    def get_title(self) -> Words:
        return _("Agree anew, or correct the agreement") if self.replaced else _("Record the agreement")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"replaces": self.replaced is not None}

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        begin: dict[str, Any] = self.get_initial_of_way(user) | {
            "presided_by": self.actor.name,
            "total": self.record.amount,
            ROWS: 1,
        }
        if found := self.replaced:
            before = found.agreement
            names = (
                "kind",
                "place",
                "presided_by",
                "presided_number",
                "organisation",
                "mediators",
                "witnesses",
            )
            more = ("concluded_on", "facts", "terms", "debtor", "creditor", "copies")
            begin |= self.masked({name: getattr(before, name) for name in (*names, *more)})
            begin |= {
                "replaces": before.pk,
                "third_signs": "third" in before.signers,
                ROWS: len(found.instalments),
            }
            begin["total"] = yuan_of(found.total) if found.total else None
            for each in found.instalments:
                n = each.number
                begin |= {
                    f"due_on_{n}": each.due_on,
                    f"amount_{n}": yuan_of(each.fen),
                    f"way_{n}": each.way,
                }
        return super().get_initial() | begin

    def get_initial_of_way(self, user: User) -> dict[str, Any]:
        """Return the kind of agreement to which the way leads, and who mediates by it; nothing before a way is chosen."""
        way = way_on(ways_of(self.record), timezone.localdate())
        if way is not None and way.kind == WayKind.PUBLIC_SECURITY:
            kind = AgreementKind.ON_THE_SPOT if way.on_the_spot else AgreementKind.SECURITY
            return {
                "kind": kind,
                "organisation": self.record.station.name,
                "presided_number": user.police_number,
            }
        if way is not None and way.kind == WayKind.PEOPLES:
            return {
                "kind": AgreementKind.ORAL if way.oral else AgreementKind.PEOPLES,
                "organisation": way.body,
            }
        return {}

    # --- rows ---

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if {DIVIDE, ADD_ROW} & set(request.POST) and not self.shown_again and not self.other_role:
            return self.with_other_rows(request.POST)
        return super().post(request, *args, **kwargs)

    def with_other_rows(self, typed: QueryDict) -> HttpResponse:
        """Show the form with what was typed and other rows of instalments. Nothing is checked or saved."""
        values: dict[str, Any] = {
            name: value for name, value in typed.items() if name not in (DIVIDE, ADD_ROW)
        }
        status = 200
        if ADD_ROW in typed:
            values[ROWS] = row_count(values) + 1
        else:
            proposal, problems = ProposalForm(typed), ValidationError({})
            if proposal.is_valid():
                try:
                    values = {
                        name: value
                        for name, value in values.items()
                        if not name.startswith(("due_on_", "amount_"))
                    } | proposal.rows()
                except ValidationError as error:
                    problems = error
            else:
                problems = ValidationError(proposal.errors.as_data())
            self.proposal_errors = [
                labelled(AgreementForm.base_fields[name].label, " ".join(ValidationError(found).messages))
                for name, found in by_field(problems).items()
            ]
            status = 422 if self.proposal_errors else 200
        self.is_computed = True
        form = AgreementForm(initial=values, replaces=self.replaced is not None)
        self.add_guards(form, typed)
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def add_guards(self, form: BaseForm, typed: QueryDict) -> None:
        """Give a form that is shown again the hidden fields of the kit, with what was sent."""
        for name, field in self.get_form().fields.items():
            if name not in form.fields and not name.startswith(("due_on_", "amount_", "way_")):
                form.fields[name] = field
                form.initial[name] = typed.get(name, field.initial)

    # --- the operation ---

    def perform(self, form: Any) -> Agreement:
        given = dict(form.cleaned_data)
        names = (
            "kind",
            "concluded_on",
            "total",
            "debtor",
            "creditor",
            "presided_number",
            "copies",
            "third_signs",
        )
        values: dict[str, Any] = {name: given.get(name) for name in (*names, *checking.LONGEST)}
        if self.replaced is not None:
            before = self.replaced.agreement
            values = self.restored(values, {name: getattr(before, name) for name in checking.LONGEST})
            values |= {name: given.get(name) for name in ("replaces", "ended_as", "end_reason")}
        return concluding.conclude_agreement(
            actor=self.actor,
            id=self.record.pk,
            instalments=form.instalments(),
            form_key=key_of(given.get(FORM_KEY)),
            **values,
        )

    def take_refusal(self, form: BaseForm, error: WrongState) -> None:
        """Where somebody else was quicker, show what is agreed now beside what was typed. Saved again, it follows that one."""
        now = self.replaced
        if now is None or form.cleaned_data.get("replaces") == now.agreement.pk:
            super().take_refusal(form, error)
            return
        words = _("%(who)s What you typed is kept below. Review the differences and save again.")
        super().take_refusal(form, WrongState(words % {"who": error}))
        renew(form, "replaces", now.agreement.pk)
        present = AgreementForm(initial=self.get_initial(), replaces=True)
        stands, typed = raw_values(present), raw_values(form)
        self.others = [
            (each.label, in_words(present, each.name), in_words(form, each.name))
            for each in present
            if stands[each.name] and each.name in typed and typed[each.name] != stands[each.name]
        ]

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        """Put what is wrong with the n-th instalment at the n-th row that is not empty."""
        assert isinstance(form, AgreementForm)
        rows, found = form.filled(), {}
        for name, problems in by_field(error).items():
            head, _line, n = name.rpartition("_")
            if head in ("due_on", "amount", "way") and n.isdigit() and int(n) <= len(rows):
                name = f"{head}_{rows[int(n) - 1]}"
            found[name or "__all__"] = problems
        take_errors(form, ValidationError(found))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.replaced
        return super().get_context_data(
            proposal_errors=self.proposal_errors,
            is_computed=self.is_computed,
            others=self.others,
            paid_before=found.paid if found else 0,
            needs_session=found is None and not session_days(self.record),
            **context,
        )


class AgreementVoid(NeedsAgreement, ActPage):
    """Void an agreement that was never concluded."""

    form_class = ReasonForm
    title = gettext_lazy("Void this agreement?")
    text = gettext_lazy(
        "Only for one that was never concluded. If the dispute was settled by it, correct that step as well."
    )
    submit_label = gettext_lazy("Void the agreement")
    done_text = gettext_lazy("The agreement was voided.")
    danger = True

    def perform(self, form: BaseForm) -> Agreement:
        return concluding.void_agreement(
            actor=self.actor, id=self.record.pk, agreement_id=self.kwargs["agreement"], **self.values(form)
        )


class SettleForm(forms.Form):
    """The day on which all sides agreed."""

    settled_on = day_field(gettext_lazy("Settled on"))


class SettleAsAgreed(OnShown, ActPage):
    """Settle a dispute by its agreement: where that waited for a colleague, or again after a breach."""

    form_class = SettleForm
    title = gettext_lazy("Settle the dispute as agreed?")
    text = gettext_lazy(
        "This day decides whether the dispute was settled on time. What is still to be paid is followed on its page."
    )
    submit_label = gettext_lazy("Settle as agreed")
    done_text = gettext_lazy("The dispute is settled.")

    def get_initial(self) -> dict[str, Any]:
        found = self.in_force
        today = timezone.localdate()
        return {"settled_on": settling.proposed_settlement(self.record, found, today) if found else today}

    def get_refusal(self) -> Words:
        if self.record.settled_on is not None:
            return _("This dispute was already settled on %(day)s.") % {"day": self.record.settled_on}
        return super().get_refusal() or settling.refusal_as_agreed(self.in_force, timezone.localdate())

    def perform(self, form: BaseForm) -> Dispute:
        return settling.settle_as_agreed(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class BreachDeclare(OnShown, ActPage):
    """Declare the breach of an instalment that was paid in part only."""

    form_class = ReasonForm
    title = gettext_lazy("Declare a breach?")
    text = gettext_lazy(
        "The instalment is overdue, and only part of it is paid. The dispute is then open again, and who leads it and the "
        "chief are told."
    )
    submit_label = gettext_lazy("Declare the breach")
    done_text = gettext_lazy("The breach was declared.")
    danger = True

    def perform(self, form: BaseForm) -> Any:
        return sweeping.declare_breach(
            actor=self.actor, id=self.record.pk, number=self.kwargs["sequence"], **self.values(form)
        )


class BreachUndo(OnShown, ActPage):
    """Undo a breach that never was: the instalment was paid on time, and its payment was recorded later."""

    form_class = ReasonForm
    title = gettext_lazy("Undo this breach?")
    text = gettext_lazy(
        "The instalment was paid on time after all. The breach, the reopening of the dispute for it and that the mediation by"
        " the police failed are then taken back together. All of it stays in the log, with your reason."
    )
    submit_label = gettext_lazy("Undo the breach")
    done_text = gettext_lazy("The breach was undone.")

    def get_refusal(self) -> Words:
        if words := super().get_refusal():
            return words
        found = self.in_force
        if found and self.kwargs["sequence"] in undoing.never_was(found):
            return ""
        return undoing.NOT_ON_TIME

    def perform(self, form: BaseForm) -> Any:
        return undoing.undo_breach(
            actor=self.actor, id=self.record.pk, number=self.kwargs["sequence"], **self.values(form)
        )


# --- signing ---------------------------------------------------------------------------------------------------------


class AgreementSign(OfDisputePage, SentOnce):
    """Sign an agreement: its words above, a field to sign in for each who has not signed yet, or the photo of the paper."""

    template_name = "disputes/agreements/sign.html"
    form_class: Any = SignForm
    title = gettext_lazy("Sign the agreement")
    submit_label = gettext_lazy("Record the signatures")
    done_text = gettext_lazy("The signatures were recorded.")

    @cached_property
    def found(self) -> Concluded:
        return agreement_of(self.record, self.kwargs["agreement"])

    def get_refusal(self) -> Words:
        if self.found.agreement.ended_at is not None:
            return locking.GONE
        return super().get_refusal() or ("" if self.found.still_to_sign else _("All have signed already."))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        found = self.found
        names = {"mediator": found.agreement.presided_by}
        # a form sent twice still shows who has signed meanwhile, so that it is known again
        left = {"left": found.still_to_sign, "signers": found.agreement.signers}
        return super().get_form_kwargs() | left | {"names": names}

    def perform(self, form: Any) -> Any:
        given = form.cleaned_data
        paper = given.get("paper") if given["way"] == SignedOn.PAPER else None
        if paper is not None and paper.size > LARGEST:
            raise ValidationError({"paper": too_large()})
        return signing.sign_agreement(
            actor=self.actor,
            id=self.record.pk,
            agreement_id=self.found.agreement.pk,
            signatures=form.given(),
            signed_on=given["signed_on"]
            or (timezone.localdate() if given["way"] == SignedOn.SCREEN else None),
            way=given["way"],
            paper=(paper.name, paper.read()) if paper else None,
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        found: dict[str, Any] = {}
        for name, problems in by_field(error).items():
            found.setdefault(name if name in form.fields else "__all__", []).extend(problems)
        take_errors(form, ValidationError(found))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(found=self.found, agreement=self.found.agreement, **context)


class AgreementSignatureShow(OfDisputePage, Page):
    """The picture of a signature, or the photo of what was signed on paper, for whoever may see its dispute."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found, stream = signing.open_signature(self.actor, self.record, self.kwargs["signature"])
            with stream:
                data = stream.read()
        except FileNotFoundError:
            logger.exception("a signature is lost", dispute=self.record.pk)
            return self.leave(self.get_back_url(), LOST)
        if found.way == SignedOn.PAPER:
            return private_file(data, found.content_type, _("Signed agreement"))
        response = HttpResponse(data, content_type="image/png")
        response.headers["Cache-Control"] = "private, no-store"
        return response
