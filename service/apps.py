"""Activities of a station for its enterprises, and of the enterprises."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")
    url_prefix = "enterprises/"  # activities had these URLs before they had an app of their own
