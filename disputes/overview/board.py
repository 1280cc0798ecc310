"""The board of disputes: what is not closed, by stage, whatever ends soonest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from disputes.choices import Stage
from disputes.models import Dispute
from disputes.overview.standing import CLOCKS, COLUMNS, standing
from enterprises.selectors import serving_liaisons
from foundation.database.composing import Statement
from foundation.database.planner import without_nested_loops
from foundation.words import Words

LANES: tuple[Stage, ...] = tuple(stage for stage in Stage if stage != Stage.CLOSED)
LABELS: dict[str, Words] = {
    "deadline": _("Settle it"),
    "risk": _("Review the risk"),
    "measure": _("Measure against the risk"),
    "way": _("Time limit of the way"),
    "session": _("Planned session"),
    "next_step": _("Next step"),
    "instalment": _("Instalment"),
    "confirmation": _("Judicial confirmation"),
    "follow_up": _("Follow-up"),
}


@dataclass(frozen=True)
class Place:
    """A dispute on the board: its id, the day on which the next of its clocks ends, and which one that is."""

    id: int
    next_on: dt.date | None
    clock: str


@dataclass
class Lane:
    """How many disputes have reached a stage, of how many a clock has run out, and those that come first."""

    stage: Stage
    count: int = 0
    late: int = 0
    first: list[Place] = field(default_factory=list)


def lanes(rows: QuerySet[Dispute], most: int, closed: QuerySet[Dispute] | None = None) -> dict[Stage, Lane]:
    """Return the lanes with the first ``most`` of each, and how many are closed, in one query.

    ``rows`` are what the filters leave of what is not closed, ``closed`` what they leave of what is; what was voided stands in no
    lane.
    """
    today = timezone.localdate()
    asked = Statement.of(rows.select_related(None).order_by().values_list(*COLUMNS))
    sql, params = asked.bind({})
    clocks = ", ".join(CLOCKS)
    text = f"""
        SELECT stage, count, late, id, next_on, {clocks} FROM (
            SELECT stands.*, count(*) OVER (PARTITION BY stage) AS count,
                count(*) FILTER (WHERE next_on < %s) OVER (PARTITION BY stage) AS late,
                row_number() OVER (PARTITION BY stage ORDER BY next_on, id) AS place
            FROM ({standing(today, sql)}) stands
        ) counted WHERE place <= %s"""
    given = [today, *params, most]
    if closed is not None:
        sql, params = Statement.of(closed.select_related(None).order_by().values_list("pk")).bind({})
        nothing = ", ".join("NULL" for _clock in CLOCKS)
        text += f" UNION ALL SELECT {Stage.CLOSED.value}, count(*), 0, 0, NULL, {nothing} FROM ({sql}) closed"
        given += params
    found: dict[Stage, Lane] = {stage: Lane(stage) for stage in Stage}
    with without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(f"{text} ORDER BY stage, next_on, id", given)
        for number, count, late, id, next_on, *days in cursor.fetchall():
            lane = found[Stage(number)]
            lane.count, lane.late = count, late
            if lane.stage == Stage.CLOSED:
                continue
            ending = zip(CLOCKS, days, strict=True)
            clock = next((name for name, day in ending if day is not None and day == next_on), "")
            lane.first.append(Place(id, next_on, clock))
    return found


def with_leads(rows: QuerySet[Dispute], ids: Sequence[int]) -> dict[int, Any]:
    """Return disputes by id, each with enterprise, station and ``liaison_name``, who leads it as long as nobody is named. One query."""
    if not ids:
        return {}
    officer = serving_liaisons("enterprise_id").values("officer__full_name")[:1]
    found = rows.select_related("enterprise", "station").filter(pk__in=ids).annotate(liaison_name=officer)
    return {row.pk: row for row in found.order_by()}
