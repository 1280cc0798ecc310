"""App configuration of the project itself, and of Django's static files."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """The project itself: health page, commands, logs."""

    name = "config"

    def ready(self) -> None:
        from config import logs

        logs.connect()


class StaticFiles(StaticFilesConfig):
    """Django's own app, without the files of npm packages that no page uses."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.html",
        "tabler-*.css",
        "*.rtl.*",
        "*.esm.*",
        "*.d.ts",
    ]
