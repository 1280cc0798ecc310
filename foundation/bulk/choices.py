"""Choices of acts on many rows."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """How far an act on many rows is."""

    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")


class CauseCode(StrEnum):
    """Causes of notifications; notifications.py has their words."""

    DONE = "bulkrun.done"
    FAILED = "bulkrun.failed"
