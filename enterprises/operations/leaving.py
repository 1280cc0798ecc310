"""Taking enterprises off the register, and putting them back."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import selectors
from enterprises.access import Permission
from enterprises.choices import AuditAction, InactiveReason
from enterprises.models import Enterprise, Inactivity
from enterprises.operations.days import not_to_come, records_since
from enterprises.operations.register import bump, locked
from foundation.accounts import access, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.limits import refuse_implausible
from foundation.faults import Faults
from foundation.words import listed

NO_MERGER = gettext_lazy("Only for a merger. Choose “Merged”, or clear this.")


class LaterRecords(access.WrongState):
    """There are records about the enterprise from the days in which it is to be off the register."""

    def __init__(self, records: list[tuple[str, int, dt.date]], day: dt.date) -> None:
        kinds = listed(f"{number} × {kind}" for kind, number, _last in records)
        last = max(last for _kind, _number, last in records)
        words = _(
            "There are records of %(day)s or later: %(kinds)s; the latest is of %(last)s. Choose a later day, or confirm "
            "below that it was off the register nevertheless. They keep counting for their days."
        )
        super().__init__(words % {"day": day.isoformat(), "kinds": kinds, "last": last.isoformat()})


@transaction.atomic
@as_declared
def set_inactive(
    *,
    actor: Actor,
    enterprise_id: int,
    kind: str,
    from_on: dt.date | None,
    reason: str,
    merged_into_id: int | None = None,
    over_records: bool = False,
) -> Inactivity:
    """Take an enterprise off the register from a day: suspended, closed, or merged into another one.

    Raises DoesNotExist, NotAllowed, WrongState (already off the register), ValidationError by field; LaterRecords if
    there are records of that day or later, which ``over_records`` accepts.
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    if (
        merged_into_id
    ):  # in one order, so that of two that merge into each other the second finds the first gone
        ids = sorted({enterprise_id, merged_into_id})
        list(selectors.visible(actor).filter(pk__in=ids).order_by("pk").select_for_update())
    enterprise = locked(actor, enterprise_id)
    if away := selectors.open_inactivity(actor, enterprise_id):
        words = _(
            "The enterprise is already off the register since %(day)s (%(state)s). Put it back on the register first."
        )
        raise access.WrongState(words % {"day": away.from_on.isoformat(), "state": away.get_kind_display()})
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        _check_kind(kind)
    with faults.of():
        _check_leaving(actor, enterprise, from_on)
    with faults.of():
        _merged_into(actor, enterprise, kind, merged_into_id, from_on)
    with faults.of():
        reason = required_reason(given)
    faults.refuse()
    assert from_on is not None
    later = records_since(enterprise, from_on)
    if later and not over_records:
        raise LaterRecords(later, from_on)
    inactivity = Inactivity.objects.create(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        kind=kind,
        from_on=from_on,
        reason=reason,
        reason_is_read=True,
        merged_into_id=_merged_into(actor, enterprise, kind, merged_into_id, from_on),
    )
    bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.DEACTIVATE_ENTERPRISE,
        target=enterprise,
        after=auditing.snapshot(inactivity),
        reason=reason,
    )
    if inactivity.merged_into_id:
        auditing.record(
            actor=actor,
            action=AuditAction.ABSORB_ENTERPRISE,
            target=selectors.get_enterprise(actor, inactivity.merged_into_id),
            after={"merged_id": enterprise.pk, "on": from_on.isoformat()},
            reason=reason,
        )
    return inactivity


def _check_kind(kind: str) -> None:
    if kind not in InactiveReason.values:
        raise ValidationError({"kind": _("Choose whether it is suspended, closed or merged.")})


def _check_leaving(actor: Actor, enterprise: Enterprise, from_on: dt.date | None) -> None:
    from_on = not_to_come(from_on, "from_on")
    refuse_implausible(Inactivity(from_on=from_on))
    if enterprise.registered_on and from_on < enterprise.registered_on:
        words = _("The enterprise has been on the register only since %(day)s.")
        raise ValidationError({"from_on": words % {"day": enterprise.registered_on}})
    last = selectors.list_inactivities(actor, enterprise.pk).exclude(Inactivity.IS_VOID).first()
    if last and last.until_on and from_on < last.until_on:
        words = _("The enterprise was off the register until %(day)s. Choose that day or a later one.")
        raise ValidationError({"from_on": words % {"day": last.until_on}})


def _merged_into(
    actor: Actor, enterprise: Enterprise, kind: str, merged_into_id: int | None, from_on: dt.date | None
) -> int | None:
    if kind != InactiveReason.MERGED:
        if merged_into_id:
            raise ValidationError({"merged_into": NO_MERGER})
        return None
    if merged_into_id == enterprise.pk:
        raise ValidationError({"merged_into": _("An enterprise cannot merge into itself.")})
    there = selectors.list_enterprises(actor).filter(pk=merged_into_id) if merged_into_id else None
    if there is None or not there.exists():
        raise ValidationError(
            {"merged_into": _("Choose the enterprise it merged into; it must be on the register.")}
        )
    if from_on and not there.filter(selectors.on_register(from_on)).exists():
        words = _("That enterprise was not on the register on %(day)s.")
        raise ValidationError({"merged_into": words % {"day": from_on.isoformat()}})
    return merged_into_id


@transaction.atomic
@as_declared
def reactivate(*, actor: Actor, enterprise_id: int, on: dt.date | None, reason: str) -> Enterprise:
    """Put an enterprise back on the register from a day.

    Raises DoesNotExist, NotAllowed, WrongState (already on the register), ValidationError by field.
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    inactivity = selectors.open_inactivity(actor, enterprise_id)
    if inactivity is None:
        raise access.WrongState(_("The enterprise is already on the register."))
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        _check_return(inactivity, on)
    with faults.of():
        reason = required_reason(given)
    faults.refuse()
    assert on is not None
    inactivity.until_on = on
    inactivity.save(update_fields=["until_on"])
    bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.REACTIVATE_ENTERPRISE,
        target=enterprise,
        after={"on": on.isoformat(), "was": inactivity.kind},
        reason=reason,
    )
    return enterprise


def _check_return(inactivity: Inactivity, on: dt.date | None) -> None:
    on = not_to_come(on, "on")
    refuse_implausible(
        Inactivity(from_on=inactivity.from_on, until_on=on), ["until_on"], names={"until_on": "on"}
    )
    if on <= inactivity.from_on:
        words = _(
            "Choose a date after %(day)s, the day on which the enterprise left the register. If it never left, say so under"
            " “Recorded by mistake”."
        )
        raise ValidationError({"on": words % {"day": inactivity.from_on}})


@transaction.atomic
@as_declared
def void_inactivity(*, actor: Actor, enterprise_id: int, period: int | None, reason: str) -> Inactivity:
    """Take back a time off the register that was recorded by mistake: the enterprise was on it all the time.

    The row stays, without a day in it, and the audit log keeps what it said. Raises DoesNotExist, NotAllowed,
    ValidationError by field (``period``: the id of an inactivity that is not void).
    """
    access.require(actor, Permission.DEACTIVATE_ENTERPRISES)
    enterprise = locked(actor, enterprise_id)
    faults, given, reason = Faults(), reason, ""
    with faults.of():
        reason = required_reason(given)
    inactivity = (
        selectors.list_inactivities(actor, enterprise_id)
        .exclude(Inactivity.IS_VOID)
        .filter(pk=period or 0)
        .first()
    )
    if inactivity is None:
        faults.add(ValidationError({"period": _("Choose one of the periods.")}))
    faults.refuse()
    assert inactivity is not None
    was_until = inactivity.until_on
    inactivity.until_on = inactivity.from_on
    inactivity.save(update_fields=["until_on"])
    bump(enterprise)
    auditing.record(
        actor=actor,
        action=AuditAction.REACTIVATE_ENTERPRISE,
        target=enterprise,
        before={"until_on": was_until.isoformat() if was_until else None},
        after={
            "on": inactivity.from_on.isoformat(),
            "was": inactivity.kind,
            "mistaken": True,
            "until_on": inactivity.from_on.isoformat(),
        },
        reason=reason,
    )
    heir = selectors.visible(actor).filter(pk=inactivity.merged_into_id or 0).first()
    if heir is not None:
        auditing.record(
            actor=actor,
            action=AuditAction.NOT_ABSORBED,
            target=heir,
            after={"merged_id": enterprise.pk, "on": inactivity.from_on.isoformat()},
            reason=reason,
        )
    return inactivity
