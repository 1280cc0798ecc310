"""Filters of an import's remarks."""

from typing import Any

import django_filters as filters
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from foundation.ui.filters import PicksFilter
from imports.choices import Outcome
from imports.models import Import, ImportIssue
from imports.remarks import pattern


class IssueFilter(filters.FilterSet):
    """Filters remarks by file, kind and outcome; the search covers columns, values and row numbers."""

    q = filters.CharFilter(label=_("Search"), max_length=100, method="containing")
    file = PicksFilter(label=_("File"), empty_label=_("All files"))
    outcome = PicksFilter(label=_("Outcome"), choices=Outcome.choices, empty_label=_("All"))
    what = PicksFilter(label=_("What"), field_name="code", empty_label=_("All"))

    class Meta:
        model = ImportIssue
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, run: Import, **options: Any) -> None:
        super().__init__(data, **options)
        names = dict.fromkeys(each["file"] for each in run.files)
        self.filters["file"].extra["choices"] = [(name, name) for name in names]
        codes = self.queryset.order_by("code").values_list("code", flat=True).distinct()
        self.filters["what"].extra["choices"] = [(code, pattern(code)) for code in codes]
        self.form.fields["q"].widget.attrs["placeholder"] = _("Column or value")

    def containing(self, queryset: Any, _name: str, value: str) -> Any:
        """Keep remarks with this text, or in this row. There are a few thousand at most, so it needs no index."""
        if "\x00" in value:
            return queryset.none()
        text = queryset.annotate(text=Cast("values", TextField()))
        condition = Q(column__icontains=value) | Q(text__icontains=value)
        if value.isascii() and value.isdigit() and len(value) < 10:
            condition |= Q(row=int(value))
        return text.filter(condition)
