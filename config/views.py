"""The health page."""

from typing import Any

from django.views.generic import TemplateView

from config.access import Permission
from config.health import findings
from foundation.ui.views import Page


class Health(Page, TemplateView):
    """The state of every part the system needs, for operators."""

    permission = Permission.VIEW_HEALTH
    template_name = "config/health.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        parts = findings()
        return super().get_context_data(findings=parts, ready=all(part.well for part in parts), **context)
