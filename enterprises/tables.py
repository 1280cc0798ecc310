"""The register's list as a table."""

import datetime as dt
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.db.models.expressions import Case, Value, When
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django_tables2.data import TableListData

from enterprises.choices import RANKED, Colour
from enterprises.industries import section_name
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role

# The column's name in the address → what PostgreSQL sorts by, ascending. The id makes every order total.
_RANK = Case(*(When(colour=colour, then=Value(rank)) for rank, colour in enumerate((*RANKED, Colour.GREY))))
SORTS: dict[str, tuple[Any, ...]] = {
    "name": (F("sort_key"),),
    "colour": (_RANK, F("score")),
    "score": (F("score"),),
    "next_inspection": (F("next_inspection_on"),),
}
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


def sorted_by(found: QuerySet[Enterprise], wanted: str) -> tuple[QuerySet[Enterprise], str]:
    """The enterprises in the order the address asks for ("-score"), and that order; by name for nonsense.

    What has no score or day comes last either way.
    """
    name = wanted.removeprefix("-")
    if name not in SORTS:
        return found.order_by("sort_key", "pk"), "name"
    if name == "name":  # never empty, and the plain columns are an index, which reads either way
        return found.order_by(
            *(("-sort_key", "-pk") if wanted.startswith("-") else ("sort_key", "pk"))
        ), wanted
    if wanted.startswith("-"):
        terms = [term.desc(nulls_last=True) for term in SORTS[name]]
        return found.order_by(*terms, "-pk"), wanted
    return found.order_by(*(term.asc(nulls_last=True) for term in SORTS[name]), "pk"), name


class Presorted(TableListData):
    """One page of rows that PostgreSQL has sorted and cut: the table must not sort them again."""

    def order_by(self, aliases: Any) -> None:
        return None


class EnterpriseTable(tables.Table):
    """Rows are those of ``selectors.rows_of``; a column nobody contributes stays empty."""

    pick = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name="",
        attrs={"td": {"class": "pick"}, "th": {"class": "pick"}},
    )
    name = tables.Column(verbose_name=gettext_lazy("Enterprise"), attrs={"td": {"class": "cell-wide"}})
    station = tables.Column(verbose_name=gettext_lazy("Station"), orderable=False)
    colour = tables.Column(verbose_name=gettext_lazy("Colour"))
    score = tables.Column(verbose_name=gettext_lazy("Score"), attrs=NUMBER, default="")
    change = tables.Column(verbose_name=gettext_lazy("Since last quarter"), empty_values=(), orderable=False)
    hazards = tables.Column(
        verbose_name=gettext_lazy("Open hazards"), empty_values=(), orderable=False, attrs=NUMBER
    )
    liaison = tables.Column(verbose_name=gettext_lazy("Liaison officer"), empty_values=(), orderable=False)
    next_inspection = tables.Column(
        verbose_name=gettext_lazy("Next inspection"), accessor="next_inspection_on", default=""
    )

    class Meta:
        order_by_field = "sort"
        attrs = {"class": "table"}
        empty_text = gettext_lazy("No enterprise fits. Change or clear the filters.")

    def __init__(
        self, rows: list[Enterprise], *, actor: Actor, sort: str, may_assign: bool, **options: Any
    ) -> None:
        hidden = [
            name
            for name, shown in (("station", actor.role == Role.SUPERVISOR), ("pick", may_assign))
            if not shown
        ]
        super().__init__(Presorted(rows), order_by=sort, exclude=hidden, order_by_field="sort", **options)

    def render_pick(self, record: Enterprise) -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" name="enterprise" value="{}" form="assign" aria-label="{}">',
            record.pk,
            _("Choose %(name)s") % {"name": record.name},
        )

    def render_name(self, record: Enterprise) -> SafeString:
        notes = [section_name(record.industry_code) or record.category]
        if record.headcount:
            notes.append(
                ngettext("%(count)d person", "%(count)d people", record.headcount)
                % {"count": record.headcount}
            )
        marks = []
        if record.away:
            marks.append(("secondary", _("off the register")))
        if record.key_unit_class:
            marks.append(("blue", _("key unit")))
        if record.dangerous_goods:
            marks.append(("yellow", _("dangerous goods")))
        badges = format_html_join("", ' <span class="badge bg-{}-lt">{}</span>', marks)
        return format_html(
            '<div class="cell-title"><a href="{}">{}</a>{}</div><div class="quiet">{}</div>',
            file_url(record.pk),
            record.name,
            badges,
            " · ".join(note for note in notes if note),
        )

    def render_station(self, record: Enterprise) -> str:
        return record.station.name

    def render_colour(self, record: Enterprise) -> SafeString:
        return show_colour(record.colour)

    def render_score(self, value: Any) -> str:
        return f"{value:.1f}"

    def render_change(self, record: Enterprise) -> SafeString | str:
        colour, score = getattr(record, "colour_before", ""), getattr(record, "score_before", None)
        shown = show_colour(colour) if colour and colour != record.colour else ""
        moved = show_delta(record.score - score) if score is not None and record.score is not None else ""
        return format_html("<span>{} {}</span>", shown, moved) if shown or moved else ""

    def render_hazards(self, record: Enterprise) -> SafeString | str:
        found, overdue = getattr(record, "open_hazards", 0), getattr(record, "overdue_hazards", 0)
        if not found:
            return format_html('<span class="quiet">{}</span>', 0)
        if not overdue:
            return str(found)
        late = ngettext("%(count)d overdue", "%(count)d overdue", overdue) % {"count": overdue}
        return format_html('<div>{}<div class="due-over small">{}</div></div>', found, late)

    def render_liaison(self, record: Enterprise) -> SafeString | str:
        return record.liaison_name or format_html('<span class="text-red">{}</span>', _("vacant"))

    def render_next_inspection(self, value: Any) -> SafeString:
        return show_due(value)


@cache
def _tag(code: str) -> Any:
    return engines["django"].from_string(code)


@lru_cache(maxsize=2048)
def _shown(code: str, value: Any, language: str | None, today: dt.date) -> SafeString:
    """The pages' own tags: they live above this app, so only their names are known here. Fifty rows show the same few
    colours and days again and again, in which nothing is anybody's secret."""
    return _tag(code).render({"value": value})


def show_colour(value: str) -> SafeString:
    return _shown("{% colour value %}", value, get_language(), timezone.localdate())


def show_due(value: dt.date) -> SafeString:
    return _shown("{% due value %}", value, get_language(), timezone.localdate())


def show_delta(value: Decimal) -> SafeString:
    return _shown("{% delta value 1 %}", value, get_language(), timezone.localdate())


def file_url(enterprise_id: int) -> str:
    """The enterprise's file; it lies above this app, so only its name is known here."""
    try:
        return reverse("desk:file", args=[enterprise_id])
    except NoReverseMatch:
        return reverse("enterprises:edit", args=[enterprise_id])
