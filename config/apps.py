"""App configuration of the project itself, and of Django's static files."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, logs."""

    name = "config"

    def ready(self) -> None:
        from config import logs

        logs.connect()
