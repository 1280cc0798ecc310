"""Concluding an agreement, replacing, correcting and voiding it."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record, refuse_closed
from disputes.agreements import locking
from disputes.agreements.checking import (
    LONGEST,
    MOST_COPIES,
    Given,
    check_day,
    check_end,
    check_session,
    check_sum,
    check_way,
    checked_instalments,
    checked_texts,
    signers_of,
)
from disputes.agreements.issuing import void_papers
from disputes.agreements.performance import (
    yuan_of,
)
from disputes.agreements.reading import Concluded, agreements_of
from disputes.agreements.settling import take_effect
from disputes.choices import PUBLIC_SECURITY, AgreementEnd, AgreementKind, Side, Signer
from disputes.models import Agreement, Dispute, Instalment, Payment, belonging_to
from disputes.whose import by_whom
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.police_numbers import is_police_number
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.faults import UNCHANGED, Faults
from foundation.identifiers import compact

AGREE, END = "agree", "end_agreement"  # of the log


@transaction.atomic
@as_declared
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
    ValidationError by field, also for a correction of nothing; of an instalment at ``due_on_<n>``, ``amount_<n>``, ``way_<n>`` from 1.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    dispute = locked_dispute(actor, id)
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
        refuse_closed(dispute)

    faults, today = Faults(), timezone.localdate()
    values = checked_texts(texts, faults)
    if kind not in AgreementKind.values:
        faults.add(ValidationError({"kind": _("Choose the kind of agreement.")}))
    check_day(dispute, concluded_on, today, faults)
    if before is None or kind != before.agreement.kind:
        check_way(dispute, kind, concluded_on or today, faults)
    if before is None or (kind, concluded_on) != (before.agreement.kind, before.agreement.concluded_on):
        check_session(dispute, kind, concluded_on, faults)
    number = compact(presided_number or "")
    if (number or kind in PUBLIC_SECURITY) and not is_police_number(number):
        faults.add(
            ValidationError(
                {"presided_number": _("A police number has six digits. Enter the zeros in front, too.")}
            )
        )
    rows = checked_instalments(instalments, kind, concluded_on, faults)
    check_sum(rows, total, faults)
    if rows and (debtor not in Side.values or creditor not in Side.values or debtor == creditor):
        faults.add(ValidationError({"creditor": _("Choose who pays and who is paid: two different sides.")}))
    signers = signers_of(kind, third_signs or Side.THIRD in (debtor, creditor))
    least = len([each for each in signers if each != Signer.MEDIATOR]) + 1 if signers else 1
    if not least <= copies <= MOST_COPIES:
        words = _("Each side gets a copy and one is filed: %(least)d to %(most)d copies.")
        faults.add(ValidationError({"copies": words % {"least": least, "most": MOST_COPIES}}))
    if before is not None:
        check_end(before, rows, ended_as, concluded_on, faults)
        if sum(fen for _on, fen, _way in rows) > before.paid:
            refuse_closed(dispute)  # something would be owed
        with faults.of(prefix=""):
            try:
                end_reason = required_reason(end_reason)
                dispute.refuse_reason(actor, end_reason)
            except ValidationError as error:
                raise ValidationError({"end_reason": error.messages}) from error
    faults.refuse()
    assert concluded_on

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
        **by_whom(actor, "recorded_by"),
        form_key=form_key,
        **values,
    )
    if before is not None:
        if ended_as == AgreementEnd.CORRECTED and _is_same(before, made, rows):
            raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
        end_agreement(actor, dispute, before.agreement, ended_as, end_reason)
    made.save(force_insert=True)
    Instalment.objects.bulk_create(
        Instalment(**belonging_to(dispute), agreement=made, number=n, due_on=due_on, fen=fen, way=way)
        for n, (due_on, fen, way) in enumerate(rows, start=1)
    )
    if before is not None and ended_as == AgreementEnd.CORRECTED:
        Payment.objects.filter(agreement_id=before.agreement.pk).update(agreement=made)
    record(
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


def _is_same(before: Concluded, made: Agreement, rows: Sequence[tuple[dt.date, int, str]]) -> bool:
    """Whether an agreement says what the one says that it would correct."""
    names = ("kind", "concluded_on", "presided_number", "debtor", "creditor", "copies", "signers", *LONGEST)
    if any(getattr(before.agreement, name) != getattr(made, name) for name in names):
        return False
    return [(each.due_on, each.fen, each.way) for each in before.instalments] == list(rows)


def end_agreement(actor: Actor, dispute: Dispute, agreement: Agreement, ended_as: str, reason: str) -> None:
    """End an agreement. One that was recorded wrongly takes its papers with it; one that they agreed to replace was theirs."""
    agreement.ended_at, agreement.ended_as = timezone.now(), ended_as
    agreement.end_reason, agreement.ended_by = reason, actor.name
    agreement.save(update_fields=["ended_at", "ended_as", "end_reason", "ended_by"])
    if ended_as != AgreementEnd.REPLACED:
        void_papers(actor, dispute, {"agreement": agreement.pk}, reason)


@transaction.atomic
@as_declared
def void_agreement(*, actor: Actor, id: int, agreement_id: int, reason: str) -> Agreement:
    """Void an agreement that was never concluded. Its payments, signatures and breaches stay with it.

    The dispute stays as it is: if it was settled by it, that step is corrected by itself. Raise NotAllowed, Http404, WrongState
    if it is not in force or something was paid, ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    reason = required_reason(reason)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    if found.paid:
        raise WrongState(
            _("%(paid)s was paid under this agreement. Correct it, or take the payments back first.")
            % {"paid": f"{yuan_of(found.paid):,}"}
        )
    dispute.refuse_reason(actor, reason)
    end_agreement(actor, dispute, found.agreement, AgreementEnd.VOIDED, reason)
    record(actor, dispute, END, {"concluded_on": found.agreement.concluded_on.isoformat()}, reason=reason)
    return found.agreement
