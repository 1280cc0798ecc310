"""What a station does for its enterprises, and they for themselves."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")
    url_prefix = "enterprises/"  # activities stood there before they had an app of their own
