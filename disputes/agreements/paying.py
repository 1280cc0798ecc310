"""Payments under an agreement: recorded as they happen, in any order; taken back or corrected with a reason."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record, refuse_closed
from disputes.agreements import locking
from disputes.agreements.checking import fen_in
from disputes.agreements.issuing import void_papers
from disputes.agreements.performance import yuan_of
from disputes.agreements.reading import Concluded, agreements_of
from disputes.choices import PaymentWay
from disputes.models import Dispute, Payment, belonging_to
from disputes.whose import LONGEST_NAME, by_whom
from facts.models import Attachment
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.faults import UNCHANGED, Faults
from foundation.texts import kept

PAY, CORRECT, TAKE_BACK = "pay", "correct_payment", "take_back_payment"  # of the log
LONGEST_REMARK = 200
SAID = (
    "agreement_id",
    "paid_on",
    "fen",
    "number",
    "way",
    "remark",
    "proof_id",
)  # what a correction may change
NOT_SIGNED = gettext_lazy(
    "Not all have signed the agreement yet. What is paid is recorded once it is in effect."
)
TAKEN_BACK = gettext_lazy("This payment was taken back already. Look at the dispute again.")


@transaction.atomic
@as_declared
def record_payment(
    *,
    actor: Actor,
    id: int,
    agreement_id: int | None,
    paid_on: dt.date | None,
    amount: Decimal | None,
    way: str = PaymentWay.TRANSFER,
    number: int = 0,
    remark: str = "",
    proof_id: int = 0,
    again: bool = False,
    form_key: str = "",
) -> Payment:
    """Record a payment under the agreement in force. The same ``form_key`` again is the payment that is there.

    ``number`` names an instalment, 0 none. ``again``: the same amount on the same day was recorded already, and this is
    another one. ``agreement_id``: the one that was shown.

    Raise NotAllowed, Http404, WrongState if the dispute is voided or that agreement is not in force, ValidationError by
    field: at ``amount`` also for more than is owed, at ``again`` for one that is there.
    """
    require(actor, Permission.RECORD_PAYMENTS)
    dispute = locked_dispute(actor, id)
    if form_key and (first := next(iter(_with_key(dispute, form_key)), None)):
        return first
    found = locking.in_force(dispute, agreement_id)
    if found.agreement.effective_on is None:
        raise WrongState(str(NOT_SIGNED))
    made = _checked(
        dispute,
        found,
        None,
        again=again,
        paid_on=paid_on,
        amount=amount,
        way=way,
        number=number,
        remark=remark,
        proof_id=proof_id,
    )
    _save(actor, made, form_key)
    record(actor, dispute, PAY, _as_values(made))
    return made


@transaction.atomic
@as_declared
def correct_payment(
    *,
    actor: Actor,
    id: int,
    payment_id: int,
    reason: str,
    paid_on: dt.date | None,
    amount: Decimal | None,
    way: str = PaymentWay.TRANSFER,
    number: int = 0,
    remark: str = "",
    proof_id: int = 0,
    form_key: str = "",
) -> Payment:
    """Put another payment in the place of one that was recorded wrongly; that one stays, with the reason.

    Also under an agreement that was replaced since: what was paid stays with it. Raise as record_payment, WrongState if it was taken
    back already, or the file is closed and less was paid, ValidationError also at ``reason`` and if nothing differs.
    """
    require(actor, Permission.RECORD_PAYMENTS)
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        reason = required_reason(given)
    dispute = locked_dispute(actor, id)
    if form_key and (first := next(iter(_with_key(dispute, form_key)), None)):
        return first
    found, wrong = _valid(dispute, payment_id)
    made = _checked(
        dispute,
        found,
        wrong,
        faults=faults,
        again=True,
        paid_on=paid_on,
        amount=amount,
        way=way,
        number=number,
        remark=remark,
        proof_id=proof_id or wrong.proof_id,
    )
    if all(getattr(made, name) == getattr(wrong, name) for name in SAID):
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    if made.fen < wrong.fen and found.agreement.ended_at is None:
        refuse_closed(dispute)
    made.replaces_id = wrong.pk
    _take_back(actor, dispute, wrong, reason)
    _save(actor, made, form_key)
    record(actor, dispute, CORRECT, _as_values(made), reason=reason)
    return made


@transaction.atomic
@as_declared
def take_back_payment(*, actor: Actor, id: int, payment_id: int, reason: str) -> Payment:
    """Take back a payment that never was. Everything is then as if it had not been recorded; its row stays.

    Raise NotAllowed, Http404, WrongState if it was taken back already or the file is closed, ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_PAYMENTS)
    reason = required_reason(reason)
    dispute = locked_dispute(actor, id)
    found, wrong = _valid(dispute, payment_id)
    if found.agreement.ended_at is None:
        refuse_closed(dispute)
    _take_back(actor, dispute, wrong, reason)
    record(actor, dispute, TAKE_BACK, _as_values(wrong), reason=reason)
    return wrong


def _valid(dispute: Dispute, id: int) -> tuple[Concluded, Payment]:
    """Return a payment that was not taken back, and its agreement: the one in force, or one before it."""
    found = agreements_of(dispute).with_payment(id)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no payment {id}")
    payment = next(each for each in found.payments if each.pk == id)
    if payment.taken_back_at is not None:
        raise WrongState(str(TAKEN_BACK))
    return found, payment


def _with_key(dispute: Dispute, form_key: str) -> list[Payment]:
    return list(Payment.objects.filter(dispute_id__in=dispute.file_ids, form_key=form_key))


def _checked(
    dispute: Dispute,
    found: Concluded,
    wrong: Payment | None,
    *,
    again: bool,
    paid_on: dt.date | None,
    amount: Decimal | None,
    way: str,
    number: int,
    remark: str,
    proof_id: int,
    faults: Faults | None = None,
) -> Payment:
    """Return a payment, not saved. ``wrong`` is the one whose place it takes."""
    faults = Faults() if faults is None else faults
    concluded_on, why, fen = found.agreement.concluded_on, "", 0
    if not found.instalments:
        raise WrongState(_("Nobody owes anything under this agreement."))
    if paid_on is None:
        why = _("Enter the day of the payment.")
    elif paid_on > timezone.localdate():
        why = _("This date is in the future.")
    elif paid_on < concluded_on:
        why = _("The agreement is of %(day)s. A payment under it cannot be older.")
        why %= {"day": concluded_on.isoformat()}
    if why:
        faults.add(ValidationError({"paid_on": why}))
    with faults.of(prefix="amount"):
        fen = fen_in(amount)
    owed = found.total - found.paid + (wrong.fen if wrong else 0)
    if fen > owed:
        words = _("Only %(owed)s yuan are still owed. What is paid beyond that belongs to no instalment.")
        if not owed:
            words = _("Everything is paid: nothing is owed any more.")
        faults.add(ValidationError({"amount": words % {"owed": f"{yuan_of(owed):,}"}}))
    if way not in PaymentWay.values:
        faults.add(ValidationError({"way": _("Choose how it was paid.")}))
    if number and number not in {each.number for each in found.instalments}:
        faults.add(ValidationError({"number": _("Choose one of the instalments, or none.")}))
    with faults.of():
        remark = kept(remark, "remark", LONGEST_REMARK)
    if proof_id and not _has_file(dispute, proof_id):
        faults.add(ValidationError({"proof_id": _("Choose a photo or file of this dispute.")}))
    same = [each for each in found.valid_payments if (each.paid_on, each.fen) == (paid_on, fen)]
    if same and not again and not faults:
        words = _(
            "%(who)s has recorded a payment of the same amount on this day. Tick here if this is another one."
        )
        raise ValidationError({"again": words % {"who": same[-1].recorded_by or _("Somebody")}})
    faults.refuse()
    assert paid_on
    return Payment(
        **belonging_to(dispute),
        agreement_id=found.agreement.pk,
        paid_on=paid_on,
        fen=fen,
        number=number,
        way=way,
        remark=remark,
        proof_id=proof_id,
    )


def _has_file(dispute: Dispute, id: int) -> bool:
    rows = Attachment.objects.filter(
        enterprise_id=dispute.enterprise_id,
        kind=kind_of_model(Dispute).code,
        record_id__in=dispute.file_ids,
        voided_at=None,
    )
    return rows.filter(pk=id).exists()


def _save(actor: Actor, payment: Payment, form_key: str) -> None:
    for name, value in by_whom(actor, "recorded_by").items():
        setattr(payment, name, value)
    payment.form_key = form_key
    payment.save(force_insert=True)


def _take_back(actor: Actor, dispute: Dispute, payment: Payment, reason: str) -> None:
    """Take a payment of a locked dispute back, with its receipt."""
    dispute.refuse_reason(actor, reason)
    now = timezone.now()
    Payment.objects.filter(pk=payment.pk).update(
        taken_back_at=now, taken_back_by=actor.name[:LONGEST_NAME], taken_back_reason=reason
    )
    payment.taken_back_at, payment.taken_back_by, payment.taken_back_reason = (
        now,
        actor.name[:LONGEST_NAME],
        reason,
    )
    void_papers(actor, dispute, {"payment": payment.pk}, reason)


def _as_values(payment: Payment) -> dict[str, object]:
    """Return what the log says of a payment."""
    named = {"instalment": payment.number} if payment.number else {}
    return {"paid_on": payment.paid_on.isoformat(), "paid": str(yuan_of(payment.fen)), **named}
