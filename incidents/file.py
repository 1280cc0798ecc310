"""Police incidents on the enterprise file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.declarations import count_of
from foundation.contributions.file import Figure, Mark, Panel, Recording, Strand, Tab, register, word_of
from foundation.database.composing import days_before_today
from foundation.requests import Request, required_actor
from foundation.ui.panels import page_of
from incidents.choices import IncidentKind
from incidents.models import Incident
from incidents.selectors import list_incidents


def _rows() -> Any:
    return Incident.objects.filter(voided_at=None)


def _list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = list_incidents(required_actor(request), enterprise_id=enterprise.pk).select_related(None)
    return {"shown": page_of(request, rows)}


register(
    Tab("incidents", _("Incidents"), "bell", 60),
    Panel("incidents", "incidents", 10, "incidents/file_incidents.html", _list),
    Figure(
        "incidents_year",
        lambda: count_of(_rows().filter(occurred_on__gt=days_before_today(365))),
        label=_("Police incidents, 12 months"),
        rank=40,
    ),
    Recording("incidents:create", _("Record incident"), "bell", 30),
    Mark(
        "incident",
        Strand.CASES,
        "bell",
        _rows,
        "occurred_on",
        lambda kind, summary: (word_of(IncidentKind, kind), summary),
        name="kind",
        text="summary",
        page="incidents:detail",
        tone="red",
    ),
)
