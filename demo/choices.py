"""Choices of the demo app."""

from enum import StrEnum


class AuditAction(StrEnum):
    """What the audit log calls what is done in this app: ``<kind>.<verb>``; words and earlier spellings are in audit.py."""

    FILL_WITH_DEMO_DATA = "bureau.fill_with_demo_data"
