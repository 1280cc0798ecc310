"""What apps declare for pages and engines that know none of them by name."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Gathers the declarations once all models are loaded."""

    name = "foundation.contributions"
    label = "contributions"

    def ready(self) -> None:
        from foundation.contributions import (  # noqa: F401  (each names the module that declares for it)
            audit,
            columns,
            endpoints,
            file,
            measures,
            navigation,
            sheets,
            work,
        )
        from foundation.contributions.registry import gather

        gather()
