"""What an inspection must say, whoever writes it. Old and imported ones may say less."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inspections.choices import Conclusion


def check_inspectors(names: str) -> None:
    """Raise ValidationError if a single officer is named: an inspection is held by two at least (or by unknown ones)."""
    if len({name.strip() for name in re.split(r"[,，、;；]", names) if name.strip()}) == 1:
        raise ValidationError({"inspectors": _("Name at least two officers, separated by commas.")})


def check_qualified(conclusion: str, hazards: Iterable[bool]) -> None:
    """Raise ValidationError at ``conclusion`` if it says qualified although one of the hazards (is it major?) is major."""
    if conclusion == Conclusion.QUALIFIED and any(hazards):
        words = _(
            "An inspection that found a major hazard cannot be qualified. Choose another conclusion, or clear “Major hazard”."
        )
        raise ValidationError({"conclusion": words})


def check_names_hazards(conclusion: str, hazards: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValidationError at ``conclusion`` if it asks for rectification and no hazard says of what."""
    if conclusion in (Conclusion.RECTIFY, Conclusion.UNQUALIFIED) and not hazards:
        words = _("Add at least one hazard below: what is to be rectified, and by when.")
        raise ValidationError({"conclusion": words})
