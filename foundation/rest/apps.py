"""App configuration."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "foundation.rest"
    label = "rest"
