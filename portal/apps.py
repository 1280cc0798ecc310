"""App configuration of the enterprise's own pages. It has no models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")
    url_prefix = "portal/"
