"""App configuration of the inbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    """Notifications of people. Their pages are in foundation.people, which has a person's other own pages."""

    name = "foundation.inbox"
    label = "inbox"
    verbose_name = _("Notifications")
