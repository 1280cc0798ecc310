"""App configuration of the desk: pages that look across all apps. It has no models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Desk")
    url_prefix = ""
