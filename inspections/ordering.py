"""The order about what an inspection found: by itself once everything has arrived, else in one act of an officer."""

from collections.abc import Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from facts.operations import lock_fact
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from inspections.checklists.answering import record_of
from inspections.checklists.summary import corrected_since, summary_of
from inspections.choices import Conclusion
from inspections.field.losing import awaited_photos
from inspections.models import Hazard, Inspection
from inspections.orders import KIND, issue_order, may_be_ordered, orders_of
from inspections.papers import ORDER
from inspections.records import latest_signing, officers_with_numbers
from inspections.selectors import hazards_of
from papers.access import Permission
from papers.models import Paper
from papers.selectors import letterhead_of, visible

logger = structlog.get_logger(__name__)


def to_order(actor: Actor, hazards: Sequence[Hazard]) -> list[Hazard]:
    """Return the hazards of an inspection that no order demands yet and one could. One query."""
    found = [each for each in hazards if may_be_ordered(each)]
    ordered = orders_of(actor, found)
    return [each for each in found if each.pk not in ordered]


@transaction.atomic
@as_declared
def order_what_was_found(*, actor: Actor, id: int, form_key: str = "") -> Paper:
    """Issue one order to rectify about all hazards of an inspection that can be in one, in one act.

    Officers and certificates are those of the inspection. Raise as issue_order, Http404, WrongState if nothing is to be ordered.
    """
    require(actor, Permission.ISSUE_PAPERS)
    inspection = lock_fact(actor, Inspection, id)
    found = to_order(actor, hazards_of(actor, inspection))
    if not found:
        raise WrongState(_("No hazard of this inspection still needs an order."))
    checked = record_of(actor, inspection)
    return issue_order(
        actor=actor,
        enterprise_id=inspection.enterprise_id,
        hazard_ids=[each.pk for each in found],
        measures={},
        officers=officers_with_numbers(actor, inspection, checked),
        inspected_on=inspection.inspected_on,
        certificate_shown=bool(checked and checked.certificate_shown),
        form_key=form_key,
    )


def order_when_whole(actor: Actor, inspection: Inspection) -> Paper | None:
    """Issue the order about what a signed inspection found, once no photo of it is awaited: photos stand behind it.

    None where an officer decides, on the inspection's page: nobody has signed what the inspection says now, its conclusion
    is *qualified*, one of its hazards was in an order before, also in a voided one, or the order is refused. Nothing that
    arrives is refused because of it.
    """
    may = allows(actor, Permission.ISSUE_PAPERS) and letterhead_of(actor.station_id) is not None
    # as it is by now: the last photo may come days later
    if not may or not _for_an_order(actor, lock_fact(actor, Inspection, inspection.pk)):
        return None
    try:
        with transaction.atomic():
            return order_what_was_found(actor=actor, id=inspection.pk)
    except (ValidationError, WrongState) as error:
        logger.warning("order_not_issued", inspection=inspection.pk, reason=str(error))
        return None


def _for_an_order(actor: Actor, inspection: Inspection) -> list[Hazard]:
    """Return the hazards that are ordered without an officer's act."""
    if inspection.is_voided or inspection.conclusion in ("", Conclusion.QUALIFIED):
        return []
    hazards = [each for each in hazards_of(actor, inspection) if may_be_ordered(each)]
    signing = latest_signing(inspection) if hazards else None
    if signing is None or awaited_photos(actor, inspection):
        return []
    about = visible(actor).filter(enterprise_id=inspection.enterprise_id, form=ORDER.code)
    ordered = {pk for records in about.values_list("records", flat=True) for pk in records[KIND]}
    if any(each.pk in ordered for each in hazards):
        return []
    return [] if corrected_since(signing.summary, summary_of(actor, inspection)) else hazards
