"""Choices of the ratings app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EvaluationKind(models.TextChoices):
    REGULAR = "regular", _("Quarterly evaluation")
    TRIAL = "trial", _("Trial run")
    CORRECTION = "correction", _("Correction")
    INTERIM = "interim", _("Interim veto")


class EvaluationState(models.TextChoices):
    """open → rating → publishing → complete; failed can be resumed."""

    OPEN = "open", _("Waiting")
    RATING = "rating", _("Rating")
    PUBLISHING = "publishing", _("Publishing")
    COMPLETE = "complete", _("Complete")
    FAILED = "failed", _("Failed")


class BatchState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    RATED = "rated", _("Rated")
    PUBLISHED = "published", _("Published")


ENDED = frozenset({EvaluationState.COMPLETE, EvaluationState.FAILED})
OFFICIAL = frozenset({EvaluationKind.REGULAR, EvaluationKind.CORRECTION, EvaluationKind.INTERIM})
