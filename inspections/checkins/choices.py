"""Choices of check-ins."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(TextChoices):
    """What the police come for."""

    PLANNED = "planned", _("Planned inspection")
    DRAWN = "drawn", _("Inspection drawn by lot")
    SPECIAL = "special", _("Special inspection")
    REINSPECTION = "reinspection", pgettext_lazy("purpose", "Re-inspection")
    VISIT = "visit", _("Visit or service, no inspection")


class Ended(TextChoices):
    """How a check-in ended."""

    LEFT = "left", _("checked out")
    INSPECTED = "inspected", _("inspection recorded")
    FORGOTTEN = "forgotten", _("nobody checked out")
