"""What an inspection must say, whoever writes it. Old and imported ones may say less."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.contributions.limits import names_in
from inspections.choices import Conclusion
from inspections.models import Inspection


def check_qualified(conclusion: str, hazards: Iterable[bool]) -> None:
    """Raise ValidationError at ``conclusion`` if it says qualified although one of the hazards (is it major?) is major."""
    if conclusion == Conclusion.QUALIFIED and any(hazards):
        words = _(
            "An inspection that found a major hazard cannot be qualified. Choose another conclusion, or clear “Major hazard”."
        )
        raise ValidationError({"conclusion": words})


def check_not_qualified(inspection: Inspection | None, field: str) -> None:
    """Raise ValidationError at ``field`` if a hazard is major in the eyes of an inspection that says qualified."""
    if inspection is not None and inspection.conclusion == Conclusion.QUALIFIED:
        words = _("The inspection that found it says qualified. Correct its conclusion first.")
        raise ValidationError({field: words})


def check_names_hazards(conclusion: str, hazards: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValidationError at ``conclusion`` if it asks for rectification and no hazard says of what."""
    if conclusion in (Conclusion.RECTIFY, Conclusion.UNQUALIFIED) and not hazards:
        words = _("Add at least one hazard below: what is to be rectified, and by when.")
        raise ValidationError({"conclusion": words})


def check_on_the_spot(inspectors: str) -> None:
    """Raise ValidationError at ``on_the_spot`` unless two officers saw it put right."""
    if len(set(names_in(inspectors))) < 2:
        words = _("Name both inspectors above: two officers must have seen that it was put right.")
        raise ValidationError({"on_the_spot": words})
