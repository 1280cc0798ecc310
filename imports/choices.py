"""Choices of the imports app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """How an import ended."""

    DONE = "done", _("Done")
    TRIED = "tried", _("Tried, nothing written")
    FAILED = "failed", _("Failed, nothing written")


class UploadState(models.TextChoices):
    """How far the taking over of a sheet is."""

    READING = "reading", _("Being read")
    COLUMNS = "columns", _("Columns to confirm")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Checked")
    WRITING = "writing", _("Being written")
    UNDOING = "undoing", _("Being taken back")
    FAILED = "failed", _("Failed")


AT_WORK = (UploadState.READING, UploadState.CHECKING, UploadState.WRITING, UploadState.UNDOING)


class RowState(models.TextChoices):
    """What becomes of a row of a sheet."""

    UNCHECKED = "unchecked", _("Not checked yet")
    NEW = "new", _("New")
    SAME = "same", _("The same as here")
    CHANGED = "changed", _("Differs from the record here")
    DOUBTFUL = "doubtful", _("Doubtful: perhaps here already")
    REFUSED = "refused", _("With faults")
    LEFT_OUT = "left_out", _("Left out")
    WRITTEN = "written", pgettext_lazy("row of a sheet", "Written")


class Choice(models.TextChoices):
    """What a person decided about a row."""

    UPDATE = "update", _("Update the record")
    IS_SAME = "is_same", _("It is the same")
    IS_OTHER = "is_other", _("It is another one")
    LEAVE = "leave", _("Leave out")


class Outcome(models.TextChoices):
    """Result for a row, or for one cell of it."""

    TAKEN = "taken", _("Taken")
    WARNED = "warned", _("Taken with a remark")
    REFUSED = "refused", _("Refused")
    DIFFERS = "differs", _("Differs from the record here")
    UPDATED = "updated", _("Record brought up to date")
    ALREADY = "already", _("Was here already")
    SKIPPED = "skipped", _("Left out by the profile")
    DOUBTFUL = "doubtful", _("Perhaps here already")


class AuditAction(StrEnum):
    """Actions of this app in the audit log, ``<kind>.<verb>``; audit.py has their labels and former codes."""

    COMPLETE_IMPORT = "import.complete"
    EXPORT_REMARKS = "import.export_remarks"  # of earlier versions; today as of every list
    UPLOAD = "sheet.upload"
    UNDO = "import.undo"
    UPDATE_ENTERPRISE = "enterprise.update_from_source"


class CauseCode(StrEnum):
    """Causes of notifications; notifications.py has their words."""

    FINISHED = "import.finished"
    FAILED = "import.failed"
    CHECKED = "import.sheet_checked"
    WRITTEN = "import.sheet_written"
    UNDONE = "import.sheet_undone"
    BROKEN = "import.sheet_failed"
