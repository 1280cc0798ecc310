"""Signing secrets: made here, kept encrypted, signed with as Standard Webhooks says.

Encrypted with a key derived from ``SECRET_KEY``; with a new one (the old among ``SECRET_KEY_FALLBACKS``) they stay
readable. A dump of the database alone signs nothing.
"""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


class UnreadableSecret(Exception):
    """A sealed secret was made with a key that is gone."""


def new_secret() -> str:
    """A fresh secret of 32 random bytes, as the receiver configures it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str) -> str:
    """The secret as the database keeps it."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret itself. UnreadableSecret when ``SECRET_KEY`` changed without its fallback."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("The secret was sealed with another SECRET_KEY.") from error


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(
        salted_hmac("deliveries.sealing", "", secret=key, algorithm="sha256").digest()
    )
