"""Checks of fire doors."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FireDoorsConfig(AppConfig):
    name = "tests.newcomer.fire_doors"
    label = "fire_doors"
    verbose_name = _("Fire doors")
    url_prefix = "fire-doors/"
