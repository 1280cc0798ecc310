"""App configuration of the page kit: shell, navigation, lists, forms, records, acts."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the checks of what apps declare."""

    name = "foundation.ui"
    label = "ui"

    def ready(self) -> None:
        from foundation.ui import checks  # noqa: F401  (they register themselves)
