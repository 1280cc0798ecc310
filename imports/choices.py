"""Choices of the imports app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """How an import ended."""

    DONE = "done", _("Done")
    TRIED = "tried", _("Tried, nothing written")
    FAILED = "failed", _("Failed, nothing written")


class Outcome(models.TextChoices):
    """Result for a row, or for one cell of it."""

    TAKEN = "taken", _("Taken")
    WARNED = "warned", _("Taken with a remark")
    REFUSED = "refused", _("Refused")
    DIFFERS = "differs", _("Differs from the record here")
    UPDATED = "updated", _("Record brought up to date")
    ALREADY = "already", _("Was here already")
    SKIPPED = "skipped", _("Left out by the profile")


class AuditAction(StrEnum):
    """Actions of this app in the audit log, ``<kind>.<verb>``; audit.py has their labels and former codes."""

    COMPLETE_IMPORT = "import.complete"
    EXPORT_REMARKS = "import.export_remarks"
    UPDATE_ENTERPRISE = "enterprise.update_from_source"


class CauseCode(StrEnum):
    """Causes of notifications; notifications.py has their words."""

    FINISHED = "import.finished"
    FAILED = "import.failed"
