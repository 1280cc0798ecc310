"""App configuration: registers the checks and the grants."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class TenancyConfig(AppConfig):
    name = "foundation.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from foundation.tenancy import checks  # noqa: F401  (registers itself)
        from foundation.tenancy.grants import bind_owner, free_owner, grant_runtime_role

        # One app's signals are enough: they precede the first and follow the last migration of all apps.
        pre_migrate.connect(free_owner, sender=self)
        post_migrate.connect(bind_owner, sender=self)
        post_migrate.connect(grant_runtime_role, sender=self)
