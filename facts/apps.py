"""Dated records about an enterprise. It has no tables of its own: each kind's app has."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    name = "facts"
    verbose_name = _("Facts")

    def ready(self) -> None:
        from facts import checks  # noqa: F401  (they register themselves)
