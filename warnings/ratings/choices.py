"""Choices of the ratings app."""

from enum import StrEnum
from itertools import combinations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.choices import RANKED


class EvaluationKind(models.TextChoices):
    """The kind of a run. A trial does not affect the official colours."""

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
    """Progress of a batch: its ratings are stored, then published."""

    PENDING = "pending", _("Waiting")
    RATED = "rated", _("Rated")
    PUBLISHED = "published", _("Published")


ENDED = frozenset({EvaluationState.COMPLETE, EvaluationState.FAILED})
# Pairs (colour before, colour now) that count as a rise or a fall; a change from or to grey is neither.
UP = tuple(combinations(map(str, RANKED), 2))
DOWN = tuple((better, worse) for worse, better in UP)

OFFICIAL = frozenset({EvaluationKind.REGULAR, EvaluationKind.CORRECTION, EvaluationKind.INTERIM})


class AuditAction(StrEnum):
    """Actions of this app in the audit log, as ``<kind>.<verb>``; labels and earlier spellings are in audit.py."""

    PUBLISH_STANDARD = "standard.publish"
    ADOPT_STANDARD = "standard.adopt"
    OPEN_EVALUATION = "evaluation.open"
    OPEN_CORRECTION = "evaluation.open_correction"
    OPEN_TRIAL = "evaluation.open_trial"
    OPEN_INTERIM = "evaluation.open_interim"
    RESTART_EVALUATION = "evaluation.restart"
    COMPLETE_EVALUATION = "evaluation.complete"
    EXPORT_RATINGS = "bureau.export_ratings"


class CauseCode(StrEnum):
    """Causes of notifications that are no action of the audit log; notifications.py has their words."""

    COLOUR_CHANGED = "rating.colour_changed"
    FIRST_COLOUR = "rating.first_colour"
    COLOURS_CHANGED = "rating.colours_changed"
    EVALUATION_FAILED = "evaluation.failed"
