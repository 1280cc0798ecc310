"""The list of incidents."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from facts.lives import AWAY_CHOICE
from facts.staff.tables import FactFilter, FactTable, day_column
from foundation.ui.filters import PicksFilter
from foundation.ui.tables import badge
from incidents.choices import IncidentKind, IncidentState
from incidents.lives import INCIDENT_LIFE
from incidents.models import Incident

STATES = [("yes", IncidentState.VERIFIED.label), ("no", IncidentState.UNVERIFIED.label), AWAY_CHOICE]
STATE_OF = {"yes": IncidentState.VERIFIED, "no": IncidentState.UNVERIFIED}


class IncidentFilter(FactFilter):
    """Filters incidents by kind and by whether they are verified."""

    day = "occurred_on"
    kind = PicksFilter(label=_("Kind"), choices=IncidentKind.choices, empty_label=_("All"))
    verified = PicksFilter(label=_("State"), choices=STATES, empty_label=_("All"), condition="in_states")

    def in_states(self, values: Sequence[str]) -> Q:
        return INCIDENT_LIFE.listed(*(STATE_OF.get(each, each) for each in values), voided=True)


class IncidentTable(FactTable):
    """Incidents with the day of verification and whether the enterprise was at fault."""

    url_name = "incidents:detail"
    main, line, own_line = "kind", _("Enterprise"), _("Enterprise")
    kind = tables.Column(verbose_name=_("Incident"), orderable=False)
    occurred_on = day_column("occurred_on", _("Occurred on"))
    verified_on = day_column("verified_on", _("Verified on"))
    at_fault = tables.Column(verbose_name=_("Enterprise at fault"), orderable=False, empty_values=())

    class Meta(FactTable.Meta):
        sequence = ("kind", "occurred_on", "verified_on", "at_fault", "station")
        order_by = ("-occurred_on",)

    def render_kind(self, record: Incident) -> SafeString:
        return self.opening(record, record.get_kind_display(), record.enterprise.name)

    def render_at_fault(self, record: Incident) -> Any:
        if record.at_fault is None:
            return "–"
        return badge("red", _("At fault")) if record.at_fault else badge("secondary", _("Not at fault"))

    def sheet_at_fault(self, record: Incident) -> tuple[str]:
        if record.at_fault is None:
            return ("",)
        return (str(_("yes") if record.at_fault else _("no")),)
