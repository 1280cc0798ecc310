"""Work waiting for the station: hazards to follow up, enterprises to inspect."""

from functools import partial

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from enterprises.models import Enterprise
from enterprises.selectors import on_register, serving_liaisons
from facts.four_eyes import is_own
from foundation.contributions.work import Row, Work, register
from foundation.database.composing import QUARTER, SOON, TODAY
from inspections.choices import HazardState
from inspections.models import Hazard, Inspection
from inspections.selectors import DEADLINE, MAJOR_TODAY, in_state

MAJOR = Case(When(MAJOR_TODAY, then=Value(True)), default=Value(False), output_field=BooleanField())


def _hazards(condition: Q) -> QuerySet[Hazard]:
    return Hazard.objects.annotate(deadline=DEADLINE, is_major=MAJOR).filter(condition)


def _enterprises(condition: Q) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(on_register(TODAY)).filter(condition)


def _red_and_not_inspected() -> Q:
    inspected = Inspection.objects.filter(
        enterprise=OuterRef("pk"), voided_at=None, inspected_on__gte=QUARTER
    )
    return Q(colour=Colour.RED) & Q(~Exists(inspected))


def _never_inspected() -> Q:
    """Return the condition for enterprises in charge of an officer that the police have never inspected."""
    inspected = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
    return Q(Exists(serving_liaisons())) & Q(~Exists(inspected))


def _address(row: Row) -> str:
    return row.more


def _name(row: Row) -> str:
    return row.enterprise


# a section of Today with enterprises to inspect
_to_inspect = partial(
    Work,
    enterprise="",
    more="address",
    due="next_inspection_on",
    title_of=_name,
    line_of=_address,
    act=_("Record an inspection"),
    act_page="inspections:inspection_create",
    act_query="enterprise",
    list_page="enterprises:list",
)

register(
    Work(
        code="overdue",
        title=_("Overdue hazards"),
        icon="alert-triangle",
        tone="red",
        rank=10,
        rows=lambda: _hazards(in_state(HazardState.OVERDUE, TODAY) | in_state(HazardState.REFUSED, TODAY)),
        order=("-is_major", F("deadline").asc(nulls_last=True), "pk"),
        text="item",
        more="place",
        due="deadline",
        grave="is_major",
        page="inspections:hazard",
        act=_("View"),
        act_page="inspections:hazard",
        list_page="inspections:hazards",
        urgent=lambda: _hazards(in_state(HazardState.OVERDUE, TODAY)),
    ),
    _to_inspect(
        code="red",
        title=_("Red, and not inspected this quarter"),
        icon="traffic-lights",
        tone="red",
        rank=20,
        rows=lambda: _enterprises(_red_and_not_inspected()),
        order=(F("next_inspection_on").asc(nulls_first=True), "pk"),
    ),
    _to_inspect(
        code="inspections",
        title=_("Inspections due"),
        icon="clipboard-check",
        rank=30,
        rows=lambda: _enterprises(Q(next_inspection_on__lte=SOON)).exclude(_red_and_not_inspected()),
        order=("next_inspection_on", "pk"),
        urgent=lambda: _enterprises(Q(next_inspection_on__lte=TODAY)),
    ),
    _to_inspect(
        code="never_inspected",
        title=_("Never inspected"),
        icon="clipboard-plus",
        rank=35,
        rows=lambda: (
            _enterprises(_never_inspected())
            .exclude(_red_and_not_inspected())
            .exclude(next_inspection_on__lte=SOON)
        ),
        order=(F("next_inspection_on").asc(nulls_first=True), "sort_key", "pk"),
    ),
    Work(
        code="reinspection",
        title=_("Waiting for re-inspection"),
        icon="checks",
        rank=40,
        rows=lambda: _hazards(in_state(HazardState.SUBMITTED, TODAY)),
        order=("rectified_on", "pk"),
        text="item",
        more="place",
        on="rectified_on",
        on_label=_("submitted"),
        grave="is_major",
        page="inspections:hazard",
        act=_("Accept and close"),
        act_page="inspections:hazard_close",
        for_another=is_own,
        act_is_dialog=True,
        list_page="inspections:hazards",
    ),
    Work(
        code="soon",
        title=_("Hazards due within seven days"),
        icon="clock",
        rank=60,
        rows=lambda: _hazards(in_state(HazardState.OPEN, TODAY) & Q(deadline__lte=SOON)),
        order=("deadline", "pk"),
        text="item",
        more="place",
        due="deadline",
        grave="is_major",
        page="inspections:hazard",
        act=_("View"),
        act_page="inspections:hazard",
        list_page="inspections:hazards",
        is_figure=False,
    ),
    Work(
        code="no_deadline",
        title=_("Hazards without a deadline"),
        icon="calendar-question",
        rank=65,
        rows=lambda: _hazards(in_state(HazardState.OPEN, TODAY) & Q(deadline=None)),
        order=("-is_major", "found_on", "pk"),
        text="item",
        more="place",
        on="found_on",
        on_label=_("found"),
        grave="is_major",
        page="inspections:hazard",
        act=_("View"),
        act_page="inspections:hazard",
        list_page="inspections:hazards",
        is_figure=False,
    ),
)
