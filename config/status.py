"""The status page, for departments, the bureau's supervisor and the operator: is Anqi sending, and how fast."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from config.health import findings
from deliveries.access import Permission
from deliveries.status import status_of
from foundation.periods import Period
from foundation.ui.views import Page


def _took(span: dt.timedelta | None) -> str:
    """Return how long something took, in the largest unit that fits."""
    seconds = round(span.total_seconds()) if span else 0
    if seconds < 120:
        return _("%(number)d s") % {"number": seconds}
    if seconds < 7200:
        return _("%(number)d min") % {"number": seconds // 60}
    return _("%(number)d h") % {"number": seconds // 3600}


class Status(Page, TemplateView):
    """What runs by the heartbeats, and the actor's own deliveries by the database. No names of machines."""

    permission = Permission.VIEW_STATUS
    title = gettext_lazy("Status of deliveries")
    template_name = "config/status.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        parts = findings()
        status = status_of(self.actor)
        late = status.pushes.failing or status.pushes.paused
        return super().get_context_data(
            parts=parts,
            well=all(part.well for part in parts),
            status=status,
            period=Period.parse(status.published.period) if status.published else None,
            late=late,
            average=_took(status.delays.average if status.delays else None),
            longest=_took(status.delays.longest if status.delays else None),
            of_department=bool(self.actor.department_id),
            **context,
        )
