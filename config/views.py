"""The health page."""

from typing import Any

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from config.access import Permission
from config.health import Finding, findings
from foundation.accounts import sealing
from foundation.ui.views import Page


def _seals() -> Finding:
    """Say how old the oldest entry of the audit log is that no seal covers."""
    since = sealing.waiting_since()
    detail = (
        _("the oldest unsealed entry is %(age)s old") % {"age": timesince(since)}
        if since
        else _("all entries are sealed")
    )
    return Finding(_("Audit log"), not sealing.is_overdue(since), detail)


class Health(Page, TemplateView):
    """The state of every part the system needs, for operators."""

    permission = Permission.VIEW_HEALTH
    template_name = "config/health.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        services = findings()
        return super().get_context_data(
            findings=[*services, _seals()], ready=all(service.well for service in services), **context
        )
