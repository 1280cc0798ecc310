"""The table of the colours that a department may know."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.ui.tables import NAME, NUM, Presorted, Table, opening
from foundation.ui.templatetags import anqi as tags
from ratings.models import Rating

WHOLE = {"td": {"class": "text-nowrap"}}


class ColourTable(Table):
    """Rows are ratings with enterprise and station loaded, and ``line``, what they say in words."""

    enterprise = tables.Column(
        verbose_name=_("Enterprise"), empty_values=(), attrs={"td": {"class": "cell-wide cell-name"}}
    )
    code = tables.Column(
        verbose_name=_("Credit code"), accessor="enterprise__credit_code", orderable=False, attrs=WHOLE
    )
    station = tables.Column(verbose_name=_("Station"), orderable=False, accessor="station__name", attrs=NAME)
    before = tables.Column(verbose_name=_("Before"), accessor="previous_colour", attrs=WHOLE)
    now = tables.Column(verbose_name=_("Now"), accessor="colour", attrs=WHOLE)
    score = tables.Column(verbose_name=_("Score"), attrs=NUM, default="")
    why = tables.Column(
        verbose_name=_("What changed"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "cell-why cell-wide"}},
    )
    published = tables.Column(
        verbose_name=_("Published"), accessor="visible_from", orderable=False, attrs=WHOLE
    )

    sheet_labels = {"enterprise": (_("Enterprise"), _("Industry"))}
    optional = ("code", "published")

    class Meta:
        order_by_field = "sort"
        attrs = {"class": "table"}

    def __init__(
        self, data: list[Rating], *, sort: str = "", one_station: bool = False, **options: Any
    ) -> None:
        hidden = ("station",) if one_station else ()
        super().__init__(Presorted(data), order_by=sort, order_by_field="sort", exclude=hidden, **options)
        if not one_station:
            self.columns["enterprise"].column.orderable = False

    def render_enterprise(self, record: Any) -> SafeString:
        url = reverse("deliveries:colour", args=[record.enterprise_id])
        return opening(url, f"{record.line.name} {record.line.site}".strip(), record.line.industry)

    def sheet_enterprise(self, record: Any) -> tuple[str, str]:
        return f"{record.line.name} {record.line.site}".strip(), record.line.industry

    def render_before(self, value: str) -> SafeString:
        return tags.colour(value)

    def render_now(self, record: Rating) -> SafeString:
        return tags.colour(record.colour)

    def render_score(self, record: Rating) -> str:
        return tags.num(None if record.colour == "grey" else record.score, 1)

    def render_why(self, record: Any) -> SafeString:
        return format_html("{}", record.line.summary)

    def render_published(self, value: Any) -> SafeString:
        return tags.day(value)
