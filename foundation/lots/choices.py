"""Choices of draws."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DrawState(models.TextChoices):
    """How far a draw is; derived, never stored."""

    ASKED = "asked", _("Waiting for approval")
    FROZEN = "frozen", _("Pool frozen")
    DRAWN = "drawn", pgettext_lazy("by lot", "Drawn")
    REPLACED = "replaced", _("Drawn again")
    DECLINED = "declined", pgettext_lazy("draw", "Not approved")


class AuditAction(StrEnum):
    """Acts on draws. A digest is logged with the first one, before there is a seed."""

    FREEZE = "draw.freeze"
    DRAW = "draw.draw"
    APPROVE = "draw.approve"
    DECLINE = "draw.decline"
