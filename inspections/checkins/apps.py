"""App configuration of check-ins."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CheckInsConfig(AppConfig):
    name = "inspections.checkins"
    label = "checkins"
    verbose_name = _("Check-ins")
    # an address that a phone's camera opens lies below /field/, where a phone without network shows its own page
    url_prefix = "field/at/"
