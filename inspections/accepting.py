"""Acceptance of what was submitted as rectified: of one, and what it would meet with many."""

import datetime as dt
from collections.abc import Collection, Sequence
from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facts import four_eyes
from facts.models import FactStep
from facts.operations import VOIDED, lock_fact
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.words import sentences
from inspections.access import Permission
from inspections.choices import HazardState
from inspections.hazard_operations import close_hazard
from inspections.major import refuses_acceptance
from inspections.models import Hazard
from inspections.selectors import list_hazards


@transaction.atomic
@as_declared
def accept_rectification(*, actor: Actor, id: int, closed_on: dt.date) -> Hazard:
    """Close a hazard that passed re-inspection. Raise as close_hazard, WrongState also for one that was not submitted."""
    require(actor, Permission.CLOSE_HAZARDS)
    if words := _not_submitted(lock_fact(actor, Hazard, id)):
        raise WrongState(words)
    accepted: Hazard = close_hazard(actor=actor, id=id, closed_on=closed_on)
    return accepted


def judge_acceptance(*, actor: Actor, hazard_ids: Sequence[int], closed_on: dt.date) -> Judgement:
    """Return what :func:`accept_rectification` would do to each of these hazards now, and change nothing.

    ``replaces`` has the day of the submission. Raises NotAllowed, ValidationError for the day itself. Two queries, and
    some for each hazard whose day of submission the actor has corrected.
    """
    require(actor, Permission.CLOSE_HAZARDS)
    if closed_on > timezone.localdate():
        raise ValidationError({"closed_on": _("This date is in the future.")})
    hazards = list_hazards(actor, voided=True).select_related("inspection").in_bulk(list(hazard_ids))
    corrected = _corrected_by(actor, hazards.values())
    judged = Judgement()
    for pk in hazard_ids:
        if pk not in hazards:
            continue
        hazard = hazards[pk]
        words = (
            _not_submitted(hazard)
            or refuses_acceptance(hazard)
            or own_report(actor, hazard)
            or (four_eyes.refusal(actor, hazard) if pk in corrected else "")
            or _wrong_day(hazard, closed_on)
        )
        if words:
            judged.refused[pk] = words
        else:
            judged.ready.append(pk)
            judged.replaces[pk] = hazard.rectified_on.isoformat() if hazard.rectified_on else ""
    return judged


def _not_submitted(hazard: Hazard) -> str:
    if hazard.is_voided:
        return str(VOIDED)
    if hazard.closed_on is not None:
        return _("This hazard was closed on %(day)s.") % {"day": hazard.closed_on.isoformat()}
    if hazard.state is HazardState.SUBMITTED:
        return ""
    return _("It has not been submitted as rectified.")


def own_report(actor: Actor, hazard: Hazard) -> str:
    """Return why the actor does not accept a hazard, as far as its own columns say; empty if they may. No query."""
    if not four_eyes.is_own(actor, hazard):
        return ""
    if actor.user_id == hazard.submitted_by_id and not four_eyes.is_named(actor, hazard.found_by):
        return _("You recorded the submission of the enterprise, so somebody else decides about it.")
    return _("You found or reported it yourself, so somebody else decides about it.")


def _corrected_by(actor: Actor, hazards: Collection[Hazard]) -> set[int]:
    """Return those of the hazards with a step of this person about the day of the submission."""
    steps = FactStep.objects.filter(
        enterprise_id__in={each.enterprise_id for each in hazards},
        kind="hazard",
        record_id__in=[each.pk for each in hazards],
        recorded_by_id=actor.user_id,
    )
    return set(steps.order_by().values_list("record_id", flat=True))


def _wrong_day(hazard: Hazard, closed_on: dt.date) -> str:
    closed = copy(hazard)
    closed.closed_on = closed_on
    try:
        closed.clean()
    except ValidationError as error:
        return sentences(*error.messages)
    return ""
