"""Everything that happened at an enterprise in one line of time, paged by key.

Each kind of event is one small ordered query that stops after a page; PostgreSQL merges them in ONE statement. A
cursor is the last event shown, so a page deep in the past costs what the first one does.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.choices import DisputeKind
from disputes.selectors import list_disputes
from enterprises.choices import Colour, InactiveReason, LiaisonKind
from enterprises.selectors import list_custodies, list_inactivities, list_liaisons
from facts.selectors import Event, visible
from foundation.accounts.actors import Actor
from foundation.periods import Period
from foundation.ui import links
from incidents.choices import IncidentKind
from incidents.selectors import list_incidents
from inspections.choices import CheckTarget, Conclusion, InspectionKind
from inspections.selectors import list_hazards, list_inspections, list_self_checks
from ratings.selectors import in_force
from service.choices import ActivityKind
from service.models import Activity

PAGE = 30
TEXT = 160


@dataclass(frozen=True)
class Kind:
    """One kind of event: where it is read from, and how it is told.

    ``rows`` gives the records; ``day``, ``code`` and ``text`` name columns; ``tell`` makes title and quiet line.
    """

    strand: str
    icon: str
    rows: Callable[[Actor, int], QuerySet]
    day: str
    tell: Callable[[str, str], tuple[Any, str]]
    code: str = ""
    text: str = ""
    url: str = ""
    colour: str = ""


def _ratings(actor: Actor, enterprise_id: int) -> QuerySet:
    return in_force(actor).filter(enterprise_id=enterprise_id)


def _word(choices: Any, code: str) -> str:
    return str(dict(choices.choices).get(code, code))


# The name of a kind takes part in the order of one day's events, so it never changes.
KINDS: dict[str, Kind] = {
    "activity": Kind(
        "own", "school", lambda actor, id: visible(actor, Activity, enterprise_id=id), "held_on",
        lambda code, text: (_word(ActivityKind, code), text), code="kind", text="topic", url="service:activity",
    ),
    "custody": Kind(
        "register", "arrows-exchange", list_custodies, "until_on",
        lambda code, text: (_("Handed over by %(station)s") % {"station": code}, text),
        code="held_by_station__name", text="reason",
    ),
    "dispute_opened": Kind(
        "cases", "users", lambda actor, id: list_disputes(actor, enterprise_id=id), "opened_on",
        lambda code, text: (_("Dispute opened: %(kind)s") % {"kind": _word(DisputeKind, code)}, text),
        code="kind", text="summary", url="disputes:detail",
    ),
    "dispute_settled": Kind(
        "cases", "users", lambda actor, id: list_disputes(actor, enterprise_id=id).exclude(settled_on=None),
        "settled_on", lambda code, text: (_("Dispute settled: %(kind)s") % {"kind": _word(DisputeKind, code)}, text),
        code="kind", text="summary", url="disputes:detail", colour="green",
    ),
    "hazard_closed": Kind(
        "inspections", "circle-check", lambda actor, id: list_hazards(actor, enterprise_id=id).exclude(closed_on=None),
        "closed_on", lambda code, text: (_("Hazard closed: %(item)s") % {"item": code}, text),
        code="item", text="place", url="inspections:hazard", colour="green",
    ),
    "hazard_found": Kind(
        "inspections", "alert-triangle", lambda actor, id: list_hazards(actor, enterprise_id=id), "found_on",
        lambda code, text: (_("Hazard found: %(item)s") % {"item": code}, text),
        code="item", text="place", url="inspections:hazard", colour="yellow",
    ),
    "incident": Kind(
        "cases", "bell", lambda actor, id: list_incidents(actor, enterprise_id=id), "occurred_on",
        lambda code, text: (_word(IncidentKind, code), text), code="kind", text="summary", url="incidents:detail",
        colour="red",
    ),
    "inspection": Kind(
        "inspections", "clipboard-check", lambda actor, id: list_inspections(actor, enterprise_id=id), "inspected_on",
        lambda code, text: (_word(InspectionKind, code), _word(Conclusion, text)),
        code="kind", text="conclusion", url="inspections:inspection",
    ),
    "left": Kind(
        "register", "door-exit", list_inactivities, "from_on",
        lambda code, text: (_("Off the register: %(state)s") % {"state": _word(InactiveReason, code)}, text),
        code="kind", text="reason",
    ),
    "liaison": Kind(
        "register", "user-check", list_liaisons, "from_on",
        lambda code, text: (_word(LiaisonKind, code), text), code="kind", text="officer__full_name",
    ),
    "rating": Kind(
        "register", "traffic-lights", _ratings, "effective_on",
        lambda code, text: (_("Rated %(colour)s") % {"colour": _word(Colour, code)}, str(Period.parse(text))),
        code="colour", text="period_code",
    ),
    "returned": Kind(
        "register", "door-enter", lambda actor, id: list_inactivities(actor, id).exclude(until_on=None), "until_on",
        lambda code, text: (_("Back on the register"), ""), code="kind",
    ),
    "self_check": Kind(
        "own", "checklist", lambda actor, id: list_self_checks(actor, enterprise_id=id), "checked_on",
        lambda code, text: (_("Self-check: %(target)s") % {"target": _word(CheckTarget, code)}, text),
        code="target", text="findings", url="inspections:self_check",
    ),
}  # fmt: skip
STRANDS = {
    "inspections": gettext_lazy("Inspections and hazards"),
    "cases": gettext_lazy("Disputes and incidents"),
    "own": gettext_lazy("The enterprise's own work"),
    "register": gettext_lazy("Ratings and register"),
}


@dataclass(frozen=True)
class Slice:
    """Some events of the line of time, and the cursor of those that follow ("" = none)."""

    events: list[Event]
    following: str


def line_of_time(
    actor: Actor, enterprise_id: int, *, strand: str = "", after: str = "", size: int = PAGE
) -> Slice:
    """The events after a cursor, the latest first. A cursor or strand that makes no sense counts as none."""
    names = [name for name, kind in KINDS.items() if strand not in STRANDS or kind.strand == strand]
    cursor = read_cursor(after)
    branches = [_branch(actor, enterprise_id, name, cursor, size + 1) for name in names]
    merged = branches[0].union(*branches[1:], all=True).order_by("-happened_on", "event", "-key")[: size + 1]
    rows = list(merged)
    following = "{}~{}~{}".format(*rows[size - 1][:3]) if len(rows) > size else ""
    return Slice([_told(*row) for row in rows[:size]], following)


def read_cursor(text: str) -> tuple[dt.date, str, int] | None:
    """(day, kind, id) of the last event shown; None for nonsense."""
    day, _tilde, rest = text.partition("~")
    name, _tilde, key = rest.partition("~")
    try:
        found = dt.date.fromisoformat(day), name, int(key)
    except ValueError:
        return None
    return found if name in KINDS and 0 <= found[2] < 2**63 else None


def _branch(actor: Actor, enterprise_id: int, name: str, cursor: Any, size: int) -> QuerySet:
    kind = KINDS[name]
    rows = kind.rows(actor, enterprise_id).select_related(None)
    if cursor is not None:
        day, last, key = cursor
        before = Q(**{f"{kind.day}__lt": day})
        if name == last:
            before |= Q(**{kind.day: day, "pk__lt": key})
        elif name > last:
            before |= Q(**{kind.day: day})
        rows = rows.filter(before)
    return (
        rows.order_by(f"-{kind.day}", "-pk")
        .annotate(
            happened_on=F(kind.day),
            event=Value(name, output_field=CharField()),
            key=F("pk"),
            code_=_column(kind.code),
            text_=_column(kind.text),
        )
        .values_list("happened_on", "event", "key", "code_", "text_")[:size]
    )


def _column(name: str) -> Any:
    if not name:
        return Value("", output_field=TextField())
    return Left(Cast(name, TextField()), TEXT)


def _told(happened_on: dt.date, name: str, key: int, code: str, text: str) -> Event:
    kind = KINDS[name]
    title, line = kind.tell(code or "", text or "")
    return Event(
        on=happened_on, title=title, text=line, icon=kind.icon, url=links.to(kind.url, key) if kind.url else "",
        colour=code if name == "rating" else kind.colour,
    )  # fmt: skip


def strands(current: str) -> Iterable[dict[str, Any]]:
    """The filter above the line: code, label, chosen."""
    yield {"code": "", "label": _("Everything"), "chosen": current not in STRANDS}
    for code, label in STRANDS.items():
        yield {"code": code, "label": label, "chosen": code == current}
