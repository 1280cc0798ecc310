"""App configuration of the texts that are kept on a device."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "foundation.drafts"
    label = "drafts"
    url_prefix = "kept/"
