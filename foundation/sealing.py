"""Encryption of short secrets that the database stores, such as signing secrets and second factors.

The encryption key is derived from ``SECRET_KEY`` and a purpose, so that a dump of the database alone reveals nothing.
After a change of the key, secrets stay readable if the old key is in ``SECRET_KEY_FALLBACKS``.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class UnreadableSecret(Exception):
    """A secret was encrypted with a key that is no longer configured."""


def seal(secret: str, *, purpose: str) -> str:
    """Return the secret encrypted, as the database stores it."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the decrypted secret. Raise UnreadableSecret if ``SECRET_KEY`` was changed without a fallback."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("The secret was sealed with another SECRET_KEY.") from error


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str | bytes, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(purpose, "", secret=key, algorithm="sha256").digest())
