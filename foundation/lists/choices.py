"""Choices of the views of lists."""

from enum import StrEnum


class AuditAction(StrEnum):
    """The codes of this app's acts in the audit log."""

    SAVE = "view.save"
    REMOVE = "view.remove"
