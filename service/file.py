"""Activities on the enterprise file."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.declarations import count_of
from facts.selectors import visible
from foundation.contributions.file import Figure, Mark, Panel, Recording, Strand, register, word_of
from foundation.database.composing import days_before_today
from foundation.requests import Request, required_actor
from foundation.ui.panels import page_of
from service.choices import ActivityKind
from service.models import Activity


def _rows() -> QuerySet[Activity]:
    return Activity.objects.filter(voided_at=None)


def _activities(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = visible(required_actor(request), Activity, enterprise_id=enterprise.pk).select_related(None)
    return {"activities": page_of(request, rows, "activities")}


register(
    Panel("activities", "work", 10, "service/file_activities.html", _activities),
    Figure(
        "activities_year",
        lambda: count_of(_rows().filter(held_on__gt=days_before_today(365))),
        label=_("Activities, 12 months"),
        rank=30,
    ),
    Recording("service:activity_create", _("Record activity"), "school", 50),
    Mark(
        "activity",
        Strand.OWN,
        "school",
        _rows,
        "held_on",
        lambda kind, topic: (word_of(ActivityKind, kind), topic),
        name="kind",
        text="topic",
        page="service:activity",
    ),
)
