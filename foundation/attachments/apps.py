"""App configuration of the files that are kept."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    """Bytes of photos, files and papers. Their rows belong to the apps that declare a shelf."""

    name = "foundation.attachments"
    label = "attachments"
    verbose_name = _("Photos and files")
