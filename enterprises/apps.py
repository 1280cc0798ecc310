"""The register of enterprises."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = _("Enterprises")
    url_prefix = "enterprises/"

    def ready(self) -> None:
        from enterprises.concerned import contact_of
        from foundation.ui import shell

        shell.contact_of = contact_of
