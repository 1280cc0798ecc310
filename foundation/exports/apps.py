"""App configuration of downloads."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Downloads of lists. Their pages are in foundation.people, the lists in foundation.ui."""

    name = "foundation.exports"
    label = "exports"
    verbose_name = _("Downloads")
