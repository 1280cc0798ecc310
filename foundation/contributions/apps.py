"""App configuration of what apps declare."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Gathers the declarations once all models are loaded."""

    name = "foundation.contributions"
    label = "contributions"

    def ready(self) -> None:
        from foundation.contributions import (  # noqa: F401  (each adds its module's name to MODULES)
            audit,
            columns,
            descriptions,
            duties,
            endpoints,
            file,
            limits,
            links,
            many,
            measures,
            narrowings,
            navigation,
            notifications,
            origins,
            papers,
            phones,
            search,
            sheets,
            stored_files,
            time_limits,
            work,
        )
        from foundation.contributions.registry import gather

        gather()
