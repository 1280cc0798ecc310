"""Choices of the inspections app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InspectionKind(models.TextChoices):
    """Why the police came."""

    ROUTINE = "routine", _("Routine inspection")
    SPECIAL = "special", _("Special inspection")
    UNANNOUNCED = "unannounced", _("Unannounced check")
    REINSPECTION = "reinspection", _("Re-inspection")
    COMPLAINT = "complaint", _("After a complaint")


class Conclusion(models.TextChoices):
    """What an inspection found as a whole."""

    QUALIFIED = "qualified", _("Qualified")
    RECTIFY = "rectify", _("To be rectified")
    UNQUALIFIED = "unqualified", _("Not qualified")


class Origin(models.TextChoices):
    """Who found a hazard."""

    POLICE = "police", _("Police inspection")
    SELF = "self", _("Found by the enterprise")
    DEPARTMENT = "department", _("Reported by a department")
    SUPERIOR = "superior", _("List of a superior authority")


class Severity(models.TextChoices):
    """How grave a hazard is; major ones have stricter deadlines."""

    ORDINARY = "ordinary", _("Ordinary")
    MAJOR = "major", _("Major")


class HazardState(models.TextChoices):
    """Where a hazard stands on a day; derived from its dates, never stored."""

    OPEN = "open", pgettext_lazy("hazard", "Open")
    OVERDUE = "overdue", _("Overdue")
    REFUSED = "refused", _("Rectification refused")
    SUBMITTED = "submitted", _("Waiting for re-inspection")
    CLOSED = "closed", _("Closed")
    VOIDED = "voided", _("Voided")


class CheckTarget(models.TextChoices):
    """What a self-check looked at; the four after *general* count for the monthly key checks."""

    GENERAL = "general", _("General")
    DEPARTMENT = "department", _("Key department")
    VEHICLE = "vehicle", _("Vehicles")
    EQUIPMENT = "equipment", _("Equipment")
    FUNDS = "funds", _("Funds")
