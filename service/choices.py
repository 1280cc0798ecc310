"""Choices of the service app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityKind(models.TextChoices):
    """What kind of activity was held at an enterprise."""

    EDUCATION = "education", _("Legal education")
    DRILL = "drill", _("Emergency drill")
    TRAINING = "training", _("Safety training")
