"""What a police number 警号 can be: one rule, for the number recorded with a person and for one typed for a paper."""

import re

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

_SIX_DIGITS = r"^[0-9]{6}\Z"
check_police_number = RegexValidator(
    _SIX_DIGITS, _("A police number has six digits. Enter the zeros in front, too.")
)


def is_police_number(text: str) -> bool:
    """Return whether a text in its stored spelling (``foundation.identifiers.compact``) can be a police number."""
    return bool(re.match(_SIX_DIGITS, text))
