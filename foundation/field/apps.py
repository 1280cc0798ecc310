"""App configuration of work on a phone without network."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    name = "foundation.field"
    label = "field"
    verbose_name = _("Work without network")
    url_prefix = ""  # /sw.js must lie above what it serves
