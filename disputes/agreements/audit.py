"""Words of the audit log for agreements, payments and what follows them. No entry names a person."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.agreements import concluding, confirming, issuing, paying, signing, sweeping, undoing
from disputes.choices import ConfirmationStep
from disputes.models import Dispute
from foundation.contributions.audit import Action, Phrase, kind_of_model
from foundation.words import Words

_LABELS: dict[str, Words] = {
    "concluded_on": _("Concluded on"),
    "instalments": _("Instalments"),
    "agreed_sum": _("Agreed sum (yuan)"),
    "signed_on": _("Signed on"),
    "signatures": _("Signatures"),
    "paid_on": _("Paid on"),
    "paid": _("Paid (yuan)"),
    "instalment": _("Instalment"),
    "breached_on": _("In breach since"),
    "owed": _("Owed (yuan)"),
    "step_on": _("Day"),
    "decision_number": pgettext_lazy("by the court", "Number of the decision"),
}
_AMOUNTS = frozenset({"agreed_sum", "paid", "owed"})


def _act(verb: str, words: Words, icon: str, day: str, tone: str = "") -> Action:
    code = kind_of_model(Dispute).action(verb)
    return Action(code, words, icon, tone, names_no_kind=True, labels=_LABELS, day=day, amounts=_AMOUNTS)


def agreement_actions() -> tuple[Action | Phrase, ...]:
    """Return the acts on agreements as entries about their dispute have them."""
    steps = {
        ConfirmationStep.APPLIED: (_("Judicial confirmation applied for"), "file-description", ""),
        ConfirmationStep.ACCEPTED: (_("The court accepted the request"), "gavel", ""),
        ConfirmationStep.CONFIRMED: (
            _("The court confirmed the agreement"),
            "rosette-discount-check",
            "green",
        ),
        ConfirmationStep.REFUSED: (_("The court refused to confirm the agreement"), "gavel", "red"),
    }
    return (
        _act(concluding.AGREE, _("Agreement recorded"), "writing-sign", "concluded_on", "green"),
        _act(concluding.END, _("Agreement voided"), "ban", "", "red"),
        _act(signing.SIGN, _("Agreement signed"), "signature", "signed_on"),
        _act(paying.PAY, _("Paid under the agreement"), "cash", "paid_on", "green"),
        _act(paying.CORRECT, _("Payment corrected"), "pencil", "", "yellow"),
        _act(paying.TAKE_BACK, _("Payment taken back"), "arrow-back-up", "", "yellow"),
        _act(sweeping.BREACH, _("Instalment in breach"), "alert-circle", "breached_on", "red"),
        _act(undoing.UNDO, _("Breach undone: it was paid on time"), "arrow-back-up", "", "yellow"),
        *(
            _act(f"{confirming.STEP}{step}", words, icon, "step_on", tone)
            for step, (words, icon, tone) in steps.items()
        ),
        _act(confirming.TAKE_BACK, _("Step of the confirmation taken back"), "arrow-back-up", "", "yellow"),
        Phrase("instalment_not_paid", sweeping.NOT_PAID),
        Phrase("parties_listed", issuing.LISTED, for_people=True),
        Phrase("paper_changed", issuing.CHANGED, for_people=True),
    )
