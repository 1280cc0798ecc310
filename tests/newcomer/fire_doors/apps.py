"""Checks of fire doors."""

from django.apps import AppConfig


class FireDoorsConfig(AppConfig):
    name = "tests.newcomer.fire_doors"
    label = "fire_doors"
    url_prefix = "fire-doors/"
