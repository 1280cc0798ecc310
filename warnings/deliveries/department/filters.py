"""The filter of the inbox."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from deliveries.choices import EventKind
from deliveries.department import selectors
from deliveries.models import Receipt, Subscription
from foundation.periods import Period
from foundation.ui.filters import PicksFilter


class InboxFilter(filters.FilterSet):
    """Filters the messages. An invalid value filters nothing and is reported at its field."""

    q = filters.CharFilter(label=_("Search"), max_length=100, method="search")
    subscription = PicksFilter(
        label=_("Subscription"), field_name="subscription_id", empty_label=_("All subscriptions")
    )
    quarter = PicksFilter(label=_("Quarter"), field_name="period_code", empty_label=_("All quarters"))
    kind = PicksFilter(label=_("Kind"), choices=EventKind.choices, empty_label=_("Published and revised"))

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: Any,
        *,
        subscriptions: list[Subscription],
        quarters: list[str],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.filters["subscription"].extra["choices"] = [(row.pk, row.title) for row in subscriptions]
        self.filters["quarter"].extra["choices"] = [(code, str(Period.parse(code))) for code in quarters]
        self.form.fields["q"].widget.attrs["placeholder"] = _("Enterprise, station or credit code")

    def search(self, queryset: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        return selectors.naming(queryset, value.strip()) if value.strip() else queryset
