"""Disputes on the enterprise file."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.kinds import kind_label
from disputes.models import Dispute
from disputes.people.sides import sides_elsewhere
from disputes.selectors import list_disputes, open_disputes
from enterprises.models import Enterprise
from facts.declarations import count_of, reopened_marks
from foundation.contributions.file import Figure, Mark, Panel, Recording, Strand, Tab, register
from foundation.requests import Request, required_actor
from foundation.ui.panels import page_of

FIRST = 5  # unsettled disputes shown on the overview


def _rows() -> Any:
    return Dispute.objects.filter(voided_at=None)


def _unsettled(request: Request, enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any] | None:
    if not known["figures"]["open_disputes"]:
        return None
    rows = list_disputes(required_actor(request), enterprise_id=enterprise.pk).filter(open_disputes())
    return {"disputes": list(rows.select_related(None).order_by("opened_on", "pk")[:FIRST])}


def _list(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    rows = list_disputes(required_actor(request), enterprise_id=enterprise.pk).select_related(None)
    return {"shown": page_of(request, rows)}


def _sides(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any] | None:
    found = sides_elsewhere(required_actor(request), enterprise.pk)
    return {"sides": found} if found else None


register(
    Tab("disputes", _("Disputes"), "users", 50, count="open_disputes"),
    Panel("unsettled", "overview", 20, "disputes/file_unsettled.html", _unsettled, aside=True),
    Panel("disputes", "disputes", 10, "disputes/file_disputes.html", _list),
    Panel("dispute_sides", "disputes", 20, "disputes/file_sides.html", _sides),
    Figure("open_disputes", lambda: count_of(_rows().filter(settled_on=None))),
    Recording("disputes:create", _("Record dispute"), "users", 40),
    Recording("disputes:report_create", _("Enter a report of theirs"), "message", 42),
    Mark(
        "dispute_opened",
        Strand.CASES,
        "users",
        _rows,
        "opened_on",
        lambda kind, summary: (
            gettext("Dispute opened: %(kind)s") % {"kind": kind_label(kind)},
            summary,
        ),
        name="kind",
        text="summary",
        page="disputes:detail",
    ),
    Mark(
        "dispute_settled",
        Strand.CASES,
        "users",
        lambda: _rows().exclude(settled_on=None),
        "settled_on",
        lambda kind, summary: (
            gettext("Dispute settled: %(kind)s") % {"kind": kind_label(kind)},
            summary,
        ),
        name="kind",
        text="summary",
        page="disputes:detail",
        tone="green",
        recorded="changed_at",
    ),
    Mark(
        "dispute_closed",
        Strand.CASES,
        "archive",
        lambda: _rows().exclude(closed_on=None),
        "closed_on",
        lambda kind, summary: (
            gettext("Dispute closed: %(kind)s") % {"kind": kind_label(kind)},
            summary,
        ),
        name="kind",
        text="summary",
        page="disputes:detail",
        recorded="changed_at",
    ),
    *reopened_marks(
        Dispute,
        Strand.CASES,
        _("Dispute settled: %(name)s"),
        _("Dispute reopened: %(name)s"),
        name="summary",
        text="place",  # not the note, which may name persons
    ),
)
