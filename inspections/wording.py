"""Hazards in words, for the pages of several apps."""

from django.utils.translation import gettext as _

from inspections.selectors import Setback


def setback_words(setback: Setback) -> str:
    """Return why a hazard came back, in one line: "Sent back on 2026-11-20: the lock is still broken"."""
    values = {"day": setback.on.isoformat(), "reason": setback.reason}
    if setback.act == "reopen":
        return _("Open again since %(day)s: %(reason)s") % values
    if setback.act == "refuse":
        if setback.reason:
            return _("Recorded as refused on %(day)s: %(reason)s") % values
        return _("Recorded as refused on %(day)s") % values
    return _("Sent back on %(day)s: %(reason)s") % values
