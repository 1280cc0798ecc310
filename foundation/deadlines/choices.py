"""Choices of time limits."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.deadlines.counting import Unit


class DayKind(models.TextChoices):
    """The units of a time limit, in words."""

    WORKING = Unit.WORKING.value, _("working days")
    CALENDAR = Unit.CALENDAR.value, _("calendar days")


class AuditAction(StrEnum):
    """The codes of this app's acts in the audit log."""

    CHANGE = "time_limit.change"
    MAKE_FEED = "calendar_feed.make"
    REVOKE_FEED = "calendar_feed.revoke"
