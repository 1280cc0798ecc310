"""Choices of the demo app."""

from enum import StrEnum


class AuditAction(StrEnum):
    """Actions of this app in the audit log, ``<kind>.<verb>``; audit.py has their labels and former codes."""

    FILL_WITH_DEMO_DATA = "bureau.fill_with_demo_data"
