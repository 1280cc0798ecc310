"""Disputes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisputesConfig(AppConfig):
    name = "disputes"
    verbose_name = _("Disputes")
    url_prefix = "disputes/"

    def ready(self) -> None:
        from disputes.people.telling import tell_after_hand_over
        from enterprises.signals import handed_over

        handed_over.connect(tell_after_hand_over, dispatch_uid="disputes")
