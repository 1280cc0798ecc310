"""Reviewing how likely a dispute is to grow, and the measures against it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.choices import Risk, RiskReason
from disputes.filing.rules import level_by
from disputes.models import Dispute, RiskMeasure, RiskReview, belonging_to
from disputes.people.masking import refuse_persons
from disputes.people.selectors import names_in, parties_of
from facts.operations import VOIDED, change_fact
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import Faults
from foundation.inbox.notifying import notify
from foundation.texts import kept
from foundation.words import LONGEST_REASON

REVIEW, MEASURE, DONE = "review_risk", "risk_measure", "risk_measure_done"  # acts of the log
HIGH = "dispute.risk_high"  # the cause of a notification
LONGEST_MEASURE, LONGEST_NAME, MOST_MEASURES = 200, 80, 20
LATEST = dt.timedelta(days=366)  # until when a measure may last


class MeasureGiven(NamedTuple):
    """A measure as it is given."""

    what: str
    who: str
    until_on: dt.date | None


def reviews_of(dispute: Dispute) -> list[RiskReview]:
    """Return the reviews of a dispute, the latest first. One query."""
    return list(
        RiskReview.objects.filter(enterprise_id=dispute.enterprise_id, dispute_id__in=dispute.file_ids)
    )


def measures_of(dispute: Dispute) -> list[RiskMeasure]:
    """Return the measures of a dispute, what ends first first. One query."""
    return list(
        RiskMeasure.objects.filter(enterprise_id=dispute.enterprise_id, dispute_id__in=dispute.file_ids)
    )


def refusal_to_review(dispute: Dispute) -> str:
    """Return why the risk is not reviewed any more; empty if it may be."""
    return str(VOIDED) if dispute.is_voided else ""


@transaction.atomic
@as_declared
def review_risk(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    reasons: Collection[str],
    level: str = "",
    why: str = "",
    measure: MeasureGiven | None = None,
) -> Dispute:
    """Record a review: the level follows from the reasons, unless another one is set with ``why``.

    A high one is told to the chief at once, if it was not high before. Raise NotAllowed, Http404, WrongState for a voided
    dispute, StaleRecord as change_fact, ValidationError at ``reasons``, ``level``, ``why``, ``what``, ``who`` and ``until_on``.
    """
    require(actor, Permission.REVIEW_RISK)
    dispute = locked_dispute(actor, id)
    today, faults = timezone.localdate(), Faults()
    people = names_in(parties_of(actor, dispute))
    given = [each for each in RiskReason.values if each in reasons]
    if set(reasons) - set(given):
        faults.add(ValidationError({"reasons": _("This is not one of the choices.")}))
    proposed = level_by(given)
    if level and level not in Risk.values:
        faults.add(ValidationError({"level": _("This is not one of the choices.")}))
    with faults.of():
        why = kept(why, "why", LONGEST_REASON, words=True)
        refuse_persons(why, "why", people)
    chosen = Risk(level) if level in Risk.values else proposed
    if chosen != proposed and not why:
        words = _("The reasons give the level “%(level)s”. Say why it is another one.")
        faults.add(ValidationError({"why": words % {"level": proposed.label}}))
    made = _measure(actor, dispute, measure, people, faults) if measure else None
    faults.refuse()
    next_on = limit_in_force(actor, f"risk-{chosen}").from_day(today).last_on or today
    was = dispute.risk

    def change(record: Dispute) -> Mapping[str, tuple[Any, Any]]:
        record.risk, record.risk_next_on = chosen, next_on
        RiskReview.objects.create(
            **belonging_to(record),
            on=today,
            reasons=given,
            proposed=proposed,
            level=chosen,
            why=why if chosen != proposed else "",
            next_on=next_on,
            by=actor.name[:LONGEST_NAME],
            by_id=actor.user_id,
        )
        return {"risk_reasons": (None, given)}

    dispute = change_fact(
        actor=actor,
        permission=Permission.REVIEW_RISK,
        model=Dispute,
        id=id,
        version=version,
        action=kind_of_model(Dispute).action(REVIEW),
        change=change,
        reason=why,
    )
    if made:
        made.save(force_insert=True)
        _log(actor, dispute, MEASURE, made)
    if chosen == Risk.HIGH and was != Risk.HIGH:
        tell_chief(actor, dispute, len(reviews_of(dispute)))
    return dispute


def _measure(
    actor: Actor, dispute: Dispute, given: MeasureGiven, people: Collection[str], faults: Faults
) -> RiskMeasure | None:
    """Return the measure, not saved; what is wrong with it is added to ``faults``, also that it names one of ``people``."""
    today = timezone.localdate()
    if not any((given.what.strip(), given.who.strip(), given.until_on)):
        return None
    texts = {"what": "", "who": ""}
    for name, most in (("what", LONGEST_MEASURE), ("who", LONGEST_NAME)):
        with faults.of():
            texts[name] = kept(getattr(given, name), name, most, words=True)
            if not texts[name]:
                raise ValidationError({name: _("This field is required.")})
            refuse_persons(texts[name], name, people)  # the log has both
    until_on = given.until_on
    if until_on is None:
        faults.add(ValidationError({"until_on": _("This field is required.")}))
    elif not today <= until_on <= today + LATEST:
        faults.add(ValidationError({"until_on": _("Choose today or a later day, within a year.")}))
    if (
        RiskMeasure.objects.filter(enterprise_id=dispute.enterprise_id, dispute=dispute).count()
        >= MOST_MEASURES
    ):
        words = _("A dispute has at most %(number)d measures.") % {"number": MOST_MEASURES}
        faults.add(ValidationError({"what": words}))
    return RiskMeasure(
        **belonging_to(dispute),
        **texts,
        until_on=until_on or today,
        set_by=actor.name[:LONGEST_NAME],
        set_by_id=actor.user_id,
    )


def tell_chief(actor: Actor, dispute: Dispute, number: int) -> None:
    """Tell the chiefs of the station that a dispute may grow. ``number`` of the review: each is told once."""
    notify(
        HIGH,
        to=Q(station_id=dispute.station_id, role=Role.CHIEF),
        key=f"{dispute.pk}-{number}",
        object_id=dispute.pk,
        actor=actor,
    )


@transaction.atomic
@as_declared
def complete_measure(*, actor: Actor, id: int, measure_id: int) -> RiskMeasure:
    """Record that a measure was taken. Twice is once. Raise NotAllowed, Http404, WrongState for a voided dispute."""
    require(actor, Permission.REVIEW_RISK)
    dispute = locked_dispute(actor, id)
    measure = next((each for each in measures_of(dispute) if each.pk == measure_id), None)
    if measure is None:
        raise Http404(f"no measure {measure_id}")
    if measure.done_on is None:
        measure.done_on, measure.done_by = timezone.localdate(), actor.name[:LONGEST_NAME]
        measure.save(update_fields=["done_on", "done_by"])
        _log(actor, dispute, DONE, measure)
    return measure


def _log(actor: Actor, dispute: Dispute, act: str, measure: RiskMeasure) -> None:
    after = {"measure": measure.what, "who": measure.who, "until_on": measure.until_on.isoformat()}
    record(actor, dispute, act, after)


def open_measures(measures: Sequence[RiskMeasure]) -> list[RiskMeasure]:
    """Return the measures that are not done."""
    return [each for each in measures if each.done_on is None]
