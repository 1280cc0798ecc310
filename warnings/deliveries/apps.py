"""Deliveries to partner departments: subscriptions, messages, signed push, receipts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveriesConfig(AppConfig):
    name = "deliveries"
    verbose_name = _("Deliveries")
    url_prefix = "deliveries/"

    def ready(self) -> None:
        from deliveries.operations.publishing import announce
        from ratings.signals import published

        published.connect(announce, dispatch_uid="deliveries")
