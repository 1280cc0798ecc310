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
    """What became of a row, or of one cell of it."""

    TAKEN = "taken", _("Taken")
    WARNED = "warned", _("Taken with a remark")
    REFUSED = "refused", _("Refused")
    DIFFERS = "differs", _("Differs from the record here")
    UPDATED = "updated", _("Record brought up to date")
    ALREADY = "already", _("Was here already")
    SKIPPED = "skipped", _("Left out by the profile")


class AuditAction(StrEnum):
    """What the audit log calls what is done in this app: ``<kind>.<verb>``; words and earlier spellings are in audit.py."""

    COMPLETE_IMPORT = "import.complete"
    UPDATE_ENTERPRISE = "enterprise.update_from_source"
