"""What every process does once it has its settings."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, start-up."""

    name = "config"

    def ready(self) -> None:
        from config import logs

        autodiscover_modules("access")  # rules of who may do what, before the first request asks
        logs.connect()
