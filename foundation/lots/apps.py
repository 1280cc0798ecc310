"""App configuration of draws."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LotsConfig(AppConfig):
    name = "foundation.lots"
    label = "lots"
    verbose_name = _("Random draws")
    url_prefix = "draws/"
