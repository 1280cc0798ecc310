"""The portal's simulation on the enterprise file, for the officer who advises the enterprise."""

from typing import Any

from desk.access import Permission
from enterprises.staff.views import OneEnterprise
from foundation.ui.views import RecordPage
from ratings.plans import simulated
from ratings.simulate.simulation import simulate


class Advice(OneEnterprise, RecordPage):
    """The simulation of one enterprise: part of the file's rating tab, or a page of its own without JavaScript."""

    permission = Permission.VIEW_ENTERPRISE_FILES

    def get_template_names(self) -> list[str]:
        return ["desk/_advice.html" if self.request.htmx else "desk/advice.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        simulation = simulate(self.actor, self.record.pk)
        return super().get_context_data(**simulated(simulation, self.actor), **context)
