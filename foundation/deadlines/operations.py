"""Changing the time limits that no law fixes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.deadlines.access import Permission
from foundation.deadlines.choices import AuditAction, DayKind
from foundation.deadlines.models import LimitChange
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import Faults

MOST_DAYS = 365
LONGEST_AHEAD = dt.timedelta(days=366)


@transaction.atomic
@as_declared
def change_limit(
    *,
    actor: Actor,
    code: str,
    version: int | None,
    number: int,
    unit: str,
    effective_from: dt.date,
    reason: str,
) -> LimitChange:
    """Let the actor's bureau count another number of days from a day on, today at the earliest. Raise ValidationError.

    Deadlines that have begun stay as they are. Raise WrongState for one that a law fixes and for one that is so
    already, StaleRecord if it was changed since ``version``, DoesNotExist for an unknown code.
    """
    require(actor, Permission.CHANGE_TIME_LIMITS)
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    now, then = limit_in_force(actor, code), limit_in_force(actor, code, effective_from)
    if not (now.may_change and then.may_change):
        raise WrongState(_("A law fixes this time limit. It cannot be changed here."))
    if version is not None and version != now.version:
        raise StaleRecord(_("Somebody changed this time limit in the meantime."))
    faults, today = Faults(), timezone.localdate()
    with faults.of():
        reason = required_reason(reason)
    if not 1 <= number <= MOST_DAYS:
        words = _("Enter a number of days from 1 to %(most)d.")
        faults.add(ValidationError({"number": words % {"most": MOST_DAYS}}))
    if unit not in DayKind.values:
        faults.add(ValidationError({"unit": _("Choose how the days are counted.")}))
    if not today <= effective_from <= today + LONGEST_AHEAD:
        words = _("Choose today or a later day within a year: deadlines that have begun keep their rule.")
        faults.add(ValidationError({"effective_from": words}))
    faults.refuse()
    if (number, unit) == (then.number, then.unit) and not then.coming:
        raise WrongState(_("This time limit has that length already."))
    change = LimitChange.objects.create(
        bureau_id=actor.bureau_id,
        code=code,
        number=number,
        unit=unit,
        effective_from=effective_from,
        reason=reason,
        changed_by_id=actor.user_id,
    )
    auditing.record(
        actor=actor,
        action=AuditAction.CHANGE,
        target=change,
        before={"number": then.number, "unit": str(then.unit)},
        after={"number": number, "unit": unit, "effective_from": effective_from.isoformat()},
        reason=reason,
    )
    return change
