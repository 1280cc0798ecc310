"""What the station answers to a report of an enterprise, once: taken on as a dispute, confirmed into a payment, or declined."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements.paying import record_payment
from disputes.choices import Heard
from disputes.models import Dispute, EnterpriseReport, Payment
from disputes.operations import create_dispute
from disputes.people.masking import refuse_persons
from disputes.people.selectors import names_to_mask
from disputes.people.telling import tell_sides
from disputes.reporting.submitting import get_report
from enterprises.concerned import people_of
from enterprises.operations.register import lock_in_order
from facts.attachments import attach, open_attachment
from facts.models import Attachment
from facts.operations import lock_enterprise
from facts.selectors import get_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.inbox.notifying import notify

TAKE, CONFIRM, DECLINE = "take", "confirm", "decline"  # acts of the log
TAKEN, CONFIRMED, DECLINED = (
    "dispute_report.taken",
    "dispute_report.confirmed",
    "dispute_report.declined",
)  # causes of notifications


def file_of(report: EnterpriseReport) -> Attachment | None:
    """Return the photo or file of a proof of payment; None without one, or once it was taken away. One query."""
    if not report.file_id:
        return None
    rows = Attachment.objects.filter(enterprise_id=report.enterprise_id, voided_at=None)
    return rows.filter(pk=report.file_id, kind=kind_of_model(Dispute).code).first()


def surviving(actor: Actor, dispute_id: int) -> Dispute | None:
    """Return a dispute, or the one that survived it when its file was merged; None if the actor sees none."""
    try:
        found = get_fact(actor, Dispute, dispute_id)
        return get_fact(actor, Dispute, found.merged_into_id) if found.merged_into_id else found
    except Http404:
        return None


def named_in(actor: Actor, dispute: Dispute | None) -> list[str]:
    """Return the names that texts about a report show to nobody: of the dispute it belongs to. One query."""
    return names_to_mask(actor, dispute) if dispute else []


@transaction.atomic
@as_declared
def take_on(
    *,
    actor: Actor,
    id: int,
    summary: str = "",
    opened_on: dt.date | None = None,
    due_on: dt.date | None = None,
    into: int | None = None,
) -> EnterpriseReport:
    """Take a report on: as a new dispute, or, with ``into``, as belonging to a dispute of the enterprise that is led already.

    The same again by the same person is the report as it is. Raise NotAllowed, Http404, WrongState if it was answered otherwise or
    by a colleague or is a proof of payment, ValidationError by field as ``create_dispute``.
    """
    require(actor, Permission.ANSWER_REPORTS)
    report = _locked(actor, id)
    if report.is_payment:
        raise WrongState(_("This is a proof of payment: confirm it or decline it."))
    if report.answered_by_id == actor.user_id and _is_taken_as(actor, report, into):
        return report
    _refuse_answered(report)
    if into:
        dispute = get_fact(actor, Dispute, into)
        if dispute.enterprise_id != report.enterprise_id or dispute.is_voided:
            raise ValidationError({"into": _("Choose a dispute of this enterprise.")})
        if dispute.settled_on is not None:
            words = _("This dispute is settled. Reopen it first, or take the report on as a new dispute.")
            raise ValidationError({"into": words})
    else:
        dispute = _new(actor, report, summary, opened_on, due_on)
    _answer(actor, report, TAKE, dispute_id=dispute.pk)
    tell_sides(dispute)
    _tell(actor, report, TAKEN)
    return report


def _is_taken_as(actor: Actor, report: EnterpriseReport, into: int | None) -> bool:
    """Whether a report was taken on as this dispute, or, without one, as a new dispute."""
    if into or not report.dispute_id:
        return report.dispute_id == into
    return get_fact(actor, Dispute, report.dispute_id).external_key == _key(report)


def _key(report: EnterpriseReport) -> str:
    """Return the external key of the dispute that a report becomes."""
    return f"report:{report.pk}"


def _new(
    actor: Actor, report: EnterpriseReport, summary: str, opened_on: dt.date | None, due_on: dt.date | None
) -> Dispute:
    values: dict[str, Any] = {
        "summary": summary,
        "opened_on": opened_on,
        "due_on": due_on,
        "kind": report.kind,
        "heard": Heard.PORTAL,
        "people": report.people,
        "amount": report.amount,
        "happened_on": report.happened_on,
        "external_key": _key(report),
    }
    return create_dispute(actor=actor, enterprise_id=report.enterprise_id, told_kind=report.kind, **values)


@transaction.atomic
@as_declared
def confirm_payment(*, actor: Actor, id: int, dispute_id: int, **values: Any) -> Payment:
    """Record what a proof shows as a payment under the agreement in force. Twice is the payment that is there.

    ``values`` as of ``record_payment``, which raises; also WrongState if the report was answered otherwise.
    """
    require(actor, Permission.ANSWER_REPORTS)
    known = get_report(actor, id)
    led = surviving(actor, known.dispute_id)
    lock_in_order({known.enterprise_id, led.enterprise_id if led else known.enterprise_id})
    report = _locked(actor, id)
    dispute = surviving(actor, report.dispute_id)
    if not report.is_payment or dispute is None or dispute.pk != dispute_id:
        raise Http404(f"report {id} is no proof for dispute {dispute_id}")
    if report.payment_id and (before := Payment.objects.filter(pk=report.payment_id).first()):
        return before
    _refuse_answered(report)
    paid = record_payment(
        actor=actor,
        id=dispute_id,
        **values | {"proof_id": _proof_id(actor, report, dispute), "form_key": f"report-{report.pk}"},
    )
    _answer(actor, report, CONFIRM, payment_id=paid.pk)
    _tell(actor, report, CONFIRMED)
    return paid


def _proof_id(actor: Actor, report: EnterpriseReport, dispute: Dispute) -> int:
    """Return the file of the dispute that proves a payment. What a side sent that does not lead the dispute is copied to it."""
    file = file_of(report)
    if file is None:
        return 0
    if file.enterprise_id == dispute.enterprise_id:
        return file.pk
    with open_attachment(file) as stream:
        data = stream.read()
    return attach(
        actor=actor,
        permission=Permission.RECORD_PAYMENTS,
        model=Dispute,
        id=dispute.pk,
        name=file.name,
        data=data,
    ).pk


@transaction.atomic
@as_declared
def decline(*, actor: Actor, id: int, reason: str) -> EnterpriseReport:
    """Decline a report, with the reason that the enterprise and whoever reads the log see.

    The same reason again changes nothing. Raise NotAllowed, Http404, WrongState if it was answered, ValidationError at ``reason``,
    also for one that names a party of the dispute that was paid in.
    """
    require(actor, Permission.ANSWER_REPORTS)
    reason = required_reason(reason)
    report = _locked(actor, id)
    if not report.waits and report.declined == reason:
        return report
    _refuse_answered(report)
    dispute = surviving(actor, report.dispute_id) if report.dispute_id else None
    refuse_persons(reason, "reason", named_in(actor, dispute))
    _answer(actor, report, DECLINE, declined=reason)
    _tell(actor, report, DECLINED)
    return report


def _locked(actor: Actor, id: int) -> EnterpriseReport:
    report = get_report(actor, id)
    lock_enterprise(actor, report.enterprise_id)  # in the order of a hand-over
    rows = EnterpriseReport.objects.select_related("enterprise", "station")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=report.pk)


def _refuse_answered(report: EnterpriseReport) -> None:
    if not report.waits:
        words = _("%(who)s has answered this already. Look at it again.")
        raise WrongState(words % {"who": report.answered_by or _("Somebody")})


def _answer(actor: Actor, report: EnterpriseReport, act: str, **values: Any) -> None:
    report.answered_at = timezone.now()
    report.answered_by, report.answered_by_id = actor.name[:80], actor.user_id
    for name, value in values.items():
        setattr(report, name, value)
    report.save(update_fields=["answered_at", "answered_by", "answered_by_id", *values])
    auditing.record(
        actor=actor,
        action=kind_of_model(EnterpriseReport).action(act),
        target=report,
        after={"about": report.about},
        reason=report.declined,
    )


def _tell(actor: Actor, report: EnterpriseReport, cause: str) -> None:
    """Tell the enterprise's people what became of their report."""
    notify(
        cause,
        to=people_of(report.enterprise_id),
        key=str(report.pk),
        object_id=report.pk,
        values={"about": report.about, "number": report.number},
        actor=actor,
    )
