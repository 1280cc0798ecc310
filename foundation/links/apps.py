"""App configuration of signed links."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinksConfig(AppConfig):
    name = "foundation.links"
    label = "links"
    verbose_name = _("Signed links")
    url_prefix = "l/"
