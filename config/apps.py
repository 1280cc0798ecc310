"""What every process does once it has its settings."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, start-up."""

    name = "config"

    def ready(self) -> None:
        from config import logs

        logs.connect()
