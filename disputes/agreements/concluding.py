"""Concluding an agreement, replacing, correcting and voiding it; and settling its dispute."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements import locking
from disputes.agreements.issuing import void_papers
from disputes.agreements.performance import (
    LAST_YEAR,
    MOST_FEN,
    MOST_INSTALMENTS,
    fen_of,
    yuan_of,
)
from disputes.agreements.reading import LOADED, Agreements, Concluded, agreements_of
from disputes.choices import PUBLIC_SECURITY, AgreementEnd, AgreementKind, PaymentWay, Side, Signer
from disputes.closing import hinders_closing
from disputes.lives import DISPUTE_LIFE
from disputes.models import Agreement, Dispute, Instalment, Payment, belonging_to
from disputes.operations import settle_dispute
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.police_numbers import is_police_number
from foundation.accounts.reasons import required_reason
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import Faults
from foundation.identifiers import compact
from foundation.texts import kept

AGREE, END = "agree", "end_agreement"  # of the log
CONFIRMATION = "mediation-confirmation"  # the time limit
LONGEST = {
    **dict.fromkeys(("place", "organisation"), 120),
    **dict.fromkeys(("mediators", "witnesses"), 400),
    "presided_by": 80,
    "facts": 4000,
    "terms": 6000,
}
NEEDED = ("presided_by", "facts", "terms")
MOST_COPIES = 60


@dataclass(frozen=True)
class Given:
    """One instalment as it was entered: ``yuan`` with two places at most."""

    due_on: dt.date | None
    yuan: Decimal | None
    way: str = PaymentWay.TRANSFER


def fen_in(yuan: Decimal | None) -> int:
    """Return an amount in fen. Raise ValidationError for one that is missing, not above 0, too large or finer than a fen."""
    if yuan is None:
        raise ValidationError(_("Enter the amount."))
    if not yuan.is_finite() or yuan <= 0:
        raise ValidationError(_("The amount must be more than 0."))
    if yuan * 100 > MOST_FEN:
        raise ValidationError(_("This amount is too large. Check the number of zeros."))
    try:
        return fen_of(yuan)
    except ValueError as error:
        raise ValidationError(_("An amount of money has two decimal places at most.")) from error


@transaction.atomic
def conclude_agreement(
    *,
    actor: Actor,
    id: int,
    kind: str,
    concluded_on: dt.date | None,
    instalments: Sequence[Given] = (),
    total: Decimal | None = None,
    debtor: str = "",
    creditor: str = "",
    presided_number: str = "",
    copies: int = 3,
    third_signs: bool = False,
    replaces: int | None = None,
    ended_as: str = AgreementEnd.REPLACED,
    end_reason: str = "",
    form_key: str = "",
    **texts: str,
) -> Agreement:
    """Record what the sides of a dispute agreed. The same ``form_key`` again is the agreement that is there.

    ``replaces``: the agreement in force, which ends: *replaced* by a new one from now on, or *corrected*, because it was recorded
    wrongly: then its payments count for the corrected one. An oral agreement takes effect at once and settles the dispute, a
    written one when all have signed (:mod:`disputes.agreements.signing`). ``total`` must be what the instalments add up to.

    Raise NotAllowed, Http404, WrongState if the dispute is voided, is closed (but for a correction) or has an agreement that
    ``replaces`` does not name,
    ValidationError by field; of an instalment at ``due_on_<n>``, ``amount_<n>``, ``way_<n>`` from 1.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    dispute = locking.locked_dispute(actor, id)
    found = agreements_of(dispute)
    if form_key and (
        first := next((a.agreement for a in found.all if a.agreement.form_key == form_key), None)
    ):
        return first
    before = found.in_force
    if before is not None and replaces is None:
        raise WrongState(_("This dispute has an agreement in force. Replace or correct that one."))
    if replaces is not None and (before is None or before.agreement.pk != replaces):
        raise WrongState(str(locking.GONE))

    if before is None or ended_as != AgreementEnd.CORRECTED:
        locking.refuse_closed(dispute)

    faults, today = Faults(), timezone.localdate()
    values = _texts(texts, faults)
    if kind not in AgreementKind.values:
        faults.add(ValidationError({"kind": _("Choose the kind of agreement.")}))
    _check_day(dispute, concluded_on, today, faults)
    number = compact(presided_number or "")
    if (number or kind in PUBLIC_SECURITY) and not is_police_number(number):
        faults.add(
            ValidationError(
                {"presided_number": _("A police number has six digits. Enter the zeros in front, too.")}
            )
        )
    rows = _instalments(instalments, kind, concluded_on, faults)
    _check_sum(rows, total, faults)
    if rows and (debtor not in Side.values or creditor not in Side.values or debtor == creditor):
        faults.add(ValidationError({"creditor": _("Choose who pays and who is paid: two different sides.")}))
    signers = _signers(kind, third_signs or Side.THIRD in (debtor, creditor))
    least = len([each for each in signers if each != Signer.MEDIATOR]) + 1 if signers else 1
    if not least <= copies <= MOST_COPIES:
        words = _("Each side gets a copy and one is filed: %(least)d to %(most)d copies.")
        faults.add(ValidationError({"copies": words % {"least": least, "most": MOST_COPIES}}))
    if before is not None:
        _check_end(before, rows, ended_as, faults)
        if sum(fen for _on, fen, _way in rows) > before.paid:
            locking.refuse_closed(dispute)  # something would be owed
        with faults.of(prefix=""):
            try:
                end_reason = required_reason(end_reason)
                locking.refuse_names(actor, dispute, end_reason)
            except ValidationError as error:
                raise ValidationError({"end_reason": error.messages}) from error
    faults.refuse()
    assert concluded_on

    if before is not None:
        _end(actor, dispute, before.agreement, ended_as, end_reason)
    made = Agreement(
        **belonging_to(dispute),
        kind=kind,
        concluded_on=concluded_on,
        presided_number=number,
        debtor=debtor if rows else "",
        creditor=creditor if rows else "",
        copies=copies,
        signers=signers,
        replaces_id=before.agreement.pk if before else 0,
        recorded_by=actor.name,
        recorded_by_id=actor.user_id,
        form_key=form_key,
        **values,
    )
    made.save(force_insert=True)
    Instalment.objects.bulk_create(
        Instalment(**belonging_to(dispute), agreement=made, number=n, due_on=due_on, fen=fen, way=way)
        for n, (due_on, fen, way) in enumerate(rows, start=1)
    )
    if before is not None and ended_as == AgreementEnd.CORRECTED:
        Payment.objects.filter(agreement_id=before.agreement.pk).update(agreement=made)
    locking.record(
        actor,
        dispute,
        AGREE,
        {"concluded_on": concluded_on.isoformat()}
        | (
            {"instalments": len(rows), "agreed_sum": str(yuan_of(sum(fen for _on, fen, _way in rows)))}
            if rows
            else {}
        ),
        reason=end_reason if before else "",
    )
    if not signers:
        take_effect(actor, dispute, made, concluded_on)
    return made


def _texts(given: dict[str, str], faults: Faults) -> dict[str, str]:
    values = {}
    for name, most in LONGEST.items():
        values[name] = ""
        with faults.of():
            values[name] = kept(given.get(name), name, most, words=name in NEEDED)
            if name in NEEDED and not values[name]:
                raise ValidationError({name: _("Fill in this field.")})
    return values


def _check_day(dispute: Dispute, on: dt.date | None, today: dt.date, faults: Faults) -> None:
    words = ""
    if on is None:
        words = _("Enter the day on which they agreed.")
    elif on > today:
        words = _("This date is in the future.")
    elif on < dispute.opened_on:
        words = _("The dispute was opened on %(day)s. An agreement cannot be older.")
        words %= {"day": dispute.opened_on.isoformat()}
    if words:
        faults.add(ValidationError({"concluded_on": words}))


def _instalments(
    given: Sequence[Given], kind: str, concluded_on: dt.date | None, faults: Faults
) -> list[tuple[dt.date, int, str]]:
    """Return day, fen and way of each instalment; what is wrong with one is at its fields."""
    found, last = [], concluded_on
    if len(given) > MOST_INSTALMENTS:
        words = _("At most %(most)d instalments.") % {"most": MOST_INSTALMENTS}
        faults.add(ValidationError({"total": words}))
        return []
    for n, each in enumerate(given, start=1):
        why, fen = "", 0
        if each.due_on is None:
            why = _("Enter the day by which it is to be paid.")
        elif each.due_on.year > LAST_YEAR:
            why = _("This day is after %(year)d. Check the year.") % {"year": LAST_YEAR}
        elif concluded_on and each.due_on < concluded_on:
            why = _("They agreed on %(day)s. Nothing is due before that day.")
            why %= {"day": concluded_on.isoformat()}
        elif kind == AgreementKind.ON_THE_SPOT and concluded_on and each.due_on != concluded_on:
            why = _("What is agreed on the spot is paid on the spot, on the day of the agreement.")
        elif last and each.due_on < last:
            why = _("The instalment before it is due on %(day)s. Put them in the order of their days.")
            why %= {"day": last.isoformat()}
        if why:
            faults.add(ValidationError({f"due_on_{n}": why}))
        with faults.of(prefix=f"amount_{n}"):
            fen = fen_in(each.yuan)
        if each.way not in PaymentWay.values:
            faults.add(ValidationError({f"way_{n}": _("Choose how it is paid.")}))
        last = max(filter(None, (last, each.due_on)), default=None)
        found.append((each.due_on or dt.date.min, fen, each.way))
    return found


def _check_sum(rows: Sequence[tuple[dt.date, int, str]], total: Decimal | None, faults: Faults) -> None:
    if total is None:
        if rows:
            faults.add(ValidationError({"total": _("Enter the sum that they agreed on.")}))
        return
    fen = 0
    with faults.of(prefix="total"):
        fen = fen_in(total)
    added = sum(each for _on, each, _way in rows)
    if fen and not rows:
        faults.add(ValidationError({"total": _("Say by when it is to be paid: add an instalment.")}))
    elif fen and all(each for _on, each, _way in rows) and fen != added:
        words = _(
            "The instalments add up to %(added)s, which is not the agreed sum: %(difference)s is missing."
        )
        if added > fen:
            words = _("The instalments add up to %(added)s, %(difference)s more than the agreed sum.")
        shown = {"added": f"{yuan_of(added):,}", "difference": f"{yuan_of(abs(fen - added)):,}"}
        faults.add(ValidationError({"total": words % shown}))


def _signers(kind: str, third_signs: bool) -> list[str]:
    if kind == AgreementKind.ORAL:
        return []
    third = [Signer.THIRD.value] if third_signs else []
    return [Signer.APPLICANT.value, Signer.RESPONDENT.value, *third, Signer.MEDIATOR.value]


def _check_end(
    before: Concluded, rows: Sequence[tuple[dt.date, int, str]], ended_as: str, faults: Faults
) -> None:
    if ended_as not in (AgreementEnd.REPLACED, AgreementEnd.CORRECTED):
        words = _("Say whether they agreed anew, or the record was wrong.")
        faults.add(ValidationError({"ended_as": words}))
    if ended_as == AgreementEnd.CORRECTED and (more := before.paid - sum(fen for _on, fen, _way in rows)) > 0:
        shown = {"paid": f"{yuan_of(before.paid):,}", "more": f"{yuan_of(more):,}"}
        words = _("%(paid)s was paid already, %(more)s more than this. Take the wrong payment back first.")
        faults.add(ValidationError({"total": words % shown}))


def _end(actor: Actor, dispute: Dispute, agreement: Agreement, ended_as: str, reason: str) -> None:
    """End an agreement. One that was recorded wrongly takes its papers with it; one that they agreed to replace was theirs."""
    agreement.ended_at, agreement.ended_as = timezone.now(), ended_as
    agreement.end_reason, agreement.ended_by = reason, actor.name
    agreement.save(update_fields=["ended_at", "ended_as", "end_reason", "ended_by"])
    if ended_as != AgreementEnd.REPLACED:
        void_papers(actor, dispute, {"agreement": agreement.pk}, reason)


@transaction.atomic
def void_agreement(*, actor: Actor, id: int, agreement_id: int, reason: str) -> Agreement:
    """Void an agreement that was never concluded. Its payments, signatures and breaches stay with it.

    The dispute stays as it is: if it was settled by it, that step is corrected by itself. Raise NotAllowed, Http404, WrongState
    if it is not in force or something was paid, ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    reason = required_reason(reason)
    dispute = locking.locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    if found.paid:
        raise WrongState(
            _("%(paid)s was paid under this agreement. Correct it, or take the payments back first.")
            % {"paid": f"{yuan_of(found.paid):,}"}
        )
    locking.refuse_names(actor, dispute, reason)
    _end(actor, dispute, found.agreement, AgreementEnd.VOIDED, reason)
    locking.record(
        actor, dispute, END, {"concluded_on": found.agreement.concluded_on.isoformat()}, reason=reason
    )
    return found.agreement


# --- effect and settlement -------------------------------------------------------------------------------------------


def take_effect(actor: Actor, dispute: Dispute, agreement: Agreement, on: dt.date) -> None:
    """Record that an agreement of a locked dispute took effect on a day, and settle the dispute if the actor may.

    Otherwise the settlement waits for a colleague (:func:`settle_as_agreed`).
    """
    agreement.effective_on = on
    if agreement.kind not in PUBLIC_SECURITY:
        agreement.confirm_by = limit_in_force(actor, CONFIRMATION, on).from_day(on).last_on
    agreement.save(update_fields=["effective_on", "confirm_by"])
    if dispute.settled_on is None and not refusal_to_settle(actor, dispute):
        settle_dispute(actor=actor, id=dispute.pk, settled_on=_not_before_reopening(dispute, on))


def refusal_to_settle(actor: Actor, dispute: Dispute) -> str:
    """Return why this person does not settle a dispute that its sides settled, and who may; "" if they may."""
    act = DISPUTE_LIFE.acts["settle"]
    if not allows(actor, act.permission):
        return _("Your role may not do this.")
    return DISPUTE_LIFE.refusal(act, dispute, actor)


def proposed_settlement(dispute: Dispute, found: Concluded, today: dt.date) -> dt.date:
    """Return the day on which all sides agreed; after a breach the day on which what was overdue was paid."""
    on = found.agreement.effective_on or found.agreement.concluded_on
    if found.breaches:
        numbers = {each.number for each in found.breaches}
        stands = found.performance_on(today).standings
        on = max(
            (each.paid_on for each in stands if each.instalment.number in numbers and each.paid_on),
            default=on,
        )
    return min(_not_before_reopening(dispute, on), today)


def _not_before_reopening(dispute: Dispute, on: dt.date) -> dt.date:
    return max(on, dispute.earlier_until_on or on)


@transaction.atomic
def settle_as_agreed(
    *, actor: Actor, id: int, version: int | None = None, settled_on: dt.date | None
) -> Dispute:
    """Settle a dispute by its agreement: what waited for a colleague, or again after a breach was made good.

    Raise as ``settle_dispute``, WrongState also without an agreement in effect or while an instalment is in breach,
    ValidationError at ``settled_on`` for a day before the agreement.
    """
    require(actor, Permission.SETTLE_DISPUTES)
    dispute = locking.locked_dispute(actor, id)
    found = locking.in_force(dispute)
    if words := refusal_as_agreed(found, timezone.localdate()):
        raise WrongState(words)
    effective_on = found.agreement.effective_on
    if settled_on is None:
        raise ValidationError({"settled_on": _("Enter the day on which they agreed.")})
    if effective_on and settled_on < effective_on:
        words = _("The agreement took effect on %(day)s.") % {"day": effective_on.isoformat()}
        raise ValidationError({"settled_on": words})
    return settle_dispute(actor=actor, id=id, version=version, settled_on=settled_on)


@hinders_closing
def still_owed(dispute: Dispute, actor: Actor) -> str:
    """Return that something is owed under the agreement in force, or that not all have signed it. One query."""
    loaded: Agreements | None = dispute.__dict__.get(LOADED)
    found = (agreements_of(dispute) if loaded is None else loaded).in_force
    if found is None:
        return ""
    if found.agreement.effective_on is None:
        return _("Not all have signed the agreement yet.")
    if owed := found.total - found.paid:
        return _("%(owed)s yuan are still owed under the agreement.") % {"owed": f"{yuan_of(owed):,}"}
    return ""


def refusal_as_agreed(found: Concluded | None, today: dt.date) -> str:
    """Return why an agreement settles nothing now; "" if it does."""
    if found is None:
        return str(locking.NONE_IN_FORCE)
    if found.agreement.effective_on is None:
        return _("Not all have signed the agreement yet.")
    if found.performance_on(today).breached:
        return _("An instalment is in breach. Record its payment first, or agree anew.")
    return ""


__all__ = [
    "Given",
    "conclude_agreement",
    "fen_in",
    "proposed_settlement",
    "refusal_as_agreed",
    "refusal_to_settle",
    "settle_as_agreed",
    "still_owed",
    "take_effect",
    "void_agreement",
]
