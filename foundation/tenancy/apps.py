"""App configuration: registers the checks and the grants."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "foundation.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from foundation.tenancy import checks  # noqa: F401  (registers itself)
        from foundation.tenancy.grants import grant_runtime_role

        # One app's signal is enough: it is sent when all migrations are through.
        post_migrate.connect(grant_runtime_role, sender=self, dispatch_uid="tenancy-grants")
