"""Choices of the disputes app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DisputeKind(models.TextChoices):
    """What a dispute is about."""

    WAGES = "wages", _("Wages")
    LABOUR = "labour", _("Labour relations")
    CONTRACT = "contract", _("Contract")
    INJURY = "injury", _("Injury")
    LAND = "land", _("Land")
    NEIGHBOURS = "neighbours", _("Neighbours")
    BETWEEN = "between", _("Between enterprises")
    OTHER = "other", _("Other")


class DisputeState(models.TextChoices):
    """State of a dispute today; derived from its dates, never stored."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    SETTLED = "settled", _("Settled")
