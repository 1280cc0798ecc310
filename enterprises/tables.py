"""The table of the register's list."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.db.models.expressions import Case, Value, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from enterprises.choices import RANKED, Colour
from enterprises.industries import section_name
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.contributions.file import address_of
from foundation.ui.tables import NAME, NUM, Presorted, Table, badge, opening
from foundation.ui.templatetags import anqi as tags

if TYPE_CHECKING:
    from enterprises.selectors import ListedEnterprise

# Column name in the URL → what PostgreSQL sorts by, ascending. sorted_by adds the id to make the order total.
_RANK = Case(*(When(colour=colour, then=Value(rank)) for rank, colour in enumerate((*RANKED, Colour.GREY))))
SORTS: dict[str, tuple[Any, ...]] = {
    "name": (F("sort_key"),),
    "colour": (_RANK, F("score")),
    "score": (F("score"),),
    "next_inspection": (F("next_inspection_on"),),
}


def sorted_by(found: QuerySet[Enterprise], wanted: str) -> tuple[QuerySet[Enterprise], str]:
    """Return the enterprises in the order the URL asks for, and that order ("-score"); by name if it is unknown.

    Enterprises without the score or day come last in both directions.
    """
    name = wanted.removeprefix("-")
    if name not in SORTS:
        return found.order_by("sort_key", "pk"), "name"
    if name == "name":  # never NULL; on plain columns the index serves both directions
        return found.order_by(
            *(("-sort_key", "-pk") if wanted.startswith("-") else ("sort_key", "pk"))
        ), wanted
    if wanted.startswith("-"):
        terms = [term.desc(nulls_last=True) for term in SORTS[name]]
        return found.order_by(*terms, "-pk"), wanted
    return found.order_by(*(term.asc(nulls_last=True) for term in SORTS[name]), "pk"), name


@lru_cache(maxsize=1024)
def _people(count: int, _language: str | None) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _marks(record: "ListedEnterprise") -> list[tuple[str, str]]:
    """Return what stands beside an enterprise's name: tone and words."""
    marks = []
    if record.away:
        marks.append(("secondary", _("off the register")))
    if record.key_unit_class:
        marks.append(("blue", _("key unit")))
    if record.dangerous_goods:
        marks.append(("yellow", _("dangerous goods")))
    return marks


class EnterpriseTable(Table):
    """The rows of ``selectors.rows_of``; a column that no app contributes stays empty."""

    name = tables.Column(verbose_name=gettext_lazy("Enterprise"), attrs={"td": {"class": "cell-wide"}})
    station = tables.Column(verbose_name=gettext_lazy("Station"), orderable=False, attrs=NAME)
    colour = tables.Column(verbose_name=gettext_lazy("Colour"))
    score = tables.Column(verbose_name=gettext_lazy("Score"), attrs=NUM, default="")
    change = tables.Column(verbose_name=gettext_lazy("Since last quarter"), empty_values=(), orderable=False)
    hazards = tables.Column(
        verbose_name=gettext_lazy("Open hazards"), empty_values=(), orderable=False, attrs=NUM
    )
    liaison = tables.Column(verbose_name=gettext_lazy("Liaison officer"), empty_values=(), orderable=False)
    next_inspection = tables.Column(
        verbose_name=gettext_lazy("Next inspection"), accessor="next_inspection_on", default=""
    )
    credit_code = tables.Column(
        verbose_name=gettext_lazy("Credit code"), orderable=False, default="", attrs={"td": {"class": "code"}}
    )
    address = tables.Column(verbose_name=gettext_lazy("Address"), orderable=False, default="")

    optional = ("credit_code", "address")
    sheet_labels = {
        "name": (
            gettext_lazy("Enterprise"),
            gettext_lazy("Industry"),
            gettext_lazy("Headcount"),
            gettext_lazy("Remarks"),
        ),
        "change": (gettext_lazy("Since last quarter"), gettext_lazy("Colour before")),
        "hazards": (gettext_lazy("Open hazards"), gettext_lazy("Overdue hazards")),
    }

    class Meta:
        order_by = "name"
        order_by_field = "sort"
        attrs = {"class": "table"}

    def __init__(self, data: list[Enterprise], *, actor: Actor, **options: Any) -> None:
        hidden = [] if actor.role == Role.SUPERVISOR else ["station"]
        super().__init__(Presorted(data), exclude=hidden, **options)

    def render_name(self, record: "ListedEnterprise") -> SafeString:
        notes = [section_name(record.industry_code) or record.category]
        if record.headcount:
            notes.append(_people(record.headcount, get_language()))
        marks = [badge(tone, words) for tone, words in _marks(record)]
        line = " · ".join(filter(None, notes))
        return opening(address_of(record.pk), record.name, line, format_html_join(" ", "{}", zip(marks)))

    def sheet_name(self, record: "ListedEnterprise") -> tuple[Any, ...]:
        industry = section_name(record.industry_code) or record.category
        marks = " · ".join(words for _tone, words in _marks(record))
        return record.name, industry, record.headcount, marks

    def render_station(self, record: Enterprise) -> str:
        return record.station.name

    def render_colour(self, record: Enterprise) -> SafeString:
        return tags.colour(record.colour)

    def render_score(self, value: Any) -> str:
        return f"{value:.1f}"

    def render_change(self, record: Enterprise) -> SafeString | str:
        colour, score = getattr(record, "colour_before", ""), getattr(record, "score_before", None)
        shown = tags.colour(colour) if colour and colour != record.colour else ""
        moved = ""
        if score is not None and record.score is not None and Colour.GREY not in (colour, record.colour):
            moved = tags.delta(record.score - score, 1)
        return format_html("<span>{} {}</span>", shown, moved) if shown or moved else ""

    def sheet_change(self, record: Enterprise) -> tuple[Any, ...]:
        colour, score = getattr(record, "colour_before", ""), getattr(record, "score_before", None)
        before = Colour(colour).label if colour and colour != record.colour else ""
        if score is None or record.score is None or Colour.GREY in (colour, record.colour):
            return None, before
        return round(record.score - score, 1), before

    def sheet_hazards(self, record: Enterprise) -> tuple[Any, ...]:
        return getattr(record, "open_hazards", 0), getattr(record, "overdue_hazards", 0)

    def render_hazards(self, record: Enterprise) -> SafeString | str:
        found, overdue = getattr(record, "open_hazards", 0), getattr(record, "overdue_hazards", 0)
        if not found:
            return format_html('<span class="quiet">{}</span>', 0)
        if not overdue:
            return str(found)
        late = ngettext("%(count)d overdue", "%(count)d overdue", overdue) % {"count": overdue}
        return format_html('<div>{}<div class="due-over small">{}</div></div>', found, late)

    def render_liaison(self, record: "ListedEnterprise") -> SafeString | str:
        return record.liaison_name or format_html('<span class="text-red">{}</span>', _("vacant"))

    def render_next_inspection(self, record: "ListedEnterprise", value: Any) -> SafeString | str:
        return "" if record.away else tags.due(value)
