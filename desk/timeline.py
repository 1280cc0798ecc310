"""The timeline of an enterprise: everything that happened there, paged by cursor.

Apps declare in their ``file.py`` what can happen. Each kind of event is one small ordered query that stops after a
page; PostgreSQL merges them in one statement, compiled once. A cursor is the last event shown, so a page deep in the
past costs as much as the first.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Collate, Left
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.contributions.file import Mark, Strand, marks
from foundation.database.composing import ENTERPRISE, OfStations, Parameter, union
from foundation.database.prepared import Prepared
from foundation.ids import LARGEST_ID
from foundation.ui import links
from foundation.ui.timeline import Event

PAGE = 30
TEXT = 160
# the last event shown: its day, kind and id
DAY = Parameter("after_day", DateField())
KIND = Parameter("after_kind", CharField())
KEY = Parameter("after_key", BigIntegerField())
NEVER = Value(None, output_field=DateTimeField())
FROM_THE_START = (dt.date.max, "", LARGEST_ID)


@dataclass(frozen=True)
class Slice:
    """A page of the timeline, and the cursor of the next page ("" = none)."""

    events: list[Event]
    following: str


def timeline_page(actor: Actor, enterprise_id: int, *, strand: str = "", after: str = "") -> Slice:
    """Return the events after a cursor, the latest first. An invalid cursor or strand counts as none."""
    day, kind, key = read_cursor(after) or FROM_THE_START
    rows = _statement(strand if strand in Strand.values else "").rows(
        {
            "stations": list(actor.stations),
            "enterprise": enterprise_id,
            "now": timezone.now(),
            "after_day": day,
            "after_kind": kind,
            "after_key": key,
        }
    )
    following = "{}~{}~{}".format(*rows[PAGE - 1][:3]) if len(rows) > PAGE else ""
    events = [_as_event(*row) for row in rows[:PAGE]]
    # newest first, also within a day; what is not known to have been recorded then comes last
    events.sort(
        key=lambda event: (event.on, event.ordered_at.timestamp() if event.ordered_at else 0), reverse=True
    )
    return Slice(events, following)


def read_cursor(text: str) -> tuple[dt.date, str, int] | None:
    """Return (day, kind, id) of the last event shown, None for an invalid cursor."""
    day, _tilde, rest = text.partition("~")
    name, _tilde, key = rest.partition("~")
    try:
        found = dt.date.fromisoformat(day), name, int(key)
    except ValueError:
        return None
    return found if name in marks and 0 <= found[2] <= LARGEST_ID else None


def strands(current: str) -> Iterable[dict[str, Any]]:
    """Yield the choices of the filter above the timeline: code, label, chosen."""
    yield {"code": "", "label": _("Everything"), "chosen": current not in Strand.values}
    for code, label in Strand.choices:
        yield {"code": code, "label": label, "chosen": code == current}


@cache
def _statement(strand: str) -> Prepared:
    """Return the statement for one strand, or for all of them if it is empty."""
    chosen = [mark for mark in marks if not strand or mark.strand == strand]
    return Prepared(union([_part(mark) for mark in chosen], order="1 DESC, 2, 3 DESC", limit=PAGE + 1))


def _part(mark: Mark) -> QuerySet[Any]:
    """Return a page of one kind of event: those after the cursor in the order (day, kind, id)."""
    rows = mark.rows().filter(OfStations("station_id"), **{mark.enterprise: ENTERPRISE})
    return (
        rows.annotate(happening=Collate(Value(mark.code, output_field=CharField()), "C"))
        .filter(
            Q(**{f"{mark.day}__lt": DAY})
            | (Q(**{mark.day: DAY}) & (Q(happening=KIND, pk__lt=KEY) | Q(happening__gt=KIND)))
        )
        .order_by(f"-{mark.day}", "-pk")
        .annotate(day_=F(mark.day), name_=_column(mark.name), text_=_column(mark.text))
        .annotate(recorded_=F(mark.recorded) if mark.recorded else NEVER)
        .values_list("day_", "happening", "pk", "name_", "text_", "recorded_")[: PAGE + 1]
    )


def _column(name: str) -> Any:
    return Left(Cast(name, TextField()), TEXT) if name else Value("", output_field=TextField())


def _as_event(
    day: dt.date, kind: str, key: int, name: str | None, text: str | None, recorded_at: dt.datetime | None
) -> Event:
    mark = marks[kind]
    title, line = mark.words(name or "", text or "")
    return Event(
        on=day,
        title=title,
        text=line,
        icon=mark.icon,
        url=links.of_record(mark.page, key) if mark.page else "",
        colour=(name or "") if mark.tone == "name" else mark.tone,
        recorded_at=None if mark.recorded == "changed_at" else recorded_at,
        ordered_at=recorded_at,
    )
