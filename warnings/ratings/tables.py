"""Tables of the three-colour warning."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.choices import Colour
from enterprises.industries import section_name
from foundation.accounts.selectors import names_of_users
from foundation.contributions.file import address_of
from foundation.ui.tables import NAME, NUM, Presorted, Table, badge, opening
from foundation.ui.templatetags import anqi as tags
from foundation.words import listed
from ratings.models import Evaluation, Rating

WHOLE = {"td": {"class": "text-nowrap"}}


def _severity(column: str) -> Case:
    whens = (
        When(**{column: name}, then=Value(rank))
        for rank, name in enumerate(("red", "yellow", "green", "grey"))
    )
    return Case(*whens, output_field=IntegerField())


# Name of the column in the URL → sort key, ascending.
SORTS: dict[str, tuple[Any, ...]] = {
    "enterprise": (F("enterprise__sort_key"),),
    "before": (_severity("previous_colour"), _severity("colour")),
    "now": (_severity("colour"), F("score")),
    "score": (F("score"),),
    "next": (F("enterprise__next_inspection_on"),),
}


# Columns of the register. Sorting a whole bureau by them would read all its enterprises.
OF_ENTERPRISE = ("enterprise", "next")


def sorted_by(found: QuerySet[Rating], wanted: str, *, one_station: bool) -> tuple[QuerySet[Rating], str]:
    """Return the ratings sorted as the URL asks, and the name of that order. Default: the worst colour first."""
    name, backwards = wanted.removeprefix("-"), wanted.startswith("-")
    if name not in SORTS or (name in OF_ENTERPRISE and not one_station):
        name, backwards = "now", False
    terms = [term.desc(nulls_last=True) if backwards else term.asc(nulls_last=True) for term in SORTS[name]]
    return found.order_by(*terms, "enterprise_id"), f"-{name}" if backwards else name


class _RatingTable(Table):
    """Rows are ratings with ``enterprise`` loaded and ``decision`` attached."""

    enterprise = tables.Column(
        verbose_name=gettext_lazy("Enterprise"),
        empty_values=(),
        attrs={"td": {"class": "cell-wide cell-name"}},
    )
    station = tables.Column(
        verbose_name=gettext_lazy("Station"), orderable=False, accessor="enterprise__station", attrs=NAME
    )
    before = tables.Column(
        verbose_name=gettext_lazy("Before"),
        accessor="previous_colour",
        attrs=WHOLE,
    )
    now = tables.Column(verbose_name=gettext_lazy("Now"), accessor="colour", attrs=WHOLE)
    score = tables.Column(verbose_name=gettext_lazy("Score"), attrs=NUM, default="")
    decided = tables.Column(
        verbose_name=gettext_lazy("Decided by"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "cell-why cell-wide"}},
    )

    sheet_labels = {"enterprise": (gettext_lazy("Enterprise"), gettext_lazy("Remarks"), "")}

    class Meta:
        order_by_field = "sort"
        attrs = {"class": "table"}
        empty_text = gettext_lazy("No matching enterprises. Change or clear the search.")

    def __init__(
        self, rows: list[Rating], *, sort: str = "", one_station: bool = False, **options: Any
    ) -> None:
        hidden = ("station",) if one_station else ()
        super().__init__(Presorted(rows), order_by=sort, order_by_field="sort", exclude=hidden, **options)
        for name in OF_ENTERPRISE:
            if name in self.columns.columns and not one_station:
                self.columns[name].column.orderable = False

    def render_enterprise(self, record: Rating) -> SafeString:
        enterprise = record.enterprise
        notes = [section_name(enterprise.industry_code) or enterprise.category]
        if enterprise.key_unit_class:
            notes.insert(0, _("key unit"))
        if enterprise.dangerous_goods:
            notes.append(_("dangerous goods"))
        url = reverse("ratings:rating", args=[record.enterprise_id, record.period_code])
        return opening(url, enterprise.name, " · ".join(filter(None, notes)))

    def render_station(self, value: Any) -> str:
        return value.name

    def render_before(self, value: str) -> SafeString:
        return tags.colour(value)

    def render_now(self, record: Rating) -> SafeString:
        return tags.colour(record.colour)  # ``value`` would be the colour's label

    def render_score(self, record: Rating) -> str:
        return tags.num(None if record.colour == "grey" else record.score, 1)

    def render_decided(self, record: Any) -> SafeString:
        decision = record.decision
        code = format_html('<span class="code">{}</span> ', decision.code) if decision.code else ""
        fact = format_html('<div class="quiet">{}</div>', decision.fact) if decision.fact else ""
        return format_html("<div>{}{}{}</div>", code, decision.words, fact)


class ChangedTable(_RatingTable):
    """Enterprises whose colour changed since the previous quarter. Rows also have ``served_by``."""

    liaison = tables.Column(
        verbose_name=gettext_lazy("Liaison officer"), empty_values=(), orderable=False, attrs=NAME
    )
    next = tables.Column(
        verbose_name=gettext_lazy("Next inspection"), accessor="enterprise__next_inspection_on", default=""
    )

    def render_liaison(self, record: Any) -> SafeString | str:
        if not record.served_by:
            return format_html('<span class="text-red">{}</span>', _("vacant"))
        return listed(each.officer for each in record.served_by)

    def render_next(self, value: Any) -> SafeString:
        return tags.due(value)


class RatedTable(_RatingTable):
    """Ratings of a quarter. ``lost`` is the line of the standard whose lost points have a column."""

    lost = tables.Column(
        verbose_name=gettext_lazy("Points lost"), empty_values=(), orderable=False, attrs=NUM
    )

    class Meta(_RatingTable.Meta):
        sequence = ("enterprise", "station", "before", "now", "score", "lost", "decided")

    def __init__(
        self, data: list[Rating], *, lines: Mapping[int, int], lost: str = "", **options: Any
    ) -> None:
        self.lines = lines
        super().__init__(data, **options)
        if lost:
            self.columns["lost"].column.verbose_name = _("Lost at %(criterion)s") % {"criterion": lost}
        else:
            self.columns.hide("lost")

    def render_lost(self, record: Rating) -> str:
        line = self.lines[record.evaluation_id]
        return tags.num(record.maxima[line] - record.points[line], 1)


class ComparedTable(_RatingTable):
    """Enterprises whose colour the standard of a trial run would change."""

    before = tables.Column(
        verbose_name=gettext_lazy("Official"),
        accessor="official_colour",
        attrs=WHOLE,
    )
    now = tables.Column(verbose_name=gettext_lazy("Trial"), accessor="colour", attrs=WHOLE)
    official = tables.Column(
        verbose_name=gettext_lazy("Official score"), accessor="official_score", attrs=NUM, default=""
    )

    sheet_labels = {}

    class Meta(_RatingTable.Meta):
        sequence = ("enterprise", "station", "before", "now", "official", "score", "decided")
        orderable = False

    def render_official(self, value: Any) -> str:
        return f"{value:.1f}"

    def render_enterprise(self, record: Rating) -> SafeString:
        return format_html(
            '<div class="cell-title"><a href="{}">{}</a></div>',
            address_of(record.enterprise_id, "rating"),
            record.enterprise.name,
        )


TONES = {"complete": "green", "failed": "red"}


class RunTable(Table):
    """Runs of the bureau, newest first."""

    period = tables.Column(verbose_name=gettext_lazy("Quarter"), accessor="period_code", attrs=WHOLE)
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), accessor="get_kind_display")
    state = tables.Column(verbose_name=gettext_lazy("State"))
    standard = tables.Column(verbose_name=gettext_lazy("Standard"))
    registered = tables.Column(verbose_name=gettext_lazy("Enterprises"), attrs=NUM)
    counts = tables.Column(
        verbose_name=gettext_lazy("Colours"), attrs={"td": {"class": "cell-split"}}, default=""
    )
    duration_s = tables.Column(verbose_name=gettext_lazy("Duration"), attrs=NUM, default="")
    completed = tables.Column(
        verbose_name=gettext_lazy("Complete"), accessor="completed_at", default="", attrs=WHOLE
    )
    by = tables.Column(verbose_name=gettext_lazy("Started by"), accessor="requested_by_id")

    sheet_labels = {"counts": tuple(Colour(name).label for name in Colour.values)}

    class Meta:
        orderable = False
        attrs = {"class": "table"}
        row_attrs = {"data-href": lambda record: reverse("ratings:run", args=[record.pk])}

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of the users who started the runs on this page, by id."""
        return names_of_users([row.record.requested_by_id for row in self.paginated_rows])

    def render_by(self, value: int) -> str:
        return self.names.get(value) or _("automatic")

    def render_period(self, record: Evaluation) -> SafeString:
        return format_html(
            '<span class="cell-title"><a href="{}">{}</a></span>',
            reverse("ratings:run", args=[record.pk]),
            record.period,
        )

    def render_state(self, record: Evaluation) -> SafeString:
        tone = TONES.get(record.state, "blue")
        return badge(tone, record.get_state_display())

    def render_standard(self, record: Evaluation) -> str:
        return f"{record.standard.spoken_title} {record.standard.version}"

    def sheet_counts(self, record: Evaluation) -> tuple[Any, ...]:
        return tuple((record.counts or {}).get(name) for name in Colour.values)

    def render_counts(self, value: dict[str, int]) -> SafeString:
        return tags.split(value)

    def render_registered(self, value: int) -> str:
        return f"{value:,}"

    def render_duration_s(self, value: float) -> str:
        return _("%(seconds)s s") % {"seconds": f"{value:.1f}"}

    def render_completed(self, value: Any) -> SafeString:
        return tags.day(value)
