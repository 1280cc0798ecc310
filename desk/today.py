"""Today: one list of all open work of a station, the most urgent first, each with its next act.

Apps declare in their ``work.py`` what can be due. One query reads all of it, whatever the number of kinds: it counts
everything by kind and urgency, and returns the rows of one page.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from desk.access import Permission
from desk.selectors import last_entry_id
from enterprises.open_work import MINE, STATION, due, values_for
from enterprises.selectors import liaisons_now, list_stations
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.selectors import open_password_requests
from foundation.contributions.work import Next, Offer, Row, Work, works
from foundation.database.caching import remembered
from foundation.database.composing import TODAY, Parameter, Statement, total, union
from foundation.ui import links
from foundation.ui.shell import may_open
from foundation.ui.views import Crumb, Page, WithResults
from foundation.words import Words, labelled

SHOWN = 50  # rows of a page
PRINTED = 150  # rows on paper: more than a station does in a day
MOST_DIGITS = 6  # of the number of a page
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


@dataclass
class Section:
    """The open work of one kind. ``total`` counts all of it, ``items`` are those on this page."""

    work: Work
    whose: str
    total: int = 0
    items: list[Item] = field(default_factory=list)
    stations: Collection[int] = ()  # named in the address of the list, if the reader has others too

    @property
    def code(self) -> str:
        return self.work.code

    @property
    def title(self) -> Words:
        return self.work.title

    @property
    def all_url(self) -> str:
        """The list of exactly the records that ``total`` counts."""
        narrowing: dict[str, Any] = {}
        if self.whose == MINE and not self.work.whole_station:
            narrowing["whose"] = MINE
        for station in self.stations:
            narrowing["station"] = station
        return links.to(self.work.list_page, work=self.work.code, **narrowing)


@dataclass
class Group:
    """Neighbouring rows of the list under one heading. ``total`` counts all of the group, also those on other pages."""

    code: str
    title: Words
    total: int
    items: list[Item]
    url: str = ""  # this group alone, if it does not fit on the page


@dataclass(frozen=True)
class Choice:
    """What a page shows of the open work."""

    whose: str
    by: str = ""  # STREET groups by street
    when: str = ""  # one of BANDS
    street: str | None = None  # "" for addresses without a street
    first: int = 0
    most: int = SHOWN
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


class OpenWorkPage(Page):
    """What the pages of open work have in common: whose it is, and which part of it the URL asks for."""

    permission = Permission.VIEW_TODAY
    stations: Collection[int] | None = None

    @property
    def default_whose(self) -> str:
        return default_whose(self.actor)

    @cached_property
    def whose(self) -> str:
        return self.one_of("whose", (MINE, STATION), self.default_whose)

    @cached_property
    def when(self) -> str:
        return self.one_of("when", CODES)

    @property
    def street(self) -> str | None:
        asked = self.request.GET.get("street")
        return asked if asked is None else asked.replace("\x00", "")

    def sections(self, found: OpenWork) -> list[Section]:
        """Return the kinds of which there is anything, each with its list."""
        of_kind = {work.code: [item for item in found.items if item.work is work] for work in works}
        return [
            Section(work, self.whose, number, of_kind[work.code], self.stations or ())
            for work in sorted(works, key=lambda each: each.rank)
            if (number := found.of_kind(work.code))
        ]


class Today(WithResults, OpenWorkPage, TemplateView):
    """Open work in one list.

    ``?whose=`` switches between the officer's own enterprises and the whole station's, ``?by=street`` groups by street;
    ``?when=`` and ``?street=`` leave one group of it.
    """

    template_name = "desk/today.html"
    title = gettext_lazy("Today")

    @cached_property
    def by(self) -> str:
        return self.one_of("by", (STREET,))

    @cached_property
    def number(self) -> int:
        """The page of the list; the first for what is no number."""
        asked = self.request.GET.get("page", "")
        is_number = asked.isascii() and asked.isdecimal() and len(asked) < MOST_DIGITS
        return max(int(asked), 1) if is_number else 1

    def address(self, **changes: Any) -> str:
        """Return the URL of this list with other choices; None takes one away. It begins on the first page."""
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def get_paper_url(self) -> str:
        return f"{reverse('desk:today_paper')}?{self.request.GET.urlencode()}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first = (self.number - 1) * SHOWN
        choice = Choice(self.whose, self.by, self.when, self.street, first, SHOWN, self.stations)
        found = open_work(self.actor, choice)
        if first and not found.items:  # the last row of the last page is done
            first, self.number = 0, 1
            found = open_work(self.actor, replace(choice, first=0))
        back = self.request.get_full_path()
        for item in found.items:
            item.back = back
        urgent = found.of_band(URGENT)
        if self.whose == self.default_whose and self.stations is None:
            self.request.badges = {"desk:today": urgent}  # head and badge are the same figure, counted now
        until, number = first + len(found.items), self.number
        return super().get_context_data(
            whose=self.whose,
            by=self.by,
            is_part=bool(self.when) or self.street is not None,
            today=timezone.localdate(),
            sections=self.sections(found),
            groups=list(self.groups(found)),
            total=found.total,
            chosen=found.chosen,
            urgent=urgent,
            shown_range=f"{first + 1}–{until}",
            previous_url=self.address(page=number - 1) if number > 1 else "",
            next_url=self.address(page=number + 1) if until < found.chosen else "",
            mine_url=self.address(whose=MINE, street=None),
            station_url=self.address(whose=STATION, street=None),
            by_day_url=self.address(by=None),
            by_street_url=self.address(by=STREET),
            everything_url=self.address(when=None, street=None),
            this_url=back,
            paper_url=self.get_paper_url(),
            password_requests=()
            if self.is_fragment or self.stations is not None
            else open_password_requests(self.actor),
            **context,
        )

    def groups(self, found: OpenWork) -> Iterable[Group]:
        """Yield the rows of the page by urgency or by street."""
        pairs = list(zip(found.items, found.in_group, strict=True))
        for code, rows in groupby(pairs, key=lambda pair: group_of(pair[0], self.by)):
            items, sizes = zip(*rows, strict=True)
            here = {STREET: code} if self.by else {"when": code}
            group = Group(code, title_of(code, self.by), sizes[0], list(items))
            if group.total > len(items) and code != (self.street if self.by else self.when):
                group.url = self.address(**here)
            yield group


class StationToday(Today):
    """The open work of one station, for the bureau above it."""

    permission = Permission.VIEW_BUREAU_FIGURES

    @property
    def default_whose(self) -> str:
        return STATION

    @cached_property
    def whose(self) -> str:
        return STATION

    @cached_property
    def station(self) -> Any:
        """The station in the URL. A 404 for one of another bureau."""
        found = {each.pk: each for each in list_stations(self.actor)}
        if self.kwargs["station_id"] not in found:
            raise Http404("there is no such station")
        return found[self.kwargs["station_id"]]

    @property
    def stations(self) -> Collection[int]:  # type: ignore[override]  # known from the URL
        return (self.station.pk,)

    def get_title(self) -> str:
        return _("Open work of %(station)s") % {"station": self.station.name}

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Bureau"), reverse("desk:bureau"))]

    def get_paper_url(self) -> str:
        return ""


class TodayPaper(OpenWorkPage, TemplateView):
    """Today on paper: by street and house, with an empty column for notes."""

    template_name = "desk/today_paper.html"
    title = gettext_lazy("Worksheet for today")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Today"), f"{reverse('desk:today')}?{self.request.GET.urlencode()}")]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        choice = Choice(self.whose, "", self.when, self.street, 0, PRINTED)
        found = open_work(self.actor, choice)
        items = sorted(found.items, key=lambda item: (not item.row.street, item.row.street, item.row.address))
        groups = [
            Group(code, title_of(code, STREET), len(of_street), of_street)
            for code, rows in groupby(items, key=lambda item: item.row.street)
            for of_street in [list(rows)]
        ]
        return super().get_context_data(
            whose=self.whose,
            band=BANDS.get(self.when, ""),
            today=timezone.localdate(),
            groups=groups,
            shown=len(items),
            chosen=found.chosen,
            **context,
        )


def group_of(item: Item, by: str) -> str:
    """Return the group that an item is in: its street, or its urgency."""
    return item.row.street if by == STREET else item.band


def title_of(group: str, by: str) -> Words:
    """Return the heading of a group."""
    return (group or _("Address without a street")) if by == STREET else BANDS[group]


def default_whose(actor: Actor) -> str:
    """Return whose work an actor sees first: an officer their own, a chief the station's."""
    return MINE if actor.role == Role.OFFICER else STATION


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


def sections_of(actor: Actor, whose: str) -> list[Section]:
    """Return all kinds of open work with their number and most urgent records, the most urgent kind first."""
    found = open_work(actor, Choice(whose))
    return [
        Section(
            work,
            whose,
            found.of_kind(work.code),
            [item for item in found.items if item.work.code == work.code],
        )
        for work in sorted(works, key=lambda each: each.rank)
    ]


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
