"""The reason that an act requires: one rule and one message for pages, API, imports and tasks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def required_reason(reason: str | None) -> str:
    """Return the reason, stripped. Raise ValidationError at ``reason`` if it is empty."""
    if not (reason or "").strip():
        raise ValidationError({"reason": _("Give a reason. It is kept in the audit log.")})
    return (reason or "").strip()
