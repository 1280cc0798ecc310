"""The QR code and the visits on the enterprise file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from foundation.contributions.file import Panel, Tab, register
from foundation.requests import Request, required_actor
from inspections.checkins.pages import TAB
from inspections.checkins.sign_pages import shown_visits


def _visits(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    return shown_visits(request, required_actor(request), enterprise.pk)


register(
    Tab(TAB, _("Visits and QR code"), "qrcode", 42),
    Panel("visits", TAB, 10, "checkins/_visits.html", _visits),
)
