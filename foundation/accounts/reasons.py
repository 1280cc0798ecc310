"""The reason that an act requires: one rule and one message for pages, API, imports and tasks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.texts import unstorable
from foundation.words import LONGEST_REASON, visible


def required_reason(reason: str | None, *, least: int = 1) -> str:
    """Return a reason, stripped. Raise ValidationError at ``reason`` if it has no words, or as ``checked_reason``.

    ``least``: different letters, digits or characters that it must have.
    """
    if not visible(reason or "").strip():
        raise ValidationError({"reason": _("Give a reason. It is kept in the audit log.")})
    if len({each.casefold() for each in reason or "" if each.isalnum()}) < least:
        raise ValidationError({"reason": _("Enter words: this text has only signs, or is too short.")})
    return checked_reason(reason or "")


def checked_reason(reason: str) -> str:
    """Return a reason, stripped. Raise ValidationError at ``reason`` if it is too long or cannot be stored."""
    reason = visible(reason or "").strip()
    if len(reason) > LONGEST_REASON:
        words = _("The reason has %(length)d characters; at most %(limit)d are kept.")
        raise ValidationError({"reason": words % {"length": len(reason), "limit": LONGEST_REASON}})
    if why := unstorable(reason):
        raise ValidationError({"reason": why})
    return reason
