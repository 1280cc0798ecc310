"""Incidents waiting to be verified."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facts.declarations import work_of
from foundation.contributions.work import Row, register
from incidents.choices import IncidentKind, IncidentState
from incidents.staff.views import IncidentPages


def _kind(row: Row) -> str:
    return str(IncidentKind(row.text).label)


register(
    work_of(
        IncidentPages(),
        IncidentState.UNVERIFIED,
        title=_("Incidents to verify"),
        rank=55,
        text="kind",
        words_of=_kind,
        on_label=pgettext_lazy("incident", "occurred"),
    )
)
