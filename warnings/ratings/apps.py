"""The three-colour warning: indicators, standards, evaluations, ratings."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RatingsConfig(AppConfig):
    name = "ratings"
    verbose_name = _("Three-colour warning")

    def ready(self) -> None:
        # every app contributes its own; the engine knows none of them by name
        autodiscover_modules("indicators", "acts")
