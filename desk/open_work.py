"""All open work of a station, read by one query whatever the number of kinds: what is due, and what may be done about it.

Apps declare in their ``work.py`` what can be due. The query counts everything by kind and urgency, and returns the rows
of one page.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from desk.selectors import last_entry_id
from enterprises.open_work import MINE, STATION, due, values_for
from enterprises.selectors import liaisons_now
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.contributions.work import Next, Offer, Row, Work, works
from foundation.database.caching import remembered
from foundation.database.composing import TODAY, Parameter, Statement, total, union
from foundation.ui import links
from foundation.ui.shell import may_open
from foundation.words import Words, labelled

BADGE_KEPT_S = 60
STREET = "street"

# how urgent work is, from the most urgent on: the code in the URL, the heading
URGENT, WEEK, LATER = "urgent", "week", "later"
BANDS: Mapping[str, Words] = {
    URGENT: gettext_lazy("Overdue or due today"),
    WEEK: gettext_lazy("Due within seven days"),
    LATER: pgettext_lazy("open work", "Later or without a deadline"),
}
CODES = tuple(BANDS)


@dataclass
class Item:
    """One record that is due, with the officer in charge and what the reader may do about it."""

    work: Work
    row: Row
    band: str = LATER
    officer: str = ""
    next: Next = field(default_factory=Next)
    back: str = ""  # where its acts lead afterwards

    @property
    def key(self) -> str:
        """The id of its row on the page."""
        return f"{self.work.code}-{self.row.key}"

    @property
    def title(self) -> str:
        words = self.work.words_of(self.row)
        return labelled(self.work.name, words) if words else self.work.name

    @property
    def place(self) -> str:
        return self.row.street or self.row.address

    @property
    def url(self) -> str:
        return reverse(self.work.page or "desk:file", args=[self.row.key])

    @property
    def for_another(self) -> bool:
        return self.next.for_another

    @property
    def offers(self) -> list[Offer]:
        """The acts, each of which leads back to the list."""
        return [
            Offer(each.label, links.and_back(each.url, self.back), each.in_place) for each in self.next.offers
        ]


@dataclass(frozen=True)
class Choice:
    """What a page shows of the open work."""

    whose: str
    most: int  # rows
    by: str = ""  # STREET groups by street
    when: str = ""  # one of BANDS
    street: str | None = None  # "" for addresses without a street
    first: int = 0
    stations: Collection[int] | None = None  # all of the actor's


@dataclass
class OpenWork:
    """What was found: the items of a page, the size of each one's group, and how much there is of each kind and urgency."""

    items: list[Item]
    in_group: list[int]
    counts: Mapping[tuple[str, str], int]
    chosen: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def of_kind(self, code: str) -> int:
        return sum(number for (kind, _band), number in self.counts.items() if kind == code)

    def of_band(self, band: str) -> int:
        return sum(number for (_kind, each), number in self.counts.items() if each == band)


def default_whose(actor: Actor) -> str:
    """Return whose work an actor sees first: an officer their own, a chief the station's."""
    return MINE if actor.role == Role.OFFICER else STATION


def dated(actor: Actor, most: int) -> list[tuple[Work, Row]]:
    """Return the first rows of the actor's open work that have a deadline, the most urgent first. One query."""
    values = values_for(actor)
    values |= {"when": None, "street": None, "first": 0, "most": most}
    found = []
    for code, key, *columns, _band, _number, _all in _open_work(default_whose(actor), "").rows(values):
        if key is not None:
            row = Row(code, key, *columns)
            if row.due_on:
                found.append((works[code], row))
    return found


def due_count(actor: Actor, whose: str = "") -> int:
    """Return how much work is overdue or due today. One query."""
    ((number,),) = _urgent(whose or default_whose(actor)).rows(values_for(actor))
    return number


def due_badge(actor: Actor) -> int:
    """Return :func:`due_count` as every page shows it: counted again after each act at the station, at the latest after a minute.

    Each act leaves an entry in the audit log. What leaves none (the publishing of a quarter) shows within the minute.
    """
    key = ("desk:due", actor.grant_id, actor.stations, timezone.localdate(), last_entry_id(actor))
    return remembered(key, lambda: due_count(actor), BADGE_KEPT_S)


def open_work(actor: Actor, choice: Choice) -> OpenWork:
    """Return a page of open work, and how much there is of each kind.

    Queries: the rows, their liaison officers, and one for each kind of record with a life.
    """
    values = values_for(actor, choice.stations)
    values |= {
        "when": CODES.index(choice.when) if choice.when else None,
        "street": choice.street,
        "first": choice.first,
        "most": choice.most,
    }
    items, sizes, counts, chosen = [], [], Counter[tuple[str, str]](), 0
    for code, key, *columns, band, number, of_all in _open_work(choice.whose, choice.by).rows(values):
        if key is None:
            counts[code, CODES[band]] = number
        else:
            items.append(Item(works[code], Row(code, key, *columns), CODES[band]))
            sizes.append(number)
            chosen = of_all
    serving = liaisons_now(actor, sorted({item.row.enterprise_id for item in items}))
    for item in items:
        officers = serving.get(item.row.enterprise_id)
        item.officer = str(officers[0].officer) if officers else ""
    _add_acts(actor, items)
    return OpenWork(items, sizes, counts, chosen)


def _add_acts(actor: Actor, items: Sequence[Item]) -> None:
    """Add to each item what the actor may do about it. Kinds that share their acts are asked once."""
    by_acts: dict[Callable[..., Any], list[Item]] = {}
    for item in items:
        if item.work.acts:
            by_acts.setdefault(item.work.acts, []).append(item)
    for acts, of_them in by_acts.items():
        found = acts(actor, [item.row for item in of_them])
        for item in of_them:
            item.next = found.get(item.row.key, item.next)
    for work in {item.work.code: item.work for item in items if not item.work.acts}.values():
        if may_open(work.act_page, actor, *(() if work.act_query else (0,))):
            for item in items:
                if item.work is work:
                    item.next = Next((Offer(work.act, _page_of(work, item.row), work.act_in_place),))


def _page_of(work: Work, row: Row) -> str:
    if work.act_query:
        return links.to(work.act_page, **{work.act_query: row.enterprise_id})
    return reverse(work.act_page, args=[row.key])


COLUMNS = "code, key, enterprise_id, enterprise, street, address, colour, text, more, due_on, on_day, grave"
_WHEN, _STREET = Parameter("when", IntegerField()), Parameter("street", TextField())
_FIRST, _MOST = Parameter("first", IntegerField()), Parameter("most", IntegerField())
_SOON, _TODAY = Parameter("soon", DateField()), TODAY


@cache
def _open_work(whose: str, by: str) -> Statement:
    """Return the statement over all kinds of open work: rows of a page, and the numbers by kind and urgency.

    A number is a row without a key. The last column counts all rows that are chosen, the one before those of the group.
    Records without a deadline stand after those due this week, the longest waiting first.
    """
    rows = union([_part(work, due(work, work.rows(), whose)) for work in works])
    urgency = "band, grave DESC, coalesce(due_on, on_day) NULLS LAST, rank, enterprise, key"
    group, order = ("street", f"street = '', street, {urgency}") if by == STREET else ("band", urgency)
    nothing = ", ".join(["NULL"] * (len(COLUMNS.split(", ")) - 1))
    sql = f"""
        WITH work (rank, {COLUMNS}) AS ({rows.sql}),
        dated AS MATERIALIZED (
            SELECT *, CASE WHEN due_on <= %s THEN 0 WHEN due_on <= %s THEN 1 ELSE 2 END AS band FROM work
        )
        (SELECT {COLUMNS}, band, count(*) OVER (PARTITION BY {group}), count(*) OVER ()
        FROM dated WHERE (%s::int IS NULL OR band = %s) AND (%s::text IS NULL OR street = %s)
        ORDER BY {order} OFFSET %s LIMIT %s)
        UNION ALL
        SELECT code, {nothing}, band, count(*), NULL FROM dated GROUP BY code, band
    """
    params = (_TODAY, _SOON, _WHEN, _WHEN, _STREET, _STREET, _FIRST, _MOST)
    return Statement(sql, (*rows.params, *params))


@cache
def _urgent(whose: str) -> Statement:
    """Return the statement that counts what is overdue or due today."""
    return total(
        [
            due(work, work.rows(), whose)
            .alias(due_day=_day(work.due))
            .filter(due_day__lte=TODAY)
            .values("pk")
            for work in works
            if work.due
        ]
    )


def _day(name: Any) -> Any:
    return Cast(name or Value(None, output_field=DateField()), DateField())


def _part(work: Work, rows: QuerySet[Any]) -> QuerySet[Any]:
    def text(name: Any) -> Any:
        return Cast(name, TextField()) if name else Value("", output_field=TextField())

    columns = {
        "rank_": Value(work.rank, output_field=IntegerField()),
        "code_": Value(work.code, output_field=CharField()),
        "key_": F("pk"),
        "enterprise_": F(work.to_enterprise),
        "name_": work.of_enterprise("name"),
        "street_": work.of_enterprise("street"),
        "address_": work.of_enterprise("address"),
        "colour_": work.of_enterprise("colour"),
        "text_": text(work.text),
        "more_": text(work.more),
        "due_on_": _day(work.due),
        "on_": _day(work.on),
        "grave_": F(work.grave) if work.grave else Value(False, output_field=BooleanField()),
    }
    return rows.annotate(**columns).values_list(*columns)
