"""The register of enterprises."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = _("Enterprises")
    url_prefix = "enterprises/"

    def ready(self) -> None:
        from enterprises.concerned import contact_of
        from enterprises.selectors import own_inactivity
        from foundation.ui import shell

        shell.contact_of = contact_of
        shell.away_of = own_inactivity
