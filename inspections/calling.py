"""Reaching the enterprise: what is new for it and nobody there has opened, the call that is noted instead, its words."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from facts.four_eyes import is_named
from facts.operations import lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import is_anybody_in
from foundation.deadlines.counting import Length, Limit, Unit
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import Faults
from foundation.texts import kept
from foundation.words import LONGEST_REASON
from inspections.access import Permission
from inspections.choices import OPENED
from inspections.models import Hazard, HazardCall, belonging_to
from inspections.selectors import forget_pressing

ACT = "call"
LONGEST_NAME = 80


def first_call_on(actor: Actor) -> dt.date | None:
    """Return the day from which the station calls about what is new today, unless somebody of the enterprise opens it."""
    last_on = limit_in_force(actor, OPENED).from_day(timezone.localdate()).last_on
    return Limit(last_on, Length(1, Unit.WORKING)).count().last_on if last_on else None


def note_seen(*, actor: Actor, hazard: Hazard) -> None:
    """Record that somebody of the enterprise has opened what was new; not what is newer than what they were shown."""
    if actor.is_enterprise and hazard.call_from_on is not None:
        shown = Hazard.objects.filter(pk=hazard.pk, enterprise_id=actor.enterprise_id, version=hazard.version)
        shown.update(call_from_on=None)
        hazard.call_from_on = None
        forget_pressing(hazard.enterprise_id)


@transaction.atomic
@as_declared
def note_call(*, actor: Actor, id: int, spoke_with: str, said: str) -> HazardCall:
    """Note a call to the enterprise about a hazard: it no longer stands on Today as not opened.

    The same words of the same officer on the same day are one call: the form was sent twice.

    Raise NotAllowed, Http404, ValidationError at what is empty or cannot be kept, WrongState for a hazard that was voided or is closed.
    """
    require(actor, Permission.CALL_ABOUT_HAZARDS)
    hazard = lock_fact(actor, Hazard, id)
    if why := refusal_to_call(hazard):
        raise WrongState(why)
    faults, given = Faults(), {"spoke_with": "", "said": ""}
    with faults.of():
        given["spoke_with"] = kept(spoke_with, "spoke_with", LONGEST_NAME, words=True)
        if is_named(actor, given["spoke_with"]) or is_anybody_in(given["spoke_with"], hazard.found_by):
            words = _("Name the person of the enterprise you spoke with, not an officer.")
            raise ValidationError({"spoke_with": words})
    with faults.of():
        given["said"] = kept(said, "said", LONGEST_REASON, words=True)
    faults.refuse()
    if empty := [name for name, value in given.items() if not value]:
        raise ValidationError(dict.fromkeys(empty, _("This field is required.")))
    before = _noted_today(actor, hazard, given)
    if before and hazard.call_from_on is None:  # otherwise something is new since
        return before
    call = HazardCall.objects.create(
        **belonging_to(hazard),
        by=actor.name[:80],
        by_id=actor.user_id,
        **given,
    )
    Hazard.objects.filter(pk=hazard.pk, enterprise_id=hazard.enterprise_id).update(call_from_on=None)
    auditing.record(
        actor=actor,
        action=kind_of_model(Hazard).action(ACT),
        target=hazard,
        after={"spoke_with": given["spoke_with"]},
        reason=given["said"],
    )
    forget_pressing(hazard.enterprise_id)
    return call


def _noted_today(actor: Actor, hazard: Hazard, given: Mapping[str, str]) -> HazardCall | None:
    rows = HazardCall.objects.filter(
        enterprise_id=hazard.enterprise_id, record_id=hazard.pk, by_id=actor.user_id, **given
    )
    last = rows.first()
    return last if last and timezone.localdate(last.at) == timezone.localdate() else None


def refusal_to_call(hazard: Hazard) -> str:
    """Return why there is nothing to call about; empty if there is."""
    if hazard.is_voided:
        return _("This record was voided.")
    return _("This hazard is closed.") if hazard.closed_on else ""


def calls_about(hazard: Hazard) -> list[HazardCall]:
    """Return the calls about a hazard, the latest first. One query."""
    return list(HazardCall.of(hazard))


def person_to_call(enterprise: Enterprise) -> str:
    """Return who of the enterprise is called first, by the register: the security chief, else the responsible person."""
    return enterprise.security_chief or enterprise.responsible_person or enterprise.legal_representative


def words_to_send(hazard: Hazard, *, station: str, url: str) -> str:
    """Return the text that an officer sends by WeChat or SMS. It names no detail that others must not read."""
    person, last_on = person_to_call(hazard.enterprise), hazard.deadline_on
    words = _(
        "%(person)s, %(station)s has recorded a security hazard at your enterprise: %(hazard)s.%(until)s Please open it in"
        " Anqi and answer there: %(url)s"
    )
    until = _(" Put it right by %(day)s.") % {"day": last_on.isoformat()} if last_on else ""
    return words % {
        "person": person or hazard.enterprise.name,
        "station": station,
        "hazard": hazard,
        "until": until,
        "url": url,
    }
