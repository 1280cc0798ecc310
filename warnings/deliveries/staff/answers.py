"""What the bureau's departments say of messages and of the enterprises in them, for its supervisor."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries import answers
from deliveries.access import Permission
from deliveries.choices import Progress
from deliveries.models import Answer
from enterprises.selectors import names_by_id
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import list_departments
from foundation.contributions.file import address_of
from foundation.ui.filters import PicksFilter
from foundation.ui.views import Crumb, ListPage

PER_PAGE = 30


class AnswerFilter(filters.FilterSet):
    """Filters answers by words, department and progress."""

    q = filters.CharFilter(
        label=gettext_lazy("Search"), max_length=100, field_name="text", lookup_expr="icontains"
    )
    department = PicksFilter(
        field_name="department_id",
        label=gettext_lazy("Department"),
        empty_label=gettext_lazy("All departments"),
    )
    progress = PicksFilter(
        label=gettext_lazy("How far"), choices=Progress.choices, empty_label=gettext_lazy("Any")
    )

    class Meta:
        model = Answer
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        rows = list_departments(actor, actor.bureau_id).values_list("pk", "name")
        self.filters["department"].extra["choices"] = list(rows)
        self.form.fields["q"].widget.attrs["placeholder"] = _("Words of the feedback")


class Answers(ListPage):
    """What departments said, newest first."""

    permission = Permission.MANAGE_SUBSCRIPTIONS
    title = gettext_lazy("What departments say")
    template_name = "deliveries/staff/answers.html"
    filterset_class = AnswerFilter
    paginate_by = PER_PAGE
    icon = "message-circle"
    empty_title = gettext_lazy("No department has answered yet")
    empty_text = gettext_lazy(
        "What departments say of messages and of the enterprises in them is listed here."
    )
    sheet_labels = (
        gettext_lazy("When"),
        gettext_lazy("Department"),
        gettext_lazy("By"),
        gettext_lazy("Enterprise"),
        gettext_lazy("How far"),
        gettext_lazy("Feedback"),
        gettext_lazy("Number"),
    )

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Departments"), reverse("deliveries:subscriptions"))]

    def get_queryset(self) -> QuerySet[Answer]:
        return answers.answers(self.actor).select_related("department").order_by("-id")

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def named(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Set the name of each row's enterprise."""
        names = names_by_id(self.actor, [row.enterprise_id for row in rows if row.enterprise_id])
        for row in rows:
            row.enterprise_name = names.get(row.enterprise_id, "")
            row.enterprise_url = address_of(row.enterprise_id, "rating") if row.enterprise_id else ""
        return rows

    def get_sheet_records(self, keys: Any) -> list[Any]:
        return list(self.named(super().get_sheet_records(keys)))

    def sheet_row(self, record: Any) -> tuple[Any, ...]:
        return (
            record.at,
            record.department.name,
            record.by_name,
            record.enterprise_name or _("the whole message"),
            record.get_progress_display(),
            record.text,
            record.sequence,
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        context["rows"] = self.named(list(context["page_obj"]))
        return context
