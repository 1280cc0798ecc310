"""Open work of the plan on Today: what awaits the chief's approval, and the visits of the reader's next days."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises import left_behind
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.contributions.work import Next, Offer, Row, Work
from foundation.database.composing import PERSON, SOON, TODAY
from inspections.access import Permission
from inspections.models import PlannedVisit
from inspections.planning.visits import awaits_approval, is_open


def _of_chief() -> Q:
    """Return the condition on visits of a station whose chief the reader is."""
    grants = RoleGrant.objects.filter(
        user_id=PERSON, station_id=OuterRef("station_id"), role=Role.CHIEF, revoked_at=None
    )
    return Q(Exists(grants))


def _to_approve() -> QuerySet[PlannedVisit]:
    return PlannedVisit.objects.filter(awaits_approval(TODAY))


def _approve(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    """Return the act of the chief: the page on which everything is approved at once."""
    if not allows(actor, Permission.APPROVE_VISITS):
        return {}
    return {row.key: Next((Offer(_("Approve"), reverse("inspections:plan_approvals")),)) for row in rows}


def _ahead() -> QuerySet[PlannedVisit]:
    """Return the visits to be made soon, and those that were not made on their day: they wait until somebody moves them."""
    return PlannedVisit.objects.filter(is_open(), on__lte=SOON)


def _of_person() -> Q:
    """Return the condition on the reader's visits; those that nobody is left for are the chief's."""
    nobodys = left_behind.for_chief("officer_id") & left_behind.for_chief("second_id")
    return Q(officer_id=PERSON) | Q(second_id=PERSON) | nobodys


def _inspect(actor: Actor, rows: Sequence[Row]) -> dict[int, Next]:
    if not allows(actor, Permission.RECORD_INSPECTIONS):
        return {}
    check, move = reverse("inspections:inspection_check"), reverse("inspections:plan_move")
    today = timezone.localdate()
    return {
        row.key: Next(
            (Offer(_("Move"), f"{move}?visit={row.key}"),)
            if row.due_on and row.due_on < today
            else (Offer(_("Inspect by checklist"), f"{check}?enterprise={row.enterprise_id}"),)
        )
        for row in rows
    }


WORKS = (
    Work(
        code="visits_to_approve",
        title=_("Visits to approve"),
        noun=_("Approve a visit"),
        icon="gavel",
        rank=8,
        rows=_to_approve,
        text="officer_name",
        due="approve_by",
        grave="",
        page="inspections:plan_visit",
        acts=_approve,
        list_page="inspections:plan_visits",
        mine=_of_chief,
    ),
    Work(
        code="visits",
        title=_("Planned visits"),
        noun=_("Planned visit"),
        icon="calendar-event",
        rank=28,
        rows=_ahead,
        text="second_name",
        due="on",
        page="inspections:plan_visit",
        acts=_inspect,
        list_page="inspections:plan_visits",
        mine=_of_person,
    ),
)
