"""App configuration of the views of lists."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    """Views of lists. Their pages are in foundation.people, the lists in foundation.ui."""

    name = "foundation.lists"
    label = "lists"
    verbose_name = _("Views of lists")
