"""The page kit: shell, navigation, lists, forms, records, acts."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "foundation.ui"
    label = "ui"
