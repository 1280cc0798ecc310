"""The visit that an inspection made without a plan, entered so that the chief approves it afterwards."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from facts.operations import VOIDED
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.arguments import as_declared
from foundation.words import visible as legible
from inspections.access import Permission
from inspections.checklists.answering import FEWEST_OFFICERS
from inspections.choices import VisitSource
from inspections.models import Inspection, PlannedVisit
from inspections.planning.planning import Terms, add_visit, lock_firms, team_named
from inspections.planning.visits import inspectors_of, team_of, visit_of


@transaction.atomic
@as_declared
def note_urgent(
    *, actor: Actor, inspection: Inspection, urgent_reason: str, officer_id: int, second_id: int
) -> PlannedVisit:
    """Enter the visit that an inspection made without a plan, so that the chief approves it afterwards.

    The form of the approval names those who inspected; where fewer than two of them still work here, others may stand in.
    Raise NotAllowed, WrongState if it was voided or has a visit already, ValidationError by field.
    """
    require(actor, Permission.PLAN_VISITS)
    urgent_reason = legible(urgent_reason).strip()
    if not urgent_reason:
        raise ValidationError({"urgent_reason": _("Say why it could not wait for the approval.")})
    firm = lock_firms(actor, [inspection.enterprise_id])[0]
    if not Inspection.objects.filter(pk=inspection.pk, voided_at=None).exists():
        raise WrongState(str(VOIDED))
    if visit_of(actor, inspection):
        raise WrongState(_("This inspection is on the plan already; its approval goes with that visit."))
    terms = Terms(inspection.inspected_on, officer_id, second_id)
    team = team_named(actor, firm.station_id, terms)
    _check_inspectors(inspection, team_of(actor, firm.station_id), team)
    return add_visit(
        actor,
        firm,
        terms,
        team,
        source=VisitSource.COMPLAINT if inspection.kind == "complaint" else VisitSource.CYCLE,
        since_on=inspection.inspected_on,
        urgent=True,
        urgent_reason=urgent_reason,
    )


def _check_inspectors(inspection: Inspection, team: Sequence[User], named: tuple[User, User | None]) -> None:
    """Refuse (ValidationError) an officer of an approval whom the inspection does not name, if it names two who can be."""
    there = inspectors_of(inspection, team)
    if len(there) < FEWEST_OFFICERS:
        return
    for field, each in zip(("officer", "second"), named, strict=True):
        if each and each not in there:
            words = _("%(name)s is not among those who inspected: %(names)s.")
            raise ValidationError({field: words % {"name": str(each), "names": inspection.inspectors_shown}})
