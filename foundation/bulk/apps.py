"""App configuration of acts on many rows."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    """Acts on many rows of a list. What they are is declared by the lists (foundation.ui), their pages are in people."""

    name = "foundation.bulk"
    label = "bulk"
    verbose_name = _("Acts on many")
