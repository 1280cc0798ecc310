"""The bureau's picture of the disputes opened in twelve months: what they were about, how they ended, and who has them again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection
from django.db.models import Count, F, FloatField, Func, Q, QuerySet, Subquery, Value
from django.db.models.functions import TruncMonth
from django.utils import timezone

from disputes.mediation.choices import StepKind, WayKind
from disputes.models import Dispute
from disputes.overview.narrowing import DONE, RELAPSED, followed
from disputes.overview.punctuality import due_instalments
from disputes.overview.standing import file_of, moved
from disputes.selectors import list_disputes
from foundation.accounts.actors import Actor
from foundation.contributions.file import address_of
from foundation.database.composing import Statement
from foundation.database.planner import without_nested_loops
from foundation.periods import Period
from foundation.shares import FEWEST, share

OFTEN = 2  # disputes of an enterprise in twelve months that make it one with repeated disputes
MOST_FIRMS = 10  # of those that are named


@dataclass
class Counts:
    """What is counted of the disputes of a station, or of all.

    ``followed``: somebody was reached by a follow-up; ``relapsed`` of them had broken out again. ``due``: instalments whose day has
    passed; ``on_time`` of them were paid in full by it.
    """

    station_id: int = 0
    opened: int = 0
    settled: int = 0
    followed: int = 0
    relapsed: int = 0
    due: int = 0
    on_time: int = 0
    median: float | None = None  # days from opening to settlement; None if too few were settled to say

    @property
    def late(self) -> int:
        """Instalments that were not paid in full by their day."""
        return self.due - self.on_time

    @property
    def settled_share(self) -> float | None:
        return share(self.settled, self.opened)

    @property
    def relapse_share(self) -> float | None:
        return share(self.relapsed, self.followed)

    @property
    def on_time_share(self) -> float | None:
        return share(self.on_time, self.due)


@dataclass(frozen=True)
class Result:
    """How a way ended: the disputes that it settled, and those that it did not settle. One that goes on is neither."""

    way: WayKind
    settled: int
    failed: int

    @property
    def success(self) -> float | None:
        """Per cent of those that ended; None if they are too few to say."""
        return share(self.settled, self.settled + self.failed)


@dataclass(frozen=True)
class Firm:
    """An enterprise with repeated disputes."""

    id: int
    name: str
    disputes: int

    @property
    def url(self) -> str:
        """The address of its file."""
        return address_of(self.id)


@dataclass(frozen=True)
class Picture:
    """All figures, and when they were counted. ``stations``: by id, those of all under 0."""

    stations: Mapping[int, Counts]
    kinds: Mapping[str, Mapping[dt.date, int]]
    ways: Sequence[Result]
    firms: Sequence[Firm]
    often: int
    counted_at: dt.datetime


def picture_of(rows: QuerySet[Dispute]) -> Picture:
    """Count disputes. Each table is read once, whatever the number of rows that PostgreSQL expects behind the policies."""
    with without_nested_loops():
        firms, often = repeated(rows)
        return Picture(by_station(rows), by_kind(rows), by_way(rows), firms, often, timezone.localtime())


def opened_in(actor: Actor, first: dt.date, last: dt.date) -> QuerySet[Dispute]:
    """Return the disputes that were opened in these days and not voided. Every figure is of these."""
    return list_disputes(actor).filter(opened_on__range=(first, last)).select_related(None).order_by()


def months_of(last: Period) -> list[tuple[dt.date, dt.date]]:
    """Return first and last day of the twelve months that end with a quarter."""
    return [month for period in last.shift(-3).until(last) for month in period.months]


def by_kind(rows: QuerySet[Dispute]) -> Mapping[str, Mapping[dt.date, int]]:
    """Return how many of each kind were opened in each month, by its first day. One query."""
    found: dict[str, dict[dt.date, int]] = defaultdict(dict)
    counted = rows.values_list("kind", TruncMonth("opened_on")).annotate(number=Count("pk"))
    for kind, month, number in counted:
        found[kind][month] = number
    return found


class _MedianDays(Func):
    """The median of the days from opening to settlement."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY (%(expressions)s))"
    arg_joiner = " - "
    contains_aggregate = True
    output_field = FloatField()

    def __init__(self) -> None:
        super().__init__(F("settled_on"), F("opened_on"))

    def get_group_by_cols(self) -> list[Any]:
        return []


def by_station(rows: QuerySet[Dispute]) -> dict[int, Counts]:
    """Return the counts of each station that has any, by its id; those of all under 0. Two queries."""
    today = timezone.localdate()
    columns = {
        "opened": Count("pk"),
        "settled": Count("pk", filter=Q(settled_on__isnull=False)),
        "followed": Count("pk", filter=followed(DONE, today)),
        "relapsed": Count("pk", filter=followed(RELAPSED, today)),
        "median": _MedianDays(),
    }
    median = rows.annotate(all=Value(1)).values("all").annotate(median=_MedianDays()).values("median")
    counted = rows.values("station_id").annotate(**columns, of_all=Subquery(median))
    found: dict[int, Counts] = {}
    median_of_all: float | None = None
    for station_id, same_in_each, *numbers in counted.values_list("station_id", "of_all", *columns):
        found[station_id] = Counts(station_id, **dict(zip(columns, numbers, strict=True)))
        median_of_all = same_in_each
    sql, params = Statement.of(rows.values_list("pk")).bind({})
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT station_id, count(*), count(*) FILTER (WHERE is_on_time)
            FROM ({due_instalments(today)}) due WHERE file IN ({sql}) GROUP BY 1""",
            params,
        )
        for station_id, due, on_time in cursor.fetchall():
            counts = found.setdefault(station_id, Counts(station_id))
            counts.due, counts.on_time = due, on_time
    whole = total(found.values())
    whole.median = median_of_all
    for counts in (*found.values(), whole):
        if counts.settled < FEWEST:
            counts.median = None
    return found | {0: whole}


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum over stations, without the median."""
    found = Counts()
    for each in counts:
        for column in fields(Counts)[1:-1]:
            setattr(found, column.name, getattr(found, column.name) + getattr(each, column.name))
    return found


def by_way(rows: QuerySet[Dispute]) -> list[Result]:
    """Return how each way ended, as ``narrowing.settled_by`` and ``failed_by`` filter a list. One query."""
    sql, params = Statement.of(rows.values_list("pk", "settled_on")).bind({})
    text = f"""
        SELECT kind, count(*) FILTER (WHERE is_settled), count(*) FILTER (WHERE has_failed AND NOT is_settled) FROM (
            SELECT w.kind, bool_or(w.place = 1) AND bool_or(d.settled_on IS NOT NULL) AS is_settled,
                bool_or(w.place > 1 OR s.way_id IS NOT NULL) AS has_failed
            FROM (
                SELECT w.id, w.kind, {file_of("w")} AS file,
                    row_number() OVER (PARTITION BY {file_of("w")}
                        ORDER BY w.from_on DESC, w.id DESC) AS place
                FROM disputes_way w
                {moved("w")}
                WHERE w.voided_at IS NULL
            ) w
            JOIN ({sql}) d(id, settled_on) ON d.id = w.file
            LEFT JOIN (SELECT DISTINCT way_id FROM disputes_waystep
                WHERE kind IN ('{StepKind.FAILED.value}', '{StepKind.REFUSED.value}') AND voided_at IS NULL) s ON s.way_id = w.id
            GROUP BY w.file, w.kind
        ) ended GROUP BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        found = {kind: (settled, failed) for kind, settled, failed in cursor.fetchall()}
    return [Result(way, *found.get(way.value, (0, 0))) for way in WayKind]


def repeated(rows: QuerySet[Dispute]) -> tuple[list[Firm], int]:
    """Return the enterprises with the most disputes, at most MOST_FIRMS, and how many have OFTEN or more. Two queries."""
    counted = rows.values("enterprise_id").annotate(disputes=Count("pk")).filter(disputes__gte=OFTEN)
    named = counted.values_list("enterprise_id", "enterprise__name", "disputes")
    firms = [Firm(*row) for row in named.order_by("-disputes", "enterprise_id")[:MOST_FIRMS]]
    return firms, counted.count() if len(firms) == MOST_FIRMS else len(firms)
