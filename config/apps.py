"""What every process does once it has its settings."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, start-up."""

    name = "config"

    def ready(self) -> None:
        from config import logs

        autodiscover_modules("access")  # rules of who may do what, before the first request asks
        logs.connect()


class StaticFiles(StaticFilesConfig):
    """Django's own app, told what of the npm packages no page asks for."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.html",
        "tabler-*.css",
        "*.rtl.*",
        "*.esm.*",
        "*.d.ts",
    ]
