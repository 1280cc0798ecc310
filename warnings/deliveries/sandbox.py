"""Bureaus with invented data, for departments that try the deliveries out (``SANDBOX_BUREAUS``)."""

from django.conf import settings

from foundation.accounts.models import Bureau


def is_sandbox(bureau: Bureau) -> bool:
    """Return whether what departments get of this bureau is invented, which messages and pages then say."""
    return bureau.code in settings.SANDBOX_BUREAUS
