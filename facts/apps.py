"""App configuration of facts. Each kind's app has the table of its records; this one has their steps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    name = "facts"
    verbose_name = _("Facts")

    def ready(self) -> None:
        """Bind the acts of all lives to their operations, and register the checks."""
        from facts import checks  # noqa: F401
        from facts.lives import load_lives

        load_lives()
