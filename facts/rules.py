"""Rules of every kind of fact, which its operations hold: pages, imports and the API meet the same ones.

What a kind adds is in its ``clean()``; what a correction may change, in ``facts.corrections``.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from facts.models import Fact
from facts.selectors import inactivity_on, visible
from foundation.accounts.actors import Actor
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.faults import Faults


def check_new(actor: Actor, fact: Fact, faults: Faults) -> None:
    """Raise ValidationError with ``faults`` and everything else that is wrong with a new record.

    The rules about its enterprise are left out as long as none was chosen.
    """
    is_whole = False
    with faults.of():
        check(fact)
        is_whole = True
    with faults.of():
        refuse_implausible(fact, own_name=actor.name if actor.user_id else "")
    with faults.of():
        refuse_decided_at_first(actor, fact)
    if fact.enterprise_id:
        with faults.of():
            refuse_day_off_register(actor, fact)
    if fact.enterprise_id and is_whole:
        with faults.of():
            refuse_twin(actor, fact)
    faults.refuse()


def check(fact: Fact) -> None:
    """Check field rules and ``clean()``. The database enforces the constraints."""
    faults = Faults()
    with faults.of():
        refuse_unstorable(fact)
    with faults.of():
        fact.full_clean(
            exclude={"enterprise", "station", "inspection"}, validate_unique=False, validate_constraints=False
        )
    faults.refuse()


def refuse_day_off_register(actor: Actor, fact: Fact, day: dt.date | None = None, *, at: str = "") -> None:
    """Raise ValidationError at the day of a record if its enterprise was off the register then, or not yet on it.

    ``day`` and ``at``: of an act that says something new happened, and the field that asks for it.
    """
    day, at = (day, at) if at else (getattr(fact, fact.dated_by), fact.dated_by)
    since = fact.enterprise.registered_on
    if day and since and day < since:
        words = _(
            "The enterprise has been on the register only since %(day)s. If it was there before, correct that day in its"
            " entry first."
        )
        raise ValidationError({at: words % {"day": since.isoformat()}})
    inactivity = inactivity_on(actor, fact.enterprise_id, day) if day else None
    if inactivity:
        words = _(
            "The enterprise has been off the register since %(day)s (%(state)s). Record only what happened before that"
            " day, or have the enterprise put back on the register first."
        )
        state = inactivity.get_kind_display()
        raise ValidationError({at: words % {"day": inactivity.from_on, "state": state}})


def refuse_decided_at_first(actor: Actor, fact: Fact) -> None:
    """Raise ValidationError at what a person fills in a new record though somebody else decides it afterwards."""
    given = [name for name in fact.decided if getattr(fact, name) is not None]
    if actor.user_id and given and not getattr(fact, "on_the_spot", False):
        raise ValidationError(dict.fromkeys(given, _("Somebody else decides this once it is recorded.")))


def refuse_twin(actor: Actor, fact: Fact) -> None:
    """Raise ValidationError at the day of a record that reports what another record reports already.

    The system brings records from elsewhere; only people report.
    """
    same = fact.twins()
    if same is None or not actor.user_id:
        return
    rows = visible(actor, type(fact), enterprise_id=fact.enterprise_id).filter(same).exclude(pk=fact.pk)
    if rows.exists():
        words = _("The same has already been recorded for this day: %(record)s.")
        raise ValidationError({fact.dated_by: words % {"record": fact}})
