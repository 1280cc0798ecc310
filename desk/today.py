"""Today: what is due in a station this week, the most urgent first, each with one click to act.

Apps declare in their ``work.py`` what can be due. One query reads all of it, whatever the number of kinds.
"""

from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, CharField, Count, DateField, F, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from desk.access import Permission
from desk.selectors import last_entry_id
from enterprises.open_work import MINE, STATION, due, values_for
from enterprises.selectors import liaisons_now
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.selectors import open_password_requests
from foundation.contributions.work import Row, Work, works
from foundation.database.caching import remembered
from foundation.database.composing import Statement, total, union
from foundation.ui import links
from foundation.ui.views import Page
from foundation.words import Words

SHOWN = 8  # rows of a section; the rest is one click away
BADGE_KEPT_S = 60


@dataclass
class Item:
    """One record that is due. ``for_another``: the reader reported it, so its act is for somebody else to do."""

    work: Work
    row: Row
    liaison: str = ""
    for_another: bool = False

    @property
    def title(self) -> str:
        return self.work.title_of(self.row)

    @property
    def line(self) -> str:
        return self.work.line_of(self.row)

    @property
    def url(self) -> str:
        return reverse(self.work.page or "desk:file", args=[self.row.key])

    @property
    def act_url(self) -> str:
        if self.work.act_query:
            return links.to(self.work.act_page, **{self.work.act_query: self.row.enterprise_id})
        return reverse(self.work.act_page, args=[self.row.key])


@dataclass
class Section:
    """Records of one kind that are due. ``total`` counts all of them, ``items`` holds the most urgent."""

    work: Work
    whose: str
    items: list[Item] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.work.code

    @property
    def title(self) -> Words:
        return self.work.title

    @property
    def total(self) -> int:
        return self.items[0].row.total if self.items else 0

    @property
    def all_url(self) -> str:
        """The list of exactly the records that ``total`` counts."""
        narrowing = {"whose": MINE} if self.whose == MINE and not self.work.whole_station else {}
        return links.to(self.work.list_page, work=self.work.code, **narrowing)


class Today(Page, TemplateView):
    """What is due. ``?whose=`` switches between the officer's own enterprises and the whole station's."""

    permission = Permission.VIEW_TODAY
    template_name = "desk/today.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        whose = self.one_of("whose", (MINE, STATION), default_whose(self.actor))
        sections = sections_of(self.actor, whose)
        urgent = due_count(self.actor, whose)
        if whose == default_whose(self.actor):  # head and badge are the same figure, counted now
            self.request.badges = {"desk:today": urgent}
        return super().get_context_data(
            whose=whose,
            today=timezone.localdate(),
            sections=[each for each in sections if each.total],
            stats=[each for each in sections if each.work.is_figure],
            is_empty=not any(each.total for each in sections),
            password_requests=open_password_requests(self.actor),
            urgent=urgent,
            **context,
        )


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


def sections_of(actor: Actor, whose: str) -> list[Section]:
    """Return all sections, the most urgent kind first.

    Two queries, the rows and their liaison officers, and one for each kind of work that not everybody may do.
    """
    rows = [Row(*each) for each in _open_work(whose).rows(values_for(actor))]
    by_code = {code: list(of_code) for code, of_code in groupby(rows, key=lambda row: row.code)}
    serving = liaisons_now(actor, sorted({row.enterprise_id for row in rows}))
    sections = []
    for work in sorted(works, key=lambda each: each.rank):
        items = [Item(work, row) for row in by_code.get(work.code, [])]
        for item in items:
            found = serving.get(item.row.enterprise_id)
            item.liaison = str(found[0].officer) if found else ""
        if work.for_another and items:
            records = work.rows().model._default_manager.in_bulk([item.row.key for item in items])
            for item in items:
                item.for_another = work.for_another(actor, records[item.row.key])
        sections.append(Section(work, whose, items))
    return sections


@cache
def _open_work(whose: str) -> Statement:
    """Return the statement over all kinds of open work. It reads the first rows of each and counts all of them."""
    return union([_part(work, due(work, work.rows(), whose)) for work in works])


@cache
def _urgent(whose: str) -> Statement:
    """Return the statement that counts what cannot wait."""
    return total([due(work, work.urgent(), whose).values("pk") for work in works if work.urgent])


def _part(work: Work, rows: QuerySet[Any]) -> QuerySet[Any]:
    def text(name: Any) -> Any:
        return Cast(name, TextField()) if name else Value("", output_field=TextField())

    def day(name: Any) -> Any:
        return Cast(name or Value(None, output_field=DateField()), DateField())

    return (
        rows.annotate(
            code_=Value(work.code, output_field=CharField()),
            enterprise_=F(work.to_enterprise),
            name_=work.of_enterprise("name"),
            colour_=work.of_enterprise("colour"),
            text_=text(work.text),
            more_=text(work.more),
            due_=day(work.due),
            on_=day(work.on),
            grave_=F(work.grave) if work.grave else Value(False, output_field=BooleanField()),
            total_=Window(Count("*")),
        )
        .order_by(*work.order)
        .values_list(
            "code_",
            "pk",
            "enterprise_",
            "name_",
            "colour_",
            "text_",
            "more_",
            "due_",
            "on_",
            "grave_",
            "total_",
        )[:SHOWN]
    )
