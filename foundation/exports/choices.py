"""Choices of downloads."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    """What a list is taken away as."""

    XLSX = "xlsx", _("Excel (.xlsx)")
    CSV = "csv", _("CSV")


CONTENT_TYPES: dict[str, str] = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


class ExportState(models.TextChoices):
    """How far a download is."""

    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


class AuditAction(StrEnum):
    """The codes of this app's acts in the audit log."""

    TAKE_AWAY = "export.take_away"


class CauseCode(StrEnum):
    """Causes of notifications; notifications.py has their words."""

    READY = "export.ready"
    FAILED = "export.failed"
