"""What every process does once it has its settings."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, start-up."""

    name = "config"

    def ready(self) -> None:
        from config import logs

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
