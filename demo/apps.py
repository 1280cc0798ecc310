"""The demo app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = _("Demo")

    def ready(self) -> None:
        from demo.logins import demo_logins
        from foundation.ui import shell

        shell.demo_logins = demo_logins
