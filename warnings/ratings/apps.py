"""The three-colour warning: indicators, standards, evaluations, ratings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RatingsConfig(AppConfig):
    name = "ratings"
    verbose_name = _("Three-colour warning")
    url_prefix = "warning/"

    def ready(self) -> None:
        from ratings.operations.notifying import notify_changed
        from ratings.signals import published

        published.connect(notify_changed, dispatch_uid="notifications")
