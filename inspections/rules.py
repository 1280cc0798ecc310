"""What an inspection must say, whoever writes it. Old and imported ones may say less."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.contributions.limits import people_in
from inspections.choices import ASKS_FOR_RECTIFICATION, Conclusion
from inspections.models import Hazard, Inspection
from inspections.models.hazard import SAYS_QUALIFIED


def check_qualified(conclusion: str, hazards: Iterable[bool]) -> None:
    """Raise ValidationError at ``conclusion`` if it says qualified although one of the hazards (is it major?) is major."""
    if conclusion == Conclusion.QUALIFIED and any(hazards):
        words = _(
            "An inspection that found a major hazard cannot be qualified. Choose another conclusion, or clear “Major hazard”."
        )
        raise ValidationError({"conclusion": words})


def check_corrected_conclusion(conclusion: str, found: Sequence[Hazard], day: dt.date) -> None:
    """Raise ValidationError at a conclusion that a correction changed and that contradicts the hazards found.

    They are judged by what they were on the day of the visit, ``day``.
    """
    major = [str(hazard) for hazard in found if hazard.was_major_on(day)]
    if conclusion == Conclusion.QUALIFIED and major:
        words = _(
            "It found a major hazard (%(hazards)s), so it cannot be qualified. If that hazard never was major, correct it"
            " on its own page first."
        )
        raise ValidationError({"conclusion": words % {"hazards": pgettext("list", "; ").join(major)}})
    if conclusion in ASKS_FOR_RECTIFICATION and not found:
        words = _(
            "No hazard of this inspection is recorded. Add on its page what is to be rectified, then correct this."
        )
        raise ValidationError({"conclusion": words})


def check_counts(inspection: Inspection | None) -> None:
    """Raise ValidationError at ``inspection`` if a new hazard is said to be found by one that was voided."""
    if inspection is not None and inspection.is_voided:
        raise ValidationError({"inspection": _("This inspection was voided, so it found nothing.")})


def check_day_of_visit(inspection: Inspection | None, found_on: dt.date | None) -> None:
    """Raise ValidationError at ``found_on`` if a hazard was found on another day than the inspection that found it."""
    if inspection and not inspection.is_voided and found_on and found_on != inspection.inspected_on:
        words = _(
            "The inspection that found it was on %(day)s, so it was found that day. If that day is wrong, correct the"
            " inspection; its hazards move with it."
        )
        raise ValidationError({"found_on": words % {"day": inspection.inspected_on.isoformat()}})


def check_left_empty(conclusion: str | None) -> None:
    """Raise ValidationError at ``conclusion`` unless it may be that of an inspection without hazards."""
    if conclusion is None or conclusion in ASKS_FOR_RECTIFICATION:
        words = _(
            "This is the last hazard of an inspection that asks for rectification. Say what the inspection concludes"
            " without it."
        )
        raise ValidationError({"conclusion": words})


def check_not_qualified(inspection: Inspection | None, field: str) -> None:
    """Raise ValidationError at ``field`` if a hazard is major in the eyes of an inspection that says qualified."""
    if inspection is not None and inspection.says_qualified:
        raise ValidationError({field: SAYS_QUALIFIED})


def check_names_hazards(conclusion: str, hazards: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValidationError at ``conclusion`` if it asks for rectification and no hazard says of what."""
    if conclusion in ASKS_FOR_RECTIFICATION and not hazards:
        words = _("Add at least one hazard below: what is to be rectified, and by when.")
        raise ValidationError({"conclusion": words})


def check_on_the_spot(inspectors: str) -> None:
    """Raise ValidationError at ``on_the_spot`` unless two officers saw it put right."""
    if len(people_in(inspectors)) < 2:
        words = _("Name both inspectors above: two officers must have seen that it was put right.")
        raise ValidationError({"on_the_spot": words})
